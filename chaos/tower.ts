import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { isDatabaseAway } from '#db/failures.ts'
import { migrate } from '#db/migrate.ts'
import { LONG_GREETING, promptly } from '#db/prompt-socket.ts'
import { registerWorker } from '#db/queries/workers.ts'
import { inDatabase, withOwner } from '#db/testing/global-setup.ts'
import { importJob, type JobInput } from '#db/testing/load.ts'
import { makeLogger } from '#server/platform/logger.ts'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { makeContext } from '#server/services/services.ts'
import type { Cluster } from './cluster.ts'

/** One installation of the product: a database of its own in the cluster, with jobs in it. */
export type Tower = {
  readonly ownerUrl: string
  readonly appUrl: string
  /** As the owner, for comparing. */
  readonly owner: postgres.Sql
  /** Asks; carries nothing out. */
  readonly context: Context
  close(): Promise<void>
}

export async function openTower(cluster: Cluster, name: string, jobs: readonly JobInput[]): Promise<Tower> {
  const ownerUrl = inDatabase(cluster.url, name)
  await withOwner(cluster.url, (owner) => owner.unsafe(`create database ${name}`))
  const { appUrl } = await migrate(ownerUrl)
  const db = openDatabase(appUrl, { max: 6, name: 'chaos asks' })
  const owner = postgres(ownerUrl, {
    max: 2,
    onnotice: () => undefined,
    connection: { application_name: 'chaos compares', ...LONG_GREETING },
    ...promptly(),
  })
  const context = makeContext({ db, logger: quiet, now: () => new Date() })
  if (jobs.length > 0) await importJob(context, ...jobs)
  return {
    ownerUrl,
    appUrl,
    owner,
    context,
    async close() {
      await owner.end({ timeout: 5 })
      await closeDatabase(db)
    },
  }
}

const BEAT_MS = 5_000
/** By the clock: on a busy machine a turn takes seconds, and a backend that was cut off is noticed late. */
const END_MS_MAX = 120_000
export const quiet = makeLogger({ level: 'silent' })

/** A worker in this process that carries out what it is told, on connections of its own to `url`. */
export async function openWorker(url: string, name = 'chaos worker'): Promise<{ context: Context; close(): Promise<void> }> {
  const db = openDatabase(url, { max: 8, name })
  const workerId = randomUUID()
  const registration = await registerWorker(db, { workerId, description: name })
  const heartbeat = setInterval(() => void registration.beat([]).catch(() => undefined), BEAT_MS)
  return {
    context: { ...makeContext({ db, logger: quiet, now: () => new Date() }), workerId },
    async close() {
      clearInterval(heartbeat)
      await registration.release().catch(() => undefined)
      await closeDatabase(db)
    },
  }
}

/** As the queue would: carried out again until it has ended. Returns how, or 'never'. */
export async function toItsEnd(worker: Context, { owner }: Pick<Tower, 'owner'>, runId: number): Promise<string> {
  for (const until = Date.now() + END_MS_MAX; Date.now() < until; await sleep(25)) {
    await executeRun(worker, runId).catch((error: unknown) => {
      if (!isDatabaseAway(error)) throw error
    })
    const [row] = await owner<{ status: string }[]>`select status from runs where run_id = ${runId}`
    if (!['queued', 'waiting', 'running'].includes(row!.status)) return row!.status
  }
  return 'never'
}
