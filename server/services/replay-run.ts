import type { Transaction } from '#db/client.ts'
import { findNewerThanInput } from '#db/queries/overtaken.ts'
import { enqueueRun } from '#db/queries/queue.ts'
import {
  copyRunArtifacts,
  findJobVersion,
  findRun,
  insertRun,
  listRunEntities,
  markExtracted,
  type Run,
} from '#db/queries/runs.ts'
import { newestPublication } from '#db/queries/totals.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { runCan, type ReplayRules } from '#server/domain/run.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

export type ReplayRun = {
  readonly runId: number
  readonly rules: ReplayRules
  /** A rehearsal: the same judgement, nothing published, no exception opened or closed. */
  readonly preview: boolean
  /** Newer data stands, and whoever asks knows that older values come back: all of it, or what there was until a publication. */
  readonly overNewer?: boolean | number
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * A new run over the stored input of an old one: with the rules and reference data of then, or as they stand now. Keeps the
 * correlation id. Throws Refusal (run_not_found, run_active, run_cannot_replay; replay_overtaken where newer data stands and nobody said to
 * go over it).
 */
export async function replayRun(
  context: Context,
  { runId, rules, preview, overNewer = false, reason, actor, idempotencyKey }: ReplayRun,
): Promise<{ runId: number }> {
  const found = await findRun(context.db, runId)
  if (!found) throw new Refusal('run_not_found', String(runId))
  const { run } = found
  if (!runCan('replay', run.status)) throw new Refusal('run_active', `run ${runId} is ${run.status}`)
  if (run.trigger === 'rollback') throw new Refusal('run_cannot_replay', 'it was a rollback')
  // Its artifacts hold more than it read, and what stands of that may be newer.
  if (run.isPartial) throw new Refusal('run_cannot_replay', 'it judged some records of its artifacts; replay those that wait')
  const name = preview ? 'previewReplay' : 'replayRun'
  // What it got would pass for the whole, and a full extract withdraw the rest.
  if (run.extractedAt === null)
    throw new Refusal('run_cannot_replay', 'its source was not read to the end; restart it, or run its job')
  return perform(
    context,
    { name, actor, reason, idempotencyKey, request: { runId, rules, preview, reason }, correlationId: run.correlationId },
    async (tx) => {
      const newer = preview ? null : await findNewerThanInput(tx, runId)
      if (newer !== null && overNewer === false) throw new Refusal('replay_overtaken', `run ${newer}`)
      const version = rules === 'original' ? run.jobVersion : await findJobVersion(tx, run.jobId)
      const replay = await insertRun(tx, {
        entityScope: [...actor.entityScope],
        jobId: run.jobId,
        jobVersion: version,
        trigger: 'replay',
        status: 'queued',
        originRunId: runId,
        isPreview: preview,
        overNewerTo: await knownTo(tx, preview || overNewer),
        slice: run.slice,
        asOfPublication: rules === 'original' ? run.asOfPublication : null,
        mappingVersion: rules === 'original' ? originalMapping(run) : null,
        requestedBy: actor.name,
        reason,
        correlationId: run.correlationId,
      })
      if ((await copyRunArtifacts(tx, runId, replay.runId)) === 0) throw new Refusal('run_cannot_replay', 'it kept no input')
      await markExtracted(tx, replay.runId)
      await enqueueRun(tx, replay.runId)
      return {
        result: { runId: replay.runId },
        entities: await listRunEntities(tx, runId),
        audit: {
          action: preview ? 'replay.previewed' : 'run.replayed',
          objectType: 'run',
          objectId: String(runId),
          after: { replay: replay.runId, rules, jobVersion: version, ...(newer !== null && { overRun: newer }) },
        },
      }
    },
  )
}

/** Up to which publication whoever asks knows of newer data. */
async function knownTo(tx: Transaction, overNewer: boolean | number): Promise<number | null> {
  if (overNewer === true) return newestPublication(tx)
  return overNewer === false ? null : overNewer
}

/** A run from before there were mapping versions was mapped with none. One that was never taken has no rules of then. */
export const originalMapping = ({ mappingVersion, asOfPublication }: Run): number | null =>
  mappingVersion ?? (asOfPublication === null ? null : 0)
