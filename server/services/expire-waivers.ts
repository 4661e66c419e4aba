import { listPassedWaivers } from '#db/queries/triage.ts'
import { SCHEDULER } from '#server/domain/actor.ts'
import { stateWith } from '#server/domain/triage.ts'
import type { Context } from './context.ts'
import { actOn } from './triage/act-on.ts'

/** Waivers whose last day is over: the exception is back where it was. Any number of schedulers may call it. */
export async function expireWaivers(context: Pick<Context, 'db' | 'now'>): Promise<number> {
  const passed = await listPassedWaivers(context.db, context.now())
  if (passed.length === 0) return 0
  const exceptions = passed.map((exceptionId) => ({ exceptionId }))
  const act = { name: 'expireWaiver', event: 'waiver_ended', actor: SCHEDULER, exceptions, request: {} } as const
  const { results } = await actOn(context, act, (row) =>
    row.state === 'waived' ? { state: stateWith(row.assignee), waivedUntil: null } : 'it is waived no more',
  )
  return results.filter(({ outcome }) => outcome === 'done').length
}
