import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { migrate } from '#db/migrate.ts'
import { testContext } from '#db/testing/database.ts'
import { inDatabase, withOwner } from '#db/testing/global-setup.ts'
import { WORKER } from '#server/domain/actor.ts'
import { textOf } from '#server/platform/audit-log/testing.ts'
import { verifyBundle } from '#server/platform/audit-log/verify-audit.mjs'
import { signCheckpoint } from '#server/services/audit/sign-checkpoint.ts'
import { readBundle } from '#server/services/reads/audit-bundle.ts'
import { verify } from '#server/services/verify.ts'

const LAST_OF_THE_CHAIN = 9
const MIGRATIONS = join(import.meta.dirname, '../migrations')

/** The schema as it was, with a chain of five events; then what this program makes of it. */
async function migrated(tamper: string, look: (ownerUrl: string, appUrl: string, head: string) => Promise<void>): Promise<void> {
  const { ownerUrl: server, appUrl: template } = inject('testServer')
  const name = `tower_test_${randomUUID().slice(0, 8)}`
  const ownerUrl = inDatabase(server, name)
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  await withOwner(server, (owner) => owner.unsafe(`create database ${name}`))
  try {
    await cp(MIGRATIONS, folder, { recursive: true })
    const journal = JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8'))
    const before = journal.entries.filter(({ idx }: { idx: number }) => idx <= LAST_OF_THE_CHAIN)
    await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: before }))
    const head = await withOwner(ownerUrl, async (owner) => {
      await runMigrations(drizzle(owner), { migrationsFolder: folder })
      for (let n = 1; n <= 5; n++)
        await owner`select append_audit_event('ada', 'it', 'run.started', 'run', ${`${n}`}, 'of before', null, jsonb_build_object('n', ${`${n}`}::int, 'amount', '1.50'), ${randomUUID()})`
      if (tamper) await owner.unsafe(tamper)
      const [row] = await owner<{ hash: string }[]>`select hash from audit_head`
      return row!.hash
    })
    await migrate(ownerUrl, { appUrl: inDatabase(template, name) })
    await look(ownerUrl, inDatabase(template, name), head)
  } finally {
    await rm(folder, { recursive: true })
    await withOwner(server, (owner) => owner.unsafe(`drop database if exists ${name} with (force)`))
  }
}

const endOf = (owner: postgres.Sql) =>
  owner<{ event_id: number; after: unknown }[]>`select event_id::int, after from audit_events where action = 'audit.chain_ended'`

test('events of before become the first leaves, and the head of their chain stands in the log', async () => {
  await migrated('', async (ownerUrl, appUrl, head) => {
    const db = openDatabase(appUrl, { max: 2 })
    try {
      const context = testContext(db, null)
      expect((await signCheckpoint(context, { actor: WORKER })).size).toBe(7)
      const owner = postgres(ownerUrl, { max: 1 })
      expect(await endOf(owner)).toEqual([{ event_id: 6, after: { events: 5, lastEvent: 5, head, faults: [] } }])
      expect(await owner`select event_id::int from audit_leaves order by leaf_index`).toMatchObject(
        [1, 2, 3, 4, 5, 6, 7].map((event_id) => ({ event_id })),
      )
      await owner.end()
      const log = await textOf(readBundle(db, { request: { actor: WORKER }, filters: {}, isWhole: true }, new Date()))
      expect(await verifyBundle([Buffer.from(log)])).toMatchObject({ faults: [], records: 7 })
      expect((await verify(context)).sound).toBe(true)
    } finally {
      await closeDatabase(db)
    }
  })
})

test.each([
  ['changed', `update audit_events set actor = 'x' where event_id = 3`, [3]],
  ['taken out', 'delete from audit_events where event_id = 3', [4]],
  ['cut off', 'delete from audit_events where event_id = 5', [5]],
])('a chain of which an event was %s is taken over with its fault', async (_what, tamper, faults) => {
  await migrated(tamper, async (ownerUrl) => {
    const owner = postgres(ownerUrl, { max: 1 })
    expect((await endOf(owner))[0]!.after).toMatchObject({ lastEvent: 5, faults })
    await owner.end()
  })
})
