import { findJob } from '#db/queries/runs.ts'
import { mayDo, type Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from './context.ts'
import { startFolderRuns } from './start-folder-runs.ts'
import { startRun } from './start-run.ts'

export type RunJob = { readonly job: string; readonly actor: Actor; readonly idempotencyKey?: string | undefined }

/**
 * Runs a job now: asks its source, or takes every new file of its folder (none is fine). Throws Refusal (not_allowed,
 * job_not_found, source_needs_file) and TechnicalError (source_not_found).
 */
export async function runJob(context: Context, { job: name, actor, idempotencyKey }: RunJob): Promise<{ runIds: number[] }> {
  // Asked here as well, because an empty folder never comes to the door.
  if (!mayDo(actor, 'startRun')) throw new Refusal('not_allowed', 'running a job')
  const job = await findJob(context.db, name)
  if (!job) throw new Refusal('job_not_found', name)
  if (job.definition.source.type === 'folder') return startFolderRuns(context, { job: name, actor, trigger: 'manual' })
  const { runId } = await startRun(context, { job: name, actor, idempotencyKey })
  return { runIds: [runId] }
}
