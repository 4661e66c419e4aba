import { listRulesInForce } from '#db/queries/classification.ts'
import { namedByRule, type Failure } from '#server/domain/retry.ts'
import type { Context } from '../context.ts'

/** What has no name of our own gets the one IT kept for it, if any. Where the rules cannot be read it stays without: held and counted. */
export async function nameByRules(
  { db, log }: Pick<Context, 'db' | 'log'>,
  systemId: number,
  failure: Failure,
): Promise<Failure> {
  if (failure.failureClass !== 'unclassified') return failure
  try {
    return namedByRule(failure, await listRulesInForce(db, systemId))
  } catch (error) {
    log.warn({ err: error }, 'the classification rules could not be read')
    return failure
  }
}
