import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { findRun } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { hasEnded } from '#server/domain/run.ts'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { loadFile } from '#server/services/load-file.ts'
import { readRunReport, type RunReport } from '#server/services/reads/run-report.ts'
import { startRun } from '#server/services/start-run.ts'

export const ADMIN: Actor = { name: 'test:admin', role: 'admin', entityScope: ['*'] }

export type JobInput = z.input<typeof JobDefinition>

const RUN_MS_MAX = 30_000
const POLL_MS = 10

/** A job as the door takes it; the same definition again changes nothing. JSON is YAML. */
export async function importJob(context: Context, ...jobs: readonly JobInput[]): Promise<void> {
  await importDefinitions(context, { yaml: jobs.map((job) => JSON.stringify(job)).join('\n---\n'), actor: ADMIN })
}

/** Imports the job, keeps the text as a file and carries the run to its end. */
export async function load(
  context: Context,
  job: JobInput,
  text: string | Uint8Array,
  name = `${job.job}.csv`,
): Promise<RunReport> {
  await importJob(context, job)
  return runUntilEnded(context, await keepFile(context, job.job, text, name))
}

/** Imports the job, asks its source and carries the run to its end. */
export async function runSource(context: Context, job: JobInput, slice = '*'): Promise<RunReport> {
  await importJob(context, job)
  const { runId } = await startRun(context, { job: job.job, actor: ADMIN, slice })
  return runUntilEnded(context, runId)
}

/** The file kept and its run queued, not yet begun. */
export async function keepFile(context: Context, job: string, text: string | Uint8Array, name = `${job}.csv`): Promise<number> {
  const { runId } = await loadFile(context, { job, name, bytes: bytesOf(text), actor: ADMIN })
  return runId
}

/** Takes the run through its attempts, as a worker would, to its one outcome. */
export async function runUntilEnded(context: Context, runId: number): Promise<RunReport> {
  const until = Date.now() + RUN_MS_MAX
  for (;;) {
    await executeRun(context, runId)
    const found = await findRun(context.db, runId)
    if (found && hasEnded(found.run.status)) return readRunReport(context.db, runId, ['*'])
    if (Date.now() > until) throw new Error(`run ${runId} is still ${found?.run.status} after ${RUN_MS_MAX} ms`)
    await sleep(POLL_MS)
  }
}

export async function* bytesOf(text: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
