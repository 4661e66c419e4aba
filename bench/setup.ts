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
  const { server, embedded } = await openServer()
  await onServer(server, `drop database if exists ${name} with (force)`, `create database ${name}`)
  const bench = await connect(server, name)
  await fillMembers(bench.context, onFailure)
  return {
    ...bench,
    async close() {
      await bench.close()
      await onServer(server, `drop database if exists ${name} with (force)`)
      await embedded?.release()
    },
  }
}

/**
 * A database that several questions ask: made and filled by the first of them, found again by the next. `filling` says what is in
 * it; what was filled otherwise, or not to the end, is made anew. `dropKeptBenches` takes them away.
 */
export async function openKeptBench(
  name: string,
  filling: string,
  fill: (bench: Bench) => Promise<void>,
): Promise<Bench & { readonly isNew: boolean }> {
  const { server, embedded } = await openServer()
  const database = `${KEPT}${name}`
  const isNew = (await commentOf(server, database)) !== filling
  if (isNew) await onServer(server, `drop database if exists ${database} with (force)`, `create database ${database}`)
  const bench = await connect(server, database)
  const opened = {
    ...bench,
    async close() {
      await bench.close()
      await embedded?.release()
    },
  }
  if (isNew) {
    await fillMembers(bench.context, 'quarantine')
    await fill(opened)
    await onServer(server, `comment on database ${database} is '${filling}'`)
  }
  return { ...opened, isNew }
}

export async function dropKeptBenches(): Promise<void> {
  const { server, embedded } = await openServer()
  const kept = await onServer(server, `select datname from pg_database where starts_with(datname, '${KEPT}')`)
  for (const { datname } of kept) await onServer(server, `drop database ${datname} with (force)`)
  await embedded?.release()
}

const KEPT = 'tower_kept_'

async function openServer() {
  await mkdir(benchDir, { recursive: true })
  const embedded = process.env.DATABASE_URL ? null : await openEmbedded({ dataDir: benchDir })
  return { server: process.env.DATABASE_URL ?? embedded!.url, embedded }
}

/** The rows of the last statement. */
async function onServer(server: string, ...statements: readonly string[]): Promise<readonly Record<string, string>[]> {
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  let rows: readonly Record<string, string>[] = []
  for (const statement of statements) rows = await admin.unsafe(statement)
  await admin.end()
  return rows
}

async function commentOf(server: string, database: string): Promise<string | null> {
  const [row] = await onServer(
    server,
    `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = '${database}'`,
  )
  return row?.comment ?? null
}

async function connect(server: string, name: string): Promise<Bench> {
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
  return {
    context,
    ownerUrl: url.toString(),
    appUrl,
    async close() {
      await registration.release()
      await closeDatabase(db)
    },
  }
}

async function fillMembers(context: Context, onFailure: 'hold' | 'quarantine'): Promise<void> {
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
}

/** The seconds to keep the file as an artifact and to load it, and what the load became. What keeping it left to be written is none of the load's. */
export async function loadCsv({ context, ownerUrl }: Bench, file: string) {
  const stored = await seconds(() =>
    loadFile(context, {
      job: 'bench-ledger',
      name: 'ledger.csv',
      bytes: createReadStream(file, { highWaterMark: 1 << 20 }),
      actor: BENCH,
    }),
  )
  const { runId } = stored.result
  await onServer(ownerUrl, 'checkpoint')
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
