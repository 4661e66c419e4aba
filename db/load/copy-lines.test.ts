import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { databaseCode, isDatabaseBusy } from '#db/failures.ts'
import { useDatabase } from '#db/testing/database.ts'
import { emptyLine, type Line } from '#server/domain/line.ts'
import { LineCopy } from './copy-lines.ts'

const world = useDatabase()
const HASH = '0'.repeat(32)
const line = (change: Partial<Line>): Line => ({
  ...emptyLine(),
  sourceKey: 'k',
  entity: 'E',
  period: '2026-01',
  version: 'actual',
  currency: 'NOK',
  account: '1',
  accountingStatus: 'posted',
  ...change,
})

async function opened(loadId: number): Promise<LineCopy> {
  await world.db.execute(sql`select open_load_place(${loadId})`)
  return LineCopy.open(world.db, loadId)
}
const kept = async (loadId: number) =>
  world.db.execute<Record<string, string>>(sql.raw(`select * from load.l${loadId} order by line_id`))

test('what is written is what is kept, whatever characters it has', async () => {
  const copy = await opened(1)
  const texts = ['a\tb', '\\N', '\\.', 'two\nlines', 'back\\slash', '\r', '𝄞', '"', "'"]
  for (const [i, text] of texts.entries())
    await copy.write(i, 1, i, HASH, line({ sourceKey: text, description: text, project: '' }))
  await copy.end()
  expect((await kept(1)).map((row) => [row.source_key, row.description, row.project])).toEqual(
    texts.map((text) => [text, text, null]),
  )
})

test('a text of any length arrives whole, and one with NUL without it', async () => {
  const copy = await opened(2)
  const texts = ['x'.repeat(65_530), 'é'.repeat(1 << 20), '\\'.repeat(1 << 20), 'x'.repeat(1 << 20), 'a\0b', 'short']
  for (const [i, description] of texts.entries()) await copy.write(i, 1, i, HASH, line({ description }))
  await copy.end()
  expect((await kept(2)).map((row) => row.description === texts[Number(row.line_id)]!.replace('\0', ''))).toEqual(
    texts.map(() => true),
  )
})

test.each([
  ['few lines, refused after the last was sent', 1],
  ['many lines, refused while they are sent', 100_000],
])('what PostgreSQL refuses is said: %s', async (_what, lines) => {
  const loadId = 10 + lines
  const copy = await opened(loadId)
  const writing = (async () => {
    await copy.write(0, 1, 1, HASH, line({ effectiveOn: 'no date' }))
    for (let i = 1; i < lines; i++) await copy.write(i, 1, i, HASH, line({ description: 'x'.repeat(50) }))
    await copy.end()
  })()
  const error = await writing.catch((reason: unknown) => reason)
  expect(databaseCode(error)).toBe('22007')
  expect(await kept(loadId)).toHaveLength(0)
})

test('a connection that is lost before the end is said, as a failure that another try may mend', async () => {
  const copy = await opened(3)
  await copy.write(1, 1, 1, HASH, line({}))
  await world.owner`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'copy load.l3 %'`
  const error = await copy.end().catch((reason: unknown) => reason)
  expect(isDatabaseBusy(error)).toBe(true)
})

test('an abandoned copy leaves nothing', async () => {
  const copy = await opened(4)
  for (let i = 0; i < 10_000; i++) await copy.write(i, 1, i, HASH, line({}))
  copy.abandon()
  expect(await kept(4)).toHaveLength(0)
})

test('while lines are copied, statements of the same pool go another way, however many there are', async () => {
  const copies = await Promise.all([5, 6, 7].map(opened))
  await Promise.all(copies.map((copy) => copy.write(1, 1, 1, HASH, line({}))))
  const answers = await Promise.all(Array.from({ length: 200 }, () => world.db.execute(sql`select pg_sleep(0.001)`)))
  expect(answers).toHaveLength(200)
  await Promise.all(copies.map((copy) => copy.end()))
  // Each connection is given back: more copies than the pool has connections, one after the other.
  for (let loadId = 20; loadId < 32; loadId++) await (await opened(loadId)).end()
})
