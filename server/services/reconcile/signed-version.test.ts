import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { approveDefinitions } from '#db/testing/people.ts'
import { invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import { previewRollback } from '../rollback/rollback-run.ts'

/** What was signed is watched as it was signed, whatever its definition has become since. */
const world = useDatabase()
const { define, bill, book, compare, list, sign } = reconciledWorld(world)
const sides = (...accounts: string[]) => ({
  sides: [
    { name: 'Billing', system: 'billing', accounts },
    { name: 'Ledger', system: 'erp', accounts },
  ],
})
const redefine = async (...accounts: string[]) => {
  await define(sides(...accounts))
  await approveDefinitions(world)
  const [row] = await world.db.execute<{ version: number }>(
    sql`select current_version as version from reconciliation_definitions`,
  )
  return row!.version
}
const state = async (period: string) => (await list())[Number(period.slice(-2)) - 1]!.state
const row = (n: number, credit: string, account: string, period: string) => invoice(n, credit, { account, period })

test('a line that only the signed version compares supersedes; one that only the version in force compares does not', async () => {
  expect(await redefine('4000-4019')).toBe(1)
  const rows = [row(1, '10.00', '4010', '2026-01'), row(2, '20.00', '4000', '2026-02')]
  await bill(rows)
  await book(rows)
  await compare()
  await sign(0)
  await sign(1)

  expect(await redefine('4000-4009'), 'narrower').toBe(2)
  expect(await compare(), 'what is certified keeps its version').toBe(0)
  const { runId } = await book([row(1, '11.00', '4010', '2026-01')])
  const { certifications } = await previewRollback({ db: world.db }, runId)
  expect(certifications, 'a rollback names it too').toMatchObject([{ period: '2026-01' }])
  expect(await compare()).toBe(1)
  expect(await state('2026-01')).not.toBe('certified')

  expect(await redefine('4000-4099'), 'wider').toBe(3)
  await compare()
  await book([row(3, '5.00', '4090', '2026-02')])
  await compare()
  expect(await state('2026-02')).toBe('certified')

  const [first] = sides('4000-4099').sides
  await define({ sides: [first, { name: 'Nowhere', system: 'never-connected' }] })
  await approveDefinitions(world)
  await book([row(2, '22.00', '4000', '2026-02')])
  await compare()
  expect(await state('2026-02')).toBe('breaks')
})
