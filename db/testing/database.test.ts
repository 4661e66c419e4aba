import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { useDatabase } from './database.ts'
import { ledgerCsv, ledgerJob } from './ledger.ts'
import { load } from './load.ts'
import { publishedHash } from './published.ts'

const world = useDatabase()

test('tests work as the restricted role, on a database of their own', async () => {
  const [row] = await world.db.execute<{ user: string; name: string; super: boolean }>(
    sql`select current_user::text as user, current_database()::text as name, (select rolsuper from pg_roles where rolname = current_user) as super`,
  )
  expect(row).toMatchObject({ user: 'tower_app', name: expect.stringMatching(/^tower_test_\d+_[0-9a-f]{8}$/), super: false })
})

test('the hash of what is published tells an amount from another and does not tell the same apart', async () => {
  const empty = await publishedHash(world.db)
  expect((await load(world.context, ledgerJob(), ledgerCsv([{ id: '1', debit: '10.00' }]))).outcome).toBe('succeeded')
  const first = await publishedHash(world.db)
  await load(world.context, ledgerJob(), ledgerCsv([{ id: '1', debit: '10.01' }]))
  const second = await publishedHash(world.db)
  await load(world.context, ledgerJob(), ledgerCsv([{ id: '1', debit: '10.00' }]))
  expect(new Set([empty, first, second]).size).toBe(3)
  expect(await publishedHash(world.db)).toBe(first)
})
