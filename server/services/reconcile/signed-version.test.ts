import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { hasMovedSinceLook } from '#db/queries/reconciliations.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { approveDefinitions } from '#db/testing/people.ts'
import { CARL, invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import { previewRollback } from '../rollback/rollback-run.ts'
import { compareNow } from './compare-now.ts'

/** What was signed is watched as it was signed, whatever its definition has become since. */
const world = useDatabase()
const { define, bill, book, compare, list, sign } = reconciledWorld(world)
const sides = (...accounts: string[]) => ({
  sides: [
    { name: 'Billing', system: 'billing', accounts },
    { name: 'Ledger', system: 'erp', accounts },
  ],
})
const redefine = async (account: string, more: object = {}) => {
  await define({ ...sides(account), ...more })
  await approveDefinitions(world)
  const [row] = await world.db.execute<{ version: number }>(
    sql`select current_version as version from reconciliation_definitions`,
  )
  return row!.version
}
const state = async (of: string) => (await list()).find(({ period }) => period === of)!.state
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
  await book([row(2, '20.00', '4000', '2026-02')])
  await compare()
  expect(await state('2026-02'), 'nor is it forgotten then').toBe('ready')
})

test.each([
  ['another version of lines', '2026-03', { version: 'budget' }],
  ['other entities', '2026-04', { entities: ['SE01'] }],
  ['later periods', '2026-05', { since: '2027-01' }],
  [
    'systems that have nothing there',
    '2026-08',
    { sides: ['other-billing', 'other-erp'].map((system) => ({ name: system, system })) },
  ],
])(
  'where the version in force compares %s, what was signed falls by its own, and is compared and signed by that',
  async (_what, period, more) => {
    for (const code of ['other-billing', 'other-erp'])
      await load(
        world.context,
        ledgerJob({ job: code, system: { code, name: code, kind: 'erp' } }),
        ledgerCsv([{ id: '1', version: 'forecast' }]),
      )
    const n = Number(period.slice(-2))
    const of = async () => (await list()).filter((one) => one.period === period)
    const signed = async () => sign((await list()).findIndex((one) => one.period === period))
    await redefine('4000-4009')
    await bill([row(n, '10.00', '4000', period)])
    await book([row(n, '10.00', '4000', period)])
    await compare()
    await signed()

    await redefine('4000-4009', more)
    expect(await compare(), 'what is certified keeps its version').toBe(0)
    await book([row(n, '12.00', '4000', period)])
    await compare()
    expect(await of()).toMatchObject([{ state: 'breaks' }])
    expect(await compare(), 'once').toBe(0)

    await book([row(n, '11.00', '4000', period)])
    const { reconciliation_id: reconciliationId } = (await of())[0]!
    const isStale = () => hasMovedSinceLook(world.db, reconciliationId)
    expect(await isStale(), 'nobody signs it before').toBe(true)
    await compareNow(world.context, { reconciliationId, actor: CARL })
    expect(await isStale()).toBe(false)
    await book([row(n, '10.00', '4000', period)])
    await compare()
    expect(await of()).toMatchObject([{ state: 'ready' }])
    await signed()
    expect(await of()).toMatchObject([{ state: 'certified' }])
  },
)

test('what is certified is compared before what is open: somebody relies on it', async () => {
  await redefine('4000-4009')
  await bill([row(6, '10.00', '4000', '2026-06'), row(7, '10.00', '4000', '2026-07')])
  await book([row(6, '11.00', '4000', '2026-06'), row(7, '10.00', '4000', '2026-07')])
  await compare()
  await sign((await list()).findIndex(({ period }) => period === '2026-07'))
  await book([row(6, '12.00', '4000', '2026-06'), row(7, '12.00', '4000', '2026-07')])
  await compare()
  const newest = await world.db.execute<{ period: string }>(
    sql`select period from comparisons c join reconciliations r using (reconciliation_id) order by c.comparison_id desc limit 2`,
  )
  expect(newest.map(({ period }) => period)).toEqual(['2026-06', '2026-07'])
})
