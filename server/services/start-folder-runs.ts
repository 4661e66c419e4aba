import type { Transaction } from '#db/client.ts'
import { keepResult, listUsedKeys, takeKey } from '#db/queries/commands.ts'
import { findFolderRun } from '#db/queries/folders.ts'
import { findJob, type JobRow } from '#db/queries/runs.ts'
import { FolderSettings, listFolder } from '#server/connectors/folder/folder.ts'
import { SCHEDULER, type Actor } from '#server/domain/actor.ts'
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
  const runIds: number[] = []
  for (const { slice, idempotencyKey } of await newFolderFiles(context, job)) {
    const { runId } = await startRun(context, { job: name, actor, trigger, slice, idempotencyKey })
    runIds.push(runId)
  }
  return { runIds }
}

/**
 * A run of the whole folder, which reads nothing and fails with the reason why it cannot be read. None while the last one is under way or
 * what it said is open.
 */
export async function tellUnreadableFolder(context: Context, { job, actor }: { job: string; actor: Actor }): Promise<void> {
  const last = await findFolderRun(context.db, job)
  if (last?.isOpen) return
  // Of two that see it at once the second is given the run of the first.
  await startRun(context, { job, actor, trigger: 'event', idempotencyKey: `folder:${job}:unreadable:${last?.runId ?? 0}` })
}

/** Which file was taken: a file is taken once under its name, size and time. */
export const folderRunKey = (jobId: number, file: { name: string; bytes: number; modifiedAt: Date }): string =>
  `folder:${jobId}:${file.name}:${file.bytes}:${file.modifiedAt.getTime()}`

export type FolderFileRun = {
  readonly slice: string
  readonly idempotencyKey: string
  /** Marks the file as taken by a run, in the transaction that starts it. Throws Refusal when somebody was quicker. */
  take(tx: Transaction, runId: number): Promise<void>
}

/** The files that no run took yet. Throws TechnicalError (source_not_found). */
export async function newFolderFiles(
  { db, credential }: Pick<Context, 'db' | 'credential'>,
  { jobId, definition }: Pick<JobRow, 'jobId' | 'definition'>,
): Promise<FolderFileRun[]> {
  const { type: _type, ...settings } = definition.source
  const files = await listFolder(FolderSettings.parse(settings), credential)
  const keyed = files.map((file) => ({ slice: `file:${file.name}`, idempotencyKey: folderRunKey(jobId, file) }))
  const taken = await listUsedKeys(
    db,
    keyed.map(({ idempotencyKey }) => idempotencyKey),
  )
  return keyed
    .filter(({ idempotencyKey }) => !taken.has(idempotencyKey))
    .map((file) => ({ ...file, take: takeBy(file.idempotencyKey) }))
}

const takeBy = (key: string) => async (tx: Transaction, runId: number) => {
  const earlier = await takeKey(tx, { key, command: 'startRun', actor: SCHEDULER.name, hash: key })
  // The whole batch is undone and decided again at the next turn, when the file is known to be taken.
  if (earlier) throw new Refusal('idempotency_key_reused', key)
  await keepResult(tx, key, { runId })
}
