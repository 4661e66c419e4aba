import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { openEmbedded } from '#db/embedded.ts'
import { migrate } from '#db/migrate.ts'

export type TestServer = {
  /** The owner's address of the server; the database in it is only a place to ask from. */
  readonly ownerUrl: string
  /** The restricted role's address; its database is the template. */
  readonly appUrl: string
  readonly template: string
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer
  }
}

const DATA_DIR = fileURLToPath(new URL('../../node_modules/.cache/control-tower-tests', import.meta.url))
/** Two runs on one server would otherwise alter the application's role in the same moment. */
const SETUP_LOCK = 7_236_009
const KEPT_DAYS = 1

/**
 * One server and one migrated template for all test files of a run: the embedded PostgreSQL, or that of DATABASE_URL (an
 * owner who may create databases). The embedded one is kept between runs and shared by runs at the same time.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL
  await mkdir(DATA_DIR, { recursive: true })
  const embedded = given ? null : await openEmbedded({ dataDir: DATA_DIR })
  const ownerUrl = given ?? embedded!.url
  const template = `tower_test_${process.pid}_template`
  const migrated = await withOwner(ownerUrl, async (owner) => {
    await owner`select pg_advisory_lock(${SETUP_LOCK})`
    await dropForgotten(owner)
    await owner.unsafe(`drop database if exists ${template}`)
    await owner.unsafe(`create database ${template}`)
    await noteTime(owner, template)
    // Tests want the product's rules, not the disk's: a power cut may take a test's last commits.
    await owner.unsafe(`alter database ${template} set synchronous_commit = off`)
    return migrate(inDatabase(ownerUrl, template))
  })
  project.provide('testServer', { ownerUrl, appUrl: migrated.appUrl, template })
  return async () => {
    await withOwner(ownerUrl, (owner) => owner.unsafe(`drop database if exists ${template} with (force)`))
    await embedded?.release()
  }
}

export function inDatabase(url: string, database: string): string {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.toString()
}

export async function withOwner<T>(url: string, work: (owner: postgres.Sql) => Promise<T>): Promise<T> {
  const owner = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return await work(owner)
  } finally {
    await owner.end({ timeout: 5 })
  }
}

export const noteTime = (owner: postgres.Sql, database: string) =>
  owner.unsafe(`comment on database ${database} is '${new Date().toISOString()}'`)

/** Databases that failed tests or killed runs left behind, once nobody can still want to look at them. */
async function dropForgotten(owner: postgres.Sql): Promise<void> {
  const before = new Date(Date.now() - KEPT_DAYS * 86_400_000).toISOString()
  const left = await owner<{ name: string }[]>`
    select datname as name from pg_database where datname like 'tower\\_test\\_%'
      and coalesce(shobj_description(oid, 'pg_database'), '') < ${before} and not exists (select from pg_stat_activity a where a.datid = pg_database.oid)`
  for (const { name } of left) await owner.unsafe(`drop database if exists "${name}"`)
}
