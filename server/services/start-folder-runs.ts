import { hasCommand } from '#db/queries/commands.ts'
import { findJob } from '#db/queries/runs.ts'
import { FolderSettings, listFolder } from '#server/connectors/folder/folder.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { RunTrigger } from '#server/domain/run.ts'
import type { Context } from './context.ts'
import { startRun } from './start-run.ts'

/**
 * A run for every file of a watched folder that was not taken before. The same name with other bytes or another time is
 * another file. Throws Refusal (job_not_found) and TechnicalError (source_not_found).
 */
export async function startFolderRuns(
  context: Context,
  { job: name, actor, trigger }: { job: string; actor: Actor; trigger: RunTrigger },
): Promise<{ runIds: number[] }> {
  const job = await findJob(context.db, name)
  if (!job) throw new Refusal('job_not_found', name)
  const { type: _type, ...settings } = job.definition.source
  const runIds: number[] = []
  for (const file of await listFolder(FolderSettings.parse(settings), context.credential)) {
    const idempotencyKey = folderRunKey(job.jobId, file)
    if (await hasCommand(context.db, idempotencyKey)) continue
    const { runId } = await startRun(context, { job: name, actor, trigger, slice: `file:${file.name}`, idempotencyKey })
    runIds.push(runId)
  }
  return { runIds }
}

/** Which file was taken: a file is taken once under its name, size and time. */
export const folderRunKey = (jobId: number, file: { name: string; bytes: number; modifiedAt: Date }): string =>
  `folder:${jobId}:${file.name}:${file.bytes}:${file.modifiedAt.getTime()}`
