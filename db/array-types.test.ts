import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { closeDatabase, openDatabase } from './client.ts'
import { useDatabase } from './testing/database.ts'

const world = useDatabase()

test('arrays come back as they are', async () => {
  const [row] = await world.db.$client`select
    array['', 'NULL', null, 'a "quoted" one', 'back\\slash', 'comma, and {braces}', 'Å'] as texts, '{}'::text[] as none,
    array[0, -1, 9007199254740991]::bigint[] as numbers, array[1, 2] as ints, array[true, false] as yes, '{{a,b},{c,d}}'::text[] as rows`
  expect(row).toEqual({
    texts: ['', 'NULL', null, 'a "quoted" one', String.raw`back\slash`, 'comma, and {braces}', 'Å'],
    none: [],
    numbers: [0, -1, 9_007_199_254_740_991],
    ints: [1, 2],
    yes: [true, false],
    rows: [
      ['a', 'b'],
      ['c', 'd'],
    ],
  })
})

test('a list goes to the database as it is', async () => {
  const texts = ['', 'NULL', null, 'a "quoted" one', String.raw`back\slash`, 'comma, and {braces}', 'Å']
  const [row] = await world.db.$client`select ${texts}::text[] as texts, ${[1, -2]}::int[] as ints, ${[]}::text[] as none`
  expect(row).toEqual({ texts, ints: [1, -2], none: [] })
})

test('a server that cuts off every statement takes no process along', async () => {
  const lost: unknown[] = []
  const note = (error: unknown) => void lost.push(error)
  process.on('unhandledRejection', note)
  const name = new URL(world.appUrl).pathname.slice(1)
  await world.owner.unsafe(`alter database ${name} set statement_timeout = 1`)
  const db = openDatabase(world.appUrl, { max: 20 })
  try {
    await Promise.allSettled(Array.from({ length: 20 }, () => db.$client`select pg_sleep(0.01)`))
    await sleep(50)
    expect(lost).toEqual([])
  } finally {
    await world.owner.unsafe(`alter database ${name} reset statement_timeout`)
    await closeDatabase(db)
    process.off('unhandledRejection', note)
  }
})
