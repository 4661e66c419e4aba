import { listToRevive } from '#db/queries/triage.ts'
import { SCHEDULER } from '#server/domain/actor.ts'
import { isEnding, stateWith } from '#server/domain/triage.ts'
import type { Context } from './context.ts'
import { actOn, EXCEPTIONS_AT_ONCE_MAX } from './triage/act-on.ts'

/**
 * Takes up again what was ended: after the last day of a waiver, and when more waits than a second person agreed to. Returns how many;
 * beyond `most` the next turn goes on. Any number of schedulers may call it.
 */
export async function reviveExceptions(context: Pick<Context, 'db' | 'now'>, most = EXCEPTIONS_AT_ONCE_MAX): Promise<number> {
  const ids = await listToRevive(context.db, context.now(), most)
  if (ids.length === 0) return 0
  const exceptions = ids.map((exceptionId) => ({ exceptionId }))
  const act = { name: 'reviveException', event: 'revived', actor: SCHEDULER, exceptions, request: {} } as const
  const { results } = await actOn(context, act, (row) =>
    isEnding(row.state) ? { state: stateWith(row.assignee), waivedUntil: null } : 'it is ended no more',
  )
  return results.filter(({ outcome }) => outcome === 'done').length
}
