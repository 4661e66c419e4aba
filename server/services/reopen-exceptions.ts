import type { Actor } from '#server/domain/actor.ts'
import { isEnding, stateWith } from '#server/domain/triage.ts'
import type { Context } from './context.ts'
import { expectReason } from './reason.ts'
import { actOn, type Acted, type Seen } from './triage/act-on.ts'

export type ReopenExceptions = {
  readonly exceptions: readonly Seen[]
  readonly reason: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/** Takes up again what was waived, rejected or done outside. Throws Refusal (reason_missing). */
export async function reopenExceptions(
  context: Pick<Context, 'db'>,
  { exceptions, reason, actor, idempotencyKey }: ReopenExceptions,
): Promise<Acted> {
  expectReason(reason)
  const act = { name: 'reopenException', event: 'reopened', actor, exceptions, reason, request: {}, idempotencyKey } as const
  return actOn(context, act, (row) =>
    isEnding(row.state) ? { state: stateWith(row.assignee), waivedUntil: null } : 'its work has not ended',
  )
}
