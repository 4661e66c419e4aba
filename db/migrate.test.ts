import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { importJob, keepFile } from '#db/testing/load.ts'
import { migrate } from './migrate.ts'
import { useDatabase } from './testing/database.ts'
import { inDatabase } from './testing/global-setup.ts'

const world = useDatabase()

async function ownerUrl(): Promise<string> {
  const [row] = await world.owner`select current_database() as name`
  return inDatabase(inject('testServer').ownerUrl, String(row!.name))
}

const mayCreate = async () => {
  const [row] = await world.owner`select has_database_privilege('tower_app', current_database(), 'CREATE') as may`
  return row!.may as boolean
}

const DROP = 'drop schema graphile_worker cascade'

test.each([
  ['before', []],
  ['while', ['create schema graphile_worker authorization tower_app', 'grant create on database NAME to tower_app']],
])('a first start that ended after the schema was made and %s the queue was, is made good by the next', async (when, made) => {
  const url = await ownerUrl()
  const name = new URL(url).pathname.slice(1)
  for (const statement of [DROP, ...made]) await world.owner.unsafe(statement.replace('NAME', name))
  expect(await migrate(url)).toMatchObject({ applied: 0 })
  expect(await mayCreate()).toBe(false)
  // What a connection had prepared was about the functions that are gone.
  await world.owner`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and usename = 'tower_app'`
  await expect
    .poll(() =>
      Promise.all(Array.from({ length: 20 }, () => world.context.db.$client`select 1`)).then(
        () => 'all anew',
        () => null,
      ),
    )
    .toBe('all anew')
  const job = ledgerJob({ job: `${when}-it` })
  await importJob(world.context, job)
  const runId = await keepFile(world.context, job.job, ledgerCsv([{ id: when }]))
  expect(await world.owner`select 1 from graphile_worker.jobs where key = ${`run:${runId}`}`).toHaveLength(1)
})

test('a change of the schema waits for what is being published without keeping those who read waiting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tower-migrations-'))
  plantMigration(folder, 'ALTER TABLE runs ADD COLUMN planted integer')
  const told: string[] = []
  const publishing = await world.owner.reserve()
  await publishing`begin`
  await publishing`select 1 from runs for update`
  try {
    const migrated = migrate(await ownerUrl(), { folder, report: (message) => told.push(message) })
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(2)
    // The second try may be waiting by now.
    await sleep(3_500)
    const read = world.context.db.$client`select count(*) from runs`.then(() => 'read')
    expect(await Promise.race([read, sleep(8_000, 'waits')])).toBe('read')
    await publishing`commit`
    expect(await migrated).toMatchObject({ applied: 1 })
  } finally {
    await publishing`rollback`
    publishing.release()
    rmSync(folder, { recursive: true })
  }
  expect(told[1]).toMatch(/waiting for a load/)
})

/** All of ours, and one more. */
function plantMigration(folder: string, statement: string): void {
  cpSync(join(import.meta.dirname, 'migrations'), folder, { recursive: true })
  const path = join(folder, 'meta', '_journal.json')
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { entries: { idx: number; when: number; tag: string }[] }
  const last = journal.entries.at(-1)!
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: '9999_planted' })
  writeFileSync(path, JSON.stringify(journal))
  writeFileSync(join(folder, '9999_planted.sql'), statement)
}
