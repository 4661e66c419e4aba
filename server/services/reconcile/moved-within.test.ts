import { expect, test } from 'vitest'
import { sql } from 'drizzle-orm'
import { useDatabase } from '#db/testing/database.ts'
import { invoice, reconciledWorld } from '#db/testing/reconciled.ts'

const world = useDatabase()
const { define, bill, book, compare, one, sign } = reconciledWorld(world)
const asOf = async () =>
  (await world.db.execute<{ as_of: number }>(sql`select as_of from comparisons order by comparison_id desc limit 1`))[0]!.as_of
const newest = async () => (await world.db.execute<{ n: number }>(sql`select max(publication) as n from publications`))[0]!.n

test('lines that move within one balance are compared anew: what is signed then stays certified when nothing else moves', async () => {
  await define({ key: ['account'] })
  await bill([invoice(1, '90.00'), invoice(2, '60.00')])
  const lines = (first: string, second: string, text = '') => [
    invoice(1, first, { cost_centre: 'CC1', text }),
    invoice(2, second, { cost_centre: 'CC2', text }),
  ]
  await book(lines('100.00', '50.00'))
  await compare()
  const before = await one()
  await book(lines('90.00', '60.00'))
  expect(await compare()).toBe(1)
  expect((await one()).comparison_id).toBeGreaterThan(before.comparison_id)
  expect(await asOf()).toBe(await newest())
  await sign()
  await book(lines('90.00', '60.00', 'said otherwise'))
  expect(await compare()).toBe(1)
  expect((await one()).state).toBe('certified')
})
