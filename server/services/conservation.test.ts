import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import {
  anyDelivery,
  deliveryCsv,
  expectedTotals,
  judge,
  LedgerModel,
  statedTotals,
  type Delivery,
} from '#db/testing/ledger-model.ts'
import { load, type JobInput } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { CONSERVED, type StageName } from '#server/domain/run.ts'
import { verify } from './verify.ts'

const world = useDatabase()
let systems = 0

/** A system nobody has loaded yet, so that every example begins with nothing. */
const freshJob = () =>
  ledgerJob({ job: `ledger-${++systems}`, system: { code: `erp-${systems}`, name: 'ERP', kind: 'erp' }, onFailure: 'quarantine' })

test('every record of a load is new, changed, unchanged, duplicate or rejected: per cell, in records and in money', async () => {
  await fc.assert(
    fc.asyncProperty(anyDelivery, anyDelivery, async (first, second) => {
      const job = freshJob()
      const model = new LedgerModel()
      for (const delivery of [first, second]) {
        const expected = judge(delivery, model.current())
        const report = await load(world.context, job, deliveryCsv(delivery))
        expect(statedTotals(report.totals)).toEqual(expectedTotals(expected))
        expectConserved(report.totals)
        expect(report.lines).toMatchObject(counted(expected))
        if (report.publication !== null) model.publish(report.publication, model.changes(expected, 'delta'))
      }
    }),
    { numRuns: 20 },
  )
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
}, 120_000)

test('records whose amount is not one, or whose currency there is not, count as rejected with no money', async () => {
  const record = { entity: 'E1', period: '2026-01', version: 'actual', currency: 'EUR', side: 'debit', text: '' } as const
  const delivery: Delivery = [
    { ...record, key: '1', minor: 12_34n, flaw: null },
    { ...record, key: '2', minor: 5_00n, flaw: 'letters' },
    { ...record, key: '3', minor: 7_00n, flaw: 'decimals' },
  ]
  const report = await load(world.context, freshJob(), deliveryCsv(delivery))
  expect(statedTotals(report.totals).get('E1 2026-01 actual EUR extracted')).toBe('3 12.34 0.00')
  expect(statedTotals(report.totals).get('E1 2026-01 actual EUR rejected')).toBe('2 0.00 0.00')
  expectConserved(report.totals)
})

const COPIED =
  'artifact_id, position, content_hash, source_key, entity, period, version, currency, debit, credit, account, accounting_status'
test.each([
  ['a line vanishes', 'delete from load.l%1$s where position = 3'],
  [
    'a line appears',
    `insert into load.l%1$s (line_id, ${COPIED}) select line_id + 50, ${COPIED} from load.l%1$s where position = 3`,
  ],
  ['a cent vanishes', 'update load.l%1$s set debit = debit - 0.01 where position = 3'],
])('where %s on the way, the load is held whatever the job says, and verify names the run', async (what, tampering) => {
  const job = freshJob()
  const before = await publishedHash(world.db)
  const file = deliveryCsv(
    ['1', '2', '3'].map((key) => ({
      key,
      entity: 'E1',
      period: '2026-01',
      version: 'actual',
      currency: 'EUR',
      side: 'debit',
      text: '',
      minor: 10_00n,
      flaw: null,
    })),
  )
  const report = await loadTampered(job, file, 'load', tampering)
  expect(report, what).toMatchObject({
    outcome: 'held',
    publication: null,
    exceptions: [{ class: 'control', code: 'conservation_broken' }],
  })
  expect(await publishedHash(world.db)).toBe(before)
  const conservation = (await verify(world.context)).checks.find((check) => check.name === 'conservation')!
  expect(conservation.differences.some((difference) => difference.startsWith(`run ${report.runId} `))).toBe(true)

  expect(await load(world.context, job, file)).toMatchObject({ outcome: 'succeeded', lines: { new: 3 } })
  expect(await listExceptions(world.db, { job: job.job, scope: ['*'] })).toEqual([])
})

test.each([
  ['a small load', 3],
  ['a load of 60,000 lines, a segment of its own', 60_000],
])(
  'where a line of %s vanishes after the proof, nothing of it is published',
  async (_what, lines) => {
    const job = freshJob()
    const before = await publishedHash(world.db)
    const report = await loadTampered(job, ledgerCsv(ledgerRows(lines)), 'publish', 'delete from load.l%1$s where position = 3')
    expect(report).toMatchObject({ outcome: 'failed', publication: null, exceptions: [{ class: 'unclassified' }] })
    expect(report.exceptions[0]!.detail).toContain(`${lines} lines were proved, and ${lines - 1} would be published`)
    expect(await publishedHash(world.db)).toBe(before)
  },
  60_000,
)

/** The load's own place is tampered with as a stage of it begins. */
async function loadTampered(job: JobInput, file: string, stage: StageName, tampering: string) {
  await world.owner.unsafe(`create or replace function tamper() returns trigger language plpgsql security definer as $$
    begin if new.stage = '${stage}' then execute format('${tampering}', (select max(load_id) from loads where run_id = new.run_id)); end if; return new; end $$`)
  await world.owner`create trigger tamper after insert on stages for each row execute function tamper()`
  return load(world.context, job, file).finally(() => world.owner`drop trigger tamper on stages`)
}

function expectConserved(
  totals: readonly { checkpoint: string; count: number; debit: string; credit: string; [cell: string]: unknown }[],
): void {
  const cells = new Map<string, { records: number; debit: bigint; credit: bigint }>()
  for (const t of totals) {
    const sign = t.checkpoint === 'extracted' ? 1 : (CONSERVED as readonly string[]).includes(t.checkpoint) ? -1 : 0
    const key = [t.entity, t.period, t.version, t.currency].join(' ')
    const cell = cells.get(key) ?? { records: 0, debit: 0n, credit: 0n }
    cell.records += sign * t.count
    cell.debit += BigInt(sign) * thousandths(t.debit)
    cell.credit += BigInt(sign) * thousandths(t.credit)
    cells.set(key, cell)
  }
  for (const [key, left] of cells) expect({ key, ...left }).toEqual({ key, records: 0, debit: 0n, credit: 0n })
}

/** No currency of these tests has more than three decimals. */
function thousandths(amount: string): bigint {
  const [whole, fraction = ''] = amount.split('.')
  return BigInt(`${whole}${fraction.padEnd(3, '0')}`)
}

function counted(judged: readonly { outcome: string }[]): Record<string, number> {
  return Object.fromEntries(CONSERVED.map((outcome) => [outcome, judged.filter((one) => one.outcome === outcome).length]))
}
