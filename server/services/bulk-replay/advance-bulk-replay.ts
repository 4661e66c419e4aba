import type { Transaction } from '#db/client.ts'
import {
  changeBulkReplay,
  copySelectedArtifacts,
  countResults,
  findBulkReplay,
  findNextRun,
  leavePaused,
  leaveRecords,
  lockBulkReplay,
  noteRun,
  ofEndedRuns,
  ofOrigin,
  passOf,
  type BulkReplay,
  type Pass,
  type PlannedRun,
} from '#db/queries/bulk-replays.ts'
import { enqueueRun } from '#db/queries/queue.ts'
import { copyRunArtifacts, findJobVersion, findRun, insertRun, markExtracted } from '#db/queries/runs.ts'
import { WORKER } from '#server/domain/actor.ts'
import { isUnderWay } from '#server/domain/bulk-replay.ts'
import type { Context } from '../context.ts'
import { perform, type Audited } from '../perform.ts'
import { originalMapping } from '../replay-run.ts'

/**
 * Moves a bulk replay on by as much as can be done now: makes the next replay run once the one before has ended, and ends it after the
 * last. All it knows is in rows, so it may be called at any time, any number of times, after any crash.
 */
export async function advanceBulkReplay(context: Context, bulkReplayId: number): Promise<void> {
  while (await step(context, bulkReplayId));
}

/** Returns whether there is more to do at once. */
async function step(context: Context, bulkReplayId: number): Promise<boolean> {
  const found = await findBulkReplay(context.db, bulkReplayId)
  if (!found || !isUnderWay(found.status)) return false
  return perform(context, { name: 'advanceBulkReplay', actor: WORKER, request: { bulkReplayId } }, async (tx) => {
    const bulk = await lockBulkReplay(tx, bulkReplayId)
    if (!bulk || !isUnderWay(bulk.status)) return { result: false, entities: [], audit: null }
    const { goesOn, audit } = await moveOn(tx, bulk, context.now())
    return { result: goesOn, entities: [], audit }
  })
}

type Moved = { readonly goesOn: boolean; readonly audit: Audited | null }

async function moveOn(tx: Transaction, bulk: BulkReplay, now: Date): Promise<Moved> {
  const { bulkReplayId } = bulk
  const pass = passOf(bulk.status)
  await leaveRecords(tx, bulkReplayId, pass, { result: 'skipped', why: 'run_failed', of: ofEndedRuns(pass) })
  const next = await findNextRun(tx, bulkReplayId, pass)
  if (next?.runId) return { goesOn: false, audit: null }
  if (bulk.status === 'aborting') {
    await leaveRecords(tx, bulkReplayId, pass, { result: 'skipped', why: 'aborted' })
    return end(tx, bulk, { status: 'aborted', endedAt: now })
  }
  if (next) return makeRun(tx, bulk, next, pass)
  return end(
    tx,
    bulk,
    bulk.status === 'rehearsing' ? { status: 'rehearsed', rehearsedAt: now } : { status: 'ended', endedAt: now },
  )
}

async function end(tx: Transaction, bulk: BulkReplay, change: Partial<BulkReplay>): Promise<Moved> {
  await changeBulkReplay(tx, bulk.bulkReplayId, change)
  const results = await countResults(tx, bulk.bulkReplayId, passOf(bulk.status))
  const audit = {
    objectType: 'replay',
    objectId: String(bulk.bulkReplayId),
    action: `replay.${change.status}`,
    after: { ...results },
  }
  return { goesOn: false, audit }
}

/** The replay run of one origin run: made and written down in one transaction, so it is made once. */
async function makeRun(tx: Transaction, bulk: BulkReplay, planned: PlannedRun, pass: Pass): Promise<Moved> {
  const { bulkReplayId, rules } = bulk
  const { originRunId, isWhole } = planned
  if (!planned.isPublication && (await leavePaused(tx, bulkReplayId, originRunId, pass))) return { goesOn: true, audit: null }
  const { run: origin } = (await findRun(tx, originRunId))!
  const isOriginal = rules === 'original' && !planned.isPublication
  const run = await insertRun(tx, {
    jobId: origin.jobId,
    jobVersion: isOriginal ? origin.jobVersion : await findJobVersion(tx, origin.jobId),
    trigger: 'replay',
    status: 'queued',
    originRunId,
    isPreview: pass === 'rehearsed',
    bulkReplayId,
    isPartial: !isWhole,
    slice: origin.slice,
    entityScope: bulk.entityScope,
    asOfPublication: isOriginal ? origin.asOfPublication : null,
    mappingVersion: isOriginal ? originalMapping(origin) : null,
    requestedBy: bulk.requestedBy,
    reason: bulk.reason,
    correlationId: origin.correlationId,
  })
  await noteRun(tx, { bulkReplayId, originRunId, isPublication: planned.isPublication }, pass, run.runId)
  const artifacts = isWhole
    ? await copyRunArtifacts(tx, originRunId, run.runId)
    : await copySelectedArtifacts(tx, bulkReplayId, originRunId, run.runId)
  if (artifacts === 0) {
    await leaveRecords(tx, bulkReplayId, pass, { result: 'skipped', why: 'no_input', of: ofOrigin(originRunId) })
  }
  await markExtracted(tx, run.runId)
  await enqueueRun(tx, run.runId)
  const audit = {
    action: pass === 'rehearsed' ? 'replay.previewed' : 'run.replayed',
    objectType: 'run',
    objectId: String(originRunId),
    after: { replay: run.runId, rules, jobVersion: run.jobVersion, bulkReplayId },
    correlationId: origin.correlationId,
  }
  return { goesOn: false, audit }
}
