import { randomUUID } from 'node:crypto'
import type { Transaction } from '#db/client.ts'
import { appendAuditEvents } from '#db/queries/audit.ts'
import { keepResult, takeKey } from '#db/queries/commands.ts'
import { COMMAND_POLICY, firstIs, mayDo, seesEntity, type Actor, type CommandName } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { requestHash } from '#server/platform/hash.ts'
import type { Context } from './context.ts'

export type Command = {
  readonly name: CommandName
  readonly actor: Actor
  /** Chosen by whoever asks: asking twice with one key does it once. */
  readonly idempotencyKey?: string | undefined
  /** What is asked, for comparing with an earlier request under the same key. */
  readonly request: unknown
  readonly correlationId?: string | undefined
  readonly reason?: string | undefined
}

export type Done<Result> = {
  readonly result: Result
  /** Entities the change touches; outside the actor's scope it is refused and undone. */
  readonly entities: readonly string[]
  /** One event, or one for each of several objects that were changed together. */
  readonly audit: Audited | readonly Audited[] | null
}

export type Audited = {
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  readonly before?: unknown
  readonly after?: unknown
  /** Where it is not the one of the command. */
  readonly correlationId?: string
}

/**
 * The one door. Every state change of the product passes here: role, entity scope, idempotency, the change and its
 * audit event, in one transaction. UI, CLI, API, clock and worker all come this way.
 */
export async function perform<Result>(
  context: Pick<Context, 'db'>,
  command: Command,
  change: (tx: Transaction, correlationId: string) => Promise<Done<Result>>,
): Promise<Result> {
  const { actor, name } = command
  refuseRole(actor, name)
  const correlationId = command.correlationId ?? randomUUID()
  const hash = requestHash({ name, actor: actor.name, request: command.request })
  return context.db.transaction(async (tx) => {
    if (command.idempotencyKey) {
      const earlier = await takeKey(tx, { key: command.idempotencyKey, command: name, actor: actor.name, hash })
      if (earlier && earlier.hash !== hash) throw new Refusal('idempotency_key_reused')
      if (earlier) return earlier.result as Result
    }
    const done = await change(tx, correlationId)
    // Which ones they are is nothing they may know.
    if (done.entities.some((entity) => entity !== '' && !seesEntity(actor, entity))) throw new Refusal('outside_entity_scope')
    if (command.idempotencyKey) await keepResult(tx, command.idempotencyKey, done.result)
    const who = { actor: actor.name, role: actor.role, reason: command.reason, correlationId }
    await appendAuditEvents(
      tx,
      [done.audit ?? []].flat().map((draft) => ({ ...who, ...draft, ...alsoFor(actor, draft) })),
    )
    return done.result
  })
}

/** What a stand-in does says for whom they stood in then. */
function alsoFor({ standsInFor }: Actor, { after }: Audited): Pick<Audited, 'after'> {
  if (!standsInFor) return {}
  const said = typeof after === 'object' && !Array.isArray(after) ? after : { result: after }
  return { after: { ...said, standsInFor } }
}

/** Four eyes: never whoever did the first, nor whoever stands in for them. Throws Refusal (same_person). */
export function refuseFirst(actor: Actor, first: string, did: string): void {
  const who = firstIs(actor, first)
  if (who) throw new Refusal('same_person', `${who} ${did}: somebody else decides`)
}

/** For what must be refused before work outside the database begins. Throws Refusal (not_allowed). */
export function refuseRole(actor: Actor, name: CommandName): void {
  if (mayDo(actor, name)) return
  throw new Refusal('not_allowed', `this is for ${COMMAND_POLICY[name].join(', ').replaceAll('_', ' ')}`)
}
