import type { Transaction } from '#db/client.ts'
import { insertClassificationRule, lockClassifiable, type ClassifiableRow } from '#db/queries/classification.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { matchesRule } from '#server/domain/failure-names/name-failure.ts'
import { phraseProblem } from '#server/domain/failure-names/phrase.ts'
import type { FailureCode } from '#server/domain/failure-names/said.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { expectReason } from './reason.ts'
import { rename } from './triage/rename.ts'

export type ClassifyException = {
  readonly exceptionId: number
  /** The name it gets; null takes back the one somebody gave it. */
  readonly code: FailureCode | null
  readonly reason: string
  /** Keeps it for what comes: an exact code or a whole phrase of the same system. */
  readonly keep?: { readonly match: 'code' | 'phrase'; readonly value: string } | undefined
  readonly revision?: number | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Says what a failure is that had no name: its class follows, and with it who acts. Throws Refusal (not_allowed, exception_not_found,
 * exception_named, classification_rule_exists, input_invalid, reason_missing).
 */
export async function classifyException(
  context: Pick<Context, 'db'>,
  { exceptionId, code, reason, keep, revision, actor, idempotencyKey }: ClassifyException,
): Promise<{ exceptionId: number; ruleId: number | null }> {
  const command = {
    name: 'classifyException',
    actor,
    reason,
    idempotencyKey,
    request: { exceptionId, code, reason, keep },
  } as const
  return perform(context, command, async (tx) => {
    expectReason(reason)
    const row = await lockClassifiable(tx, exceptionId)
    expectNameable(row, { actor, revision, isTakenBack: code === null })
    if (code === null && keep) throw new Refusal('input_invalid', 'without a name there is nothing to keep')
    const ruleId = code && keep ? await keepRule(tx, row, { ...keep, code, reason, by: actor.name }) : null
    const renamed = await rename(tx, row, code && { code, by: actor.name, ruleId })
    const { system } = row
    const kept =
      ruleId === null
        ? []
        : [
            {
              action: 'classification_rule.kept',
              objectType: 'classification_rule',
              objectId: `${ruleId}`,
              after: { ...keep, system, code },
            },
          ]
    return { result: { exceptionId, ruleId }, entities: row.entities, audit: [renamed, ...kept] }
  })
}

type Asked = { readonly actor: Actor; readonly revision: number | undefined; readonly isTakenBack: boolean }

function expectNameable(row: ClassifiableRow | null, { actor, revision, isTakenBack }: Asked): asserts row is ClassifiableRow {
  if (!row || (row.entities.length > 0 && !row.entities.some((entity) => seesEntity(actor, entity))))
    throw new Refusal('exception_not_found')
  if (row.isClosed) throw new Refusal('input_invalid', 'it is fixed: a run got through')
  if (revision !== undefined && revision !== row.revision)
    throw new Refusal('input_invalid', 'somebody changed it since you looked')
  if (isTakenBack ? row.classifiedBy === null : row.failureClass !== 'unclassified')
    throw new Refusal('exception_named', row.title)
  // Else the rule would go on naming what this says has no name.
  if (isTakenBack && row.ruleId !== null) throw new Refusal('input_invalid', `withdraw classification rule ${row.ruleId} instead`)
}

type Kept = {
  readonly match: 'code' | 'phrase'
  readonly value: string
  readonly code: FailureCode
  readonly reason: string
  readonly by: string
}

async function keepRule(tx: Transaction, { exceptionId, systemId, said }: ClassifiableRow, kept: Kept): Promise<number> {
  const problem = kept.match === 'phrase' ? phraseProblem(kept.value) : null
  if (problem) throw new Refusal('input_invalid', problem)
  if (!matchesRule(kept, said)) throw new Refusal('input_invalid', `this ${kept.match} does not match the failure it is made for`)
  const ruleId = await insertClassificationRule(tx, { ...kept, systemId, exceptionId })
  if (ruleId === null) throw new Refusal('classification_rule_exists', kept.value)
  return ruleId
}
