import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { listRejected } from '#db/queries/rejected.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { setPeriodState } from './set-period-state.ts'

const world = useDatabase()
const CLOSED = '2026-02'

beforeAll(async () => {
  await setPeriodState(world.context, { entity: 'NO01', period: CLOSED, state: 'closed', reason: 'for a test', actor: ADMIN })
})

/** Refused by the reader, by the database, or by nothing. */
const fate = fc.constantFrom('fine', 'fine', 'fine', 'unknown currency', 'closed period')
/** Two records of a document that balance, unless one is refused or a cent is missing. */
const pair = fc.record({
  document: fc.constantFrom('A', 'B', 'C', 'D', 'E', ''),
  currency: fc.constantFrom('NOK', 'NOK', 'SEK'),
  debit: fate,
  credit: fate,
})
const short = fc.tuple(pair, fc.nat(9)).map(([one, n]) => ({ ...one, isShort: n === 0 }))
const file = fc.array(short, { minLength: 1, maxLength: 7 }).chain((pairs) => {
  const rows = pairs.flatMap(({ document, currency, debit, credit, isShort }, i) => [
    row(`${i}d`, document, currency, debit, { debit: '1.00' }),
    row(`${i}c`, document, currency, credit, { credit: isShort ? '0.99' : '1.00' }),
  ])
  return fc.oneof(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }))
})

function row(id: string, document: string, currency: string, what: string, amount: Partial<LedgerRow>): LedgerRow {
  return {
    id,
    document,
    currency: what === 'unknown currency' ? 'QQQ' : currency,
    ...(what === 'closed period' && { period: CLOSED }),
    ...amount,
  }
}

/** What the rules say in words: a document that lost a record waits as a whole, and so does one that does not balance. */
function refusedOf(rows: readonly LedgerRow[]): string[] {
  const isLost = ({ currency, period }: LedgerRow) => currency === 'QQQ' || period === CLOSED
  const cents = (text: string | undefined) => Math.round(Number(text ?? 0) * 100)
  const sum = (group: readonly LedgerRow[]) => group.reduce((all, { debit, credit }) => all + cents(debit) - cents(credit), 0)
  const isRefused = (one: LedgerRow) => {
    if (isLost(one)) return true
    const document = rows.filter((other) => other.document === one.document)
    if (one.document !== '' && document.some(isLost)) return true
    const left = document.filter((other) => !isLost(other))
    const currencies = one.document === '' ? [one.currency] : left.map((other) => other.currency)
    return currencies.some((currency) => sum(left.filter((other) => other.currency === currency)) !== 0)
  }
  return rows.filter(isRefused).map(({ id }) => id)
}

test('of a document that lost a record nothing passes, wherever in the file its records stand and whoever refused them', async () => {
  let systems = 0
  await fc.assert(
    fc.asyncProperty(file, async (rows) => {
      const code = `lost-${++systems}`
      const system = { code, name: code, kind: 'erp' as const }
      const job = ledgerJob({ job: code, system, onFailure: 'quarantine', rules: { balanced: true } })
      const refused = refusedOf(rows)
      // The second time what passed is unchanged, and judged no other way.
      for (const what of ['new', 'unchanged']) {
        const report = await load(world.context, job, ledgerCsv(rows))
        expect(report.lines).toMatchObject({ [what]: rows.length - refused.length, rejected: refused.length })
        const rejected = await listRejected(world.db, { runId: report.runId, limit: 100, scope: ['*'] })
        expect(rejected.map(({ sourceKey }) => sourceKey).sort()).toEqual(refused.toSorted())
      }
    }),
    { numRuns: 15, examples: EXAMPLES },
  )
}, 60_000)

const line = (id: string, document: string, what: string, amount: Partial<LedgerRow>) => row(id, document, 'NOK', what, amount)
const plain = (document: string) => [
  line(`${document}d`, document, 'fine', { debit: '1.00' }),
  line(`${document}c`, document, 'fine', { credit: '1.00' }),
]
/** Whole; torn by the reader, together and apart; torn by the database where the reader lost documents whole. */
const EXAMPLES: [LedgerRow[]][] = [
  [[...plain('A'), line('1', 'B', 'unknown currency', { debit: '1.00' }), line('2', 'B', 'unknown currency', {}), ...plain('C')]],
  [
    [
      ...plain('A'),
      line('1', 'B', 'unknown currency', { debit: '1.00' }),
      line('2', 'B', 'fine', { credit: '1.00' }),
      ...plain('C'),
    ],
  ],
  [[...plain('A'), ...plain('B'), line('1', 'A', 'unknown currency', { debit: '1.00' })]],
  [[line('1', 'A', 'unknown currency', { debit: '1.00' }), ...plain('B'), ...plain('A')]],
  [
    [
      line('1', 'A', 'unknown currency', {}),
      line('2', 'B', 'closed period', { debit: '1.00' }),
      line('3', 'B', 'fine', { credit: '1.00' }),
    ],
  ],
  // Without a document they stand together, and what the database refused of them was still there when they were read.
  [[line('1', '', 'fine', { debit: '1.00' }), line('2', '', 'closed period', { credit: '1.00' })]],
]
