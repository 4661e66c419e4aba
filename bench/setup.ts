import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { openEmbedded } from '#db/embedded.ts'
import { migrate } from '#db/migrate.ts'
import { registerWorker } from '#db/queries/workers.ts'
import type { Actor } from '#server/domain/actor.ts'
import { makeLogger } from '#server/platform/logger.ts'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { loadFile } from '#server/services/load-file.ts'
import { makeContext } from '#server/services/services.ts'
import { benchJobs } from './ledger-file.ts'
import { seconds } from './question.ts'

export const BENCH: Actor = { name: 'service:bench', role: 'admin', entityScope: ['*'] }
export const benchDir = join(tmpdir(), 'control-tower-bench')

export type Bench = {
  readonly context: Context
  readonly ownerUrl: string
  readonly appUrl: string
  close(): Promise<void>
}

/** A fresh database with the bench's jobs and members, on the embedded server or on that of DATABASE_URL. */
export async function openBench(name: string, onFailure: 'hold' | 'quarantine' = 'hold'): Promise<Bench> {
  await mkdir(benchDir, { recursive: true })
  const embedded = process.env.DATABASE_URL ? null : await openEmbedded({ dataDir: benchDir })
  const server = process.env.DATABASE_URL ?? embedded!.url
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  await admin.unsafe(`drop database if exists ${name} with (force)`)
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  const { appUrl } = await migrate(url.toString())
  const db = openDatabase(appUrl, { max: 8 })
  const workerId = randomUUID()
  const context: Context = {
    ...makeContext({ db, logger: makeLogger({ level: 'error', output: process.stderr }), now: () => new Date() }),
    workerId,
  }
  const registration = await registerWorker(db, { workerId, description: 'bench' })
  await importDefinitions(context, { yaml: benchJobs(onFailure), actor: BENCH })
  await loadText(
    context,
    'bench-accounts',
    `code,name\n${Array.from({ length: 97 }, (_, i) => `${4_000 + i},Account ${i}`).join('\n')}\n`,
  )
  await loadText(
    context,
    'bench-cost-centres',
    `code,name\n${Array.from({ length: 40 }, (_, i) => `CC${100 + i},Centre ${i}`).join('\n')}\n`,
  )
  return {
    context,
    ownerUrl: url.toString(),
    appUrl,
    async close() {
      await registration.release()
      await closeDatabase(db)
      const last = postgres(server, { max: 1, onnotice: () => {} })
      await last.unsafe(`drop database if exists ${name} with (force)`)
      await last.end()
      await embedded?.release()
    },
  }
}

/** The seconds to keep the file as an artifact and to load it, and what the load became. */
export async function loadCsv({ context }: Bench, file: string) {
  const stored = await seconds(() =>
    loadFile(context, {
      job: 'bench-ledger',
      name: 'ledger.csv',
      bytes: createReadStream(file, { highWaterMark: 1 << 20 }),
      actor: BENCH,
    }),
  )
  const { runId } = stored.result
  const load = await seconds(async () => {
    const status = await executeRun(context, runId)
    if (status !== 'succeeded') throw new Error(`the load ended ${status}`)
  })
  const stages = await context.db.execute<{ stage: string; s: number }>(sql`
    select stage, round(extract(epoch from ended_at - started_at), 2)::float8 as s from stages where run_id = ${runId} order by started_at`)
  return {
    runId,
    store: stored.seconds,
    load: load.seconds,
    stages: Object.fromEntries(stages.map(({ stage, s }) => [stage, s])),
  }
}

async function loadText(context: Context, job: string, text: string): Promise<void> {
  const bytes = (async function* () {
    yield Buffer.from(text)
  })()
  const { runId } = await loadFile(context, { job, name: `${job}.csv`, bytes, actor: BENCH })
  const status = await executeRun(context, runId)
  if (status !== 'succeeded') throw new Error(`${job} ${status}`)
}
