import { beforeAll, expect, test } from 'vitest'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { useDatabase } from '#db/testing/database.ts'
import { readReadiness } from './readiness.ts'

const world = useDatabase()
let migrations = 0
beforeAll(async () => {
  const [row] = await world.owner`select count(*)::int as n from drizzle.__drizzle_migrations`
  migrations = row!.n as number
  await world.owner`insert into workers (worker_id, lock_key, description) values (gen_random_uuid(), 7, 'scheduler on test, pid 1')`
})
const ask = (others: Partial<Parameters<typeof readReadiness>[0]> = {}) =>
  readReadiness({ db: world.db, migrations, now: () => new Date(), ...others })
const fine = { database: { ok: true }, migrations: { ok: true }, worker: { ok: true }, clock: { ok: true } }

test('ready: the database answers, its schema is ours, a worker lives, the clocks agree', async () => {
  expect(await ask()).toEqual(fine)
})

test('a migration that is missing is red; a schema that is ahead is not', async () => {
  const { migrations: part, ...rest } = await ask({ migrations: migrations + 1 })
  expect(part).toEqual({ ok: false, detail: expect.stringContaining(`${migrations} of ${migrations + 1}`) })
  expect(Object.values(rest).every(({ ok }) => ok)).toBe(true)
  expect((await ask({ migrations: migrations - 1 })).migrations.ok).toBe(true)
})

test('a worker silent for more than 30 s is red, and so is none at all, and one of ours that ended', async () => {
  const seen = (ago: string) => world.owner`update workers set seen_at = now() - ${ago}::interval where description = 'test'`
  await seen('25 seconds')
  expect((await ask()).worker).toEqual({ ok: true })
  await seen('31 seconds')
  expect((await ask()).worker).toEqual({ ok: false, detail: expect.stringContaining('31 s ago') })
  const rows = await world.owner`delete from workers where description = 'test' returning *`
  expect((await ask()).worker.ok).toBe(false)
  await world.owner`insert into workers ${world.owner(rows)}`
  await seen('1 second')
  expect((await ask({ workerIsUp: () => false })).worker.detail).toContain('started again')
  expect(await ask({ workerIsUp: () => true })).toEqual(fine)
})

test('a clock that differs from that of the database is red, either way', async () => {
  const off = (seconds: number) => ask({ now: () => new Date(Date.now() + seconds * 1_000) })
  expect((await off(2)).clock.ok).toBe(true)
  expect((await off(9)).clock.detail).toContain('ahead')
  expect((await off(-9)).clock.detail).toContain('behind')
})

test('a scheduler silent for more than 30 s is red, and so is none at all; a scheduler is no worker', async () => {
  const mine = world.owner`description like 'scheduler %'`
  await world.owner`update workers set seen_at = now() - interval '31 seconds' where ${mine}`
  expect(await ask()).toEqual({ ...fine, clock: { ok: false, detail: expect.stringContaining('31 s ago') } })
  const rows = await world.owner`delete from workers where ${mine} returning *`
  expect((await ask()).clock.detail).toContain('no scheduler')
  await world.owner`insert into workers ${world.owner(rows)}`
  await world.owner`update workers set seen_at = now() where ${mine}`
  expect(await ask()).toEqual(fine)
})

test('without the database everything is red, and the answer comes in time', async () => {
  const db = openDatabase('postgres://nobody:wrong@127.0.0.1:1/none', { max: 1 })
  const begun = performance.now()
  const parts = await ask({ db })
  expect(Object.values(parts).map(({ ok }) => ok)).toEqual([false, false, false, false])
  expect(performance.now() - begun).toBeLessThan(8_000)
  await closeDatabase(db)
})
