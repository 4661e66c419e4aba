import type { Actor } from '#server/domain/actor.ts'
import { mayMove, stateWith } from '#server/domain/triage.ts'
import type { Context } from './context.ts'
import { actOn, type Acted, type Seen } from './triage/act-on.ts'

export type MoveExceptions = {
  readonly exceptions: readonly Seen[]
  readonly to: 'open' | 'in_progress' | 'waiting_for_replay'
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/** Says how far the work is: taken up (by whoever says so, where nobody has it), waiting for a replay, or not begun. */
export async function moveExceptions(
  context: Pick<Context, 'db'>,
  { exceptions, to, actor, idempotencyKey }: MoveExceptions,
): Promise<Acted> {
  const act = { name: 'moveException', event: 'moved', actor, exceptions, request: { to }, idempotencyKey } as const
  return actOn(context, act, (row) => {
    const assignee = to === 'open' ? row.assignee : (row.assignee ?? actor.name)
    const state = to === 'open' ? stateWith(assignee) : to
    if (state === row.state) return 'it is so already'
    if (!mayMove(row.state, state)) return `it is ${row.state.replaceAll('_', ' ')}: take it up again first`
    return { state, assignee, waivedUntil: null }
  })
}
