import type { Transaction } from '#db/client.ts'
import {
  changeBulkReplay,
  countResults,
  listTouchedExceptions,
  lockBulkReplay,
  readBasis,
  type BulkReplay,
} from '#db/queries/bulk-replays.ts'
import { enqueueBulkReplay } from '#db/queries/queue.ts'
import { listTouchedByReplay } from '#db/queries/touched-certifications.ts'
import type { Actor } from '#server/domain/actor.ts'
import { bulkReplayCan, movedSince } from '#server/domain/bulk-replay.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { perform, type Audited } from '../perform.ts'
import { expectReason } from '../reason.ts'

export type StartBulkReplay = {
  readonly bulkReplayId: number
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Carries out what was rehearsed, or asks for the approval it needs: into a closed period, or over what people signed; what a rule certified it certifies anew. By whoever rehearsed it: they saw what it would do. Throws
 * Refusal (reason_missing, bulk_replay_not_found, bulk_replay_refused, nothing_to_replay, rehearsal_stale).
 */
export async function startBulkReplay(
  context: Pick<Context, 'db' | 'now'>,
  { bulkReplayId, reason, actor, idempotencyKey }: StartBulkReplay,
): Promise<{ bulkReplayId: number; status: BulkReplay['status'] }> {
  expectReason(reason)
  const request = { bulkReplayId, reason }
  return perform(context, { name: 'startBulkReplay', actor, reason, idempotencyKey, request }, async (tx) => {
    const bulk = await findRehearsed(tx, bulkReplayId)
    if (bulk.requestedBy !== actor.name)
      throw new Refusal('bulk_replay_refused', `${bulk.requestedBy} rehearsed it; rehearse it yourself`)
    if ((await countResults(tx, bulkReplayId, 'result')).open === 0) throw new Refusal('nothing_to_replay')
    await expectFresh(tx, bulk)
    const movesSigned = (await listTouchedByReplay(tx, bulkReplayId, null)).some(({ isAutomatic }) => !isAutomatic)
    const status = bulk.closedPeriods.length > 0 || movesSigned ? 'needs_approval' : 'running'
    await changeBulkReplay(tx, bulkReplayId, { status, reason, confirmedAt: context.now() })
    if (status === 'running') await enqueueBulkReplay(tx, bulkReplayId)
    const audit = await eachTouched(tx, bulk, { action: status === 'running' ? 'replay.started' : 'replay.needs_approval' })
    return { result: { bulkReplayId, status }, entities: [], audit }
  })
}

async function findRehearsed(tx: Transaction, bulkReplayId: number): Promise<BulkReplay> {
  const bulk = await lockBulkReplay(tx, bulkReplayId)
  if (!bulk) throw new Refusal('bulk_replay_not_found', String(bulkReplayId))
  if (!bulkReplayCan('start', bulk.status)) throw new Refusal('bulk_replay_refused', `replay ${bulkReplayId} is ${bulk.status}`)
  return bulk
}

/** What was rehearsed holds only while nothing it was judged by has moved. */
export async function expectFresh(tx: Transaction, { bulkReplayId, basis }: BulkReplay): Promise<void> {
  const moved = movedSince(basis, await readBasis(tx, bulkReplayId))
  if (moved.length > 0) throw new Refusal('rehearsal_stale', moved.join(', '))
}

/** One event for the act, with the certifications it would supersede as they stand now, and one for each exception whose records it touches. */
export async function eachTouched(
  tx: Transaction,
  { bulkReplayId, asked, rules, closedPeriods }: BulkReplay,
  { action }: { action: string },
): Promise<Audited[]> {
  const exceptions = await listTouchedExceptions(tx, bulkReplayId)
  const wouldSupersede = (await listTouchedByReplay(tx, bulkReplayId, null)).map(({ certificationId }) => certificationId)
  const after = { asked, rules, closedPeriods, exceptions, wouldSupersede }
  const act = { action, objectType: 'replay', objectId: String(bulkReplayId), after }
  return [act, ...exceptions.map((id) => ({ action, objectType: 'exception', objectId: String(id), after: { bulkReplayId } }))]
}
