import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { makeFiguresWorld } from '#db/testing/figures-world.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { compareDecimals } from '#server/domain/money.ts'
import { EXCEPTION_GROUPS, readExceptions, type ExceptionGroup, type ExceptionsRequest } from './exceptions-view.ts'

const world = useDatabase()
beforeAll(async () => {
  await makeFiguresWorld(world)
  // A control over two entities that found more than was stated: below zero, and kept back from who sees one of them.
  const trailer = { match: 'TRAILER', fields: { records: 2, debit: 4, currency: 6 } } as const
  const rows = [...ledgerRows(2, { prefix: 'L' }), ...ledgerRows(2, { prefix: 'LS', entity: 'SE01' })]
  const short = ledgerJob({ job: 'short', format: { type: 'csv', trailer } })
  await load(world.context, short, ledgerCsv(rows, [4, '', '0.01', '', 'NOK']), 'short.csv')
})

const GROUPS = Object.keys(EXCEPTION_GROUPS) as ExceptionGroup[]
const LIMITS = ['0', '10', '99.99', '100', '1000', '10000', '100000', '1000000']

async function shown(request: Omit<ExceptionsRequest, 'group'>, now = new Date()) {
  const views = await Promise.all(GROUPS.map((group) => readExceptions(world.db, { ...request, group }, now)))
  expect(views.every(({ pages }) => pages === 1)).toBe(true)
  return views.flatMap(({ rows }) => rows)
}
const ids = (rows: readonly { exceptionId: number }[]) => rows.map(({ exceptionId }) => exceptionId).sort((a, b) => a - b)
const isMore = (amount: string, limit: string) => compareDecimals(amount.replace('-', ''), limit) > 0

test.each([{ scope: ['*'] }, { scope: ['NO01'] }, { scope: ['*'], currency: 'NOK' }, { scope: ['*'], runId: 2 }])(
  'more at stake than an amount are those that show more in one currency: %j',
  async (request) => {
    const all = await shown({ ...request, state: 'all' })
    const found = new Set<number>()
    for (const above of LIMITS) {
      const more = all.filter(({ amounts }) =>
        amounts.some(
          ({ currency, amount }) => currency !== '' && currency === (request.currency ?? currency) && isMore(amount, above),
        ),
      )
      expect(ids(await shown({ ...request, state: 'all', above })), above).toEqual(ids(more))
      found.add(more.length)
    }
    // A world in which every limit finds the same would prove nothing.
    expect(found.size).toBeGreaterThan(1)
  },
)

test('older than so many business days are those that show more of them', async () => {
  const later = new Date(Date.now() + 9 * 86_400_000)
  const today = later.toISOString().slice(0, 10)
  const all = await shown({ scope: ['*'], state: 'all' }, later)
  const found = new Set<number>()
  for (let days = 0; days < 12; days++) {
    const older = all.filter(({ age }) => age > days)
    expect(ids(await shown({ scope: ['*'], state: 'all', olderThan: { days, today } }, later))).toEqual(ids(older))
    found.add(older.length)
  }
  expect(found.size).toBeGreaterThan(1)
})
