import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { closeDatabase, openDatabase, type Database } from '#db/client.ts'
import { registerWorker, type Registration } from '#db/queries/workers.ts'
import type { Context } from '#server/services/context.ts'
import { keyInMemory } from '#server/platform/audit-log/testing.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { inDatabase, noteTime, withOwner } from './global-setup.ts'

/** Well within the silence after which a worker is taken for dead: a slow test file must not lose its own. */
const BEAT_MS = 5_000

/** A database of this test file's own. Its properties are there once the tests run. */
export type TestDatabase = {
  /** As the application's restricted role, like the product. */
  readonly db: Database
  /** A worker that is registered and alive. */
  readonly context: Context
  readonly appUrl: string
  /** As the owner, a superuser: for planting what the product must notice. */
  readonly owner: postgres.Sql
  /** Another worker in this process, with connections of its own. */
  addWorker(): Promise<Context>
}

/** Makes the database before the first test of the file and drops it after the last; it stays when one failed. */
export function useDatabase(): TestDatabase {
  const { ownerUrl: serverUrl, appUrl: templateUrl, template } = inject('testServer')
  const name = template.replace(/template$/, randomUUID().slice(0, 8))
  const appUrl = inDatabase(templateUrl, name)
  const workers: { db: Database; registration: Registration; heartbeat: NodeJS.Timeout }[] = []
  const made: { db?: Database; context?: Context; owner?: postgres.Sql } = {}
  let hasFailed = false

  const addWorker = async (): Promise<Context> => {
    const db = openDatabase(appUrl, { max: 8, name: 'control tower test' })
    const workerId = randomUUID()
    const registration = await registerWorker(db, { workerId, description: 'test' })
    const heartbeat = setInterval(() => void registration.beat([]).catch(() => undefined), BEAT_MS)
    workers.push({ db, registration, heartbeat })
    return testContext(db, workerId)
  }

  beforeAll(async () => {
    await withOwner(serverUrl, async (owner) => {
      await owner.unsafe(`create database ${name} template ${template}`)
      await owner.unsafe(`alter database ${name} set synchronous_commit = off`)
      await noteTime(owner, name)
    })
    made.owner = postgres(inDatabase(serverUrl, name), { max: 3, onnotice: () => undefined })
    made.context = await addWorker()
    made.db = made.context.db
  })
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      hasFailed = true
    })
  })
  afterAll(async () => {
    for (const { db, registration, heartbeat } of workers) {
      clearInterval(heartbeat)
      await registration.release().catch(() => undefined)
      await closeDatabase(db)
    }
    await made.owner?.end({ timeout: 5 })
    if (hasFailed) process.stderr.write(`The database of the failed tests is kept for a day: ${name}\n`)
    else await withOwner(serverUrl, (owner) => owner.unsafe(`drop database if exists ${name} with (force)`))
  })

  const ready = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the database is there only while tests run')
    return value
  }
  return {
    get db() {
      return ready(made.db)
    },
    get context() {
      return ready(made.context)
    },
    get owner() {
      return ready(made.owner)
    },
    appUrl,
    addWorker,
  }
}

export const testContext = (db: Database, workerId: string | null): Context => ({
  db,
  log: makeLogger({ level: 'silent' }),
  now: () => new Date(),
  credential: (variable) => process.env[variable],
  auditKey: keyInMemory(),
  workerId,
})
