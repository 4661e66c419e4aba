import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, load, type JobInput } from '#db/testing/load.ts'
import { readReconciliation } from '../reads/reconciliation-view.ts'
import { importDefinitions } from '../import-definitions.ts'
import { compareWhatMoved } from './compare-what-moved.ts'

/** One document a kind of fault, in a real database: each difference is found in the bucket of its cause, with its evidence. */
const world = useDatabase()

const BILLING = ledgerJob({ job: 'billing', system: { code: 'billing', name: 'Billing', kind: 'billing' } })
const LEDGER: JobInput = ledgerJob({
  onFailure: 'quarantine',
  rules: { members: ['cost_centre'] },
  mapping: { fields: { accounting_status: 'text' } },
})
const BALANCES: JobInput = ledgerJob({
  job: 'balances',
  system: { code: 'warehouse', name: 'Warehouse', kind: 'warehouse' },
  objectType: 'period_balance',
})
const DEFINITIONS = [
  {
    kind: 'reconciliation',
    reconciliation: 'by-document',
    title: 'By document',
    entities: ['NO01'],
    sides: [
      { name: 'Billing', system: 'billing', accounts: ['4000-4099'] },
      { name: 'Ledger', system: 'erp', accounts: ['4000-4099'] },
    ],
    key: ['document'],
    rates: { system: 'ecb' },
    tolerance: { rounding: 1, budget: { NOK: '1.00', EUR: '1.00' } },
  },
  {
    kind: 'reconciliation',
    reconciliation: 'by-account',
    title: 'By account',
    entities: ['NO01'],
    sides: [
      { name: 'Ledger', system: 'erp', accounts: ['4000-4089'] },
      { name: 'Warehouse', system: 'warehouse', objectType: 'period_balance' },
    ],
    key: ['account'],
  },
  {
    kind: 'reconciliation',
    reconciliation: 'by-document-and-account',
    title: 'By document and account',
    entities: ['NO01'],
    sides: [
      { name: 'Billing', system: 'billing', accounts: ['4000-4099'] },
      { name: 'Ledger', system: 'erp', accounts: ['4000-4099'] },
    ],
    key: ['document', 'account'],
  },
]
const RATES: JobInput = {
  job: 'rates',
  title: 'Reference rates',
  owner: 'treasury',
  system: { code: 'ecb', name: 'European Central Bank', kind: 'file' },
  source: { type: 'file' },
  format: { type: 'ecb-rates' },
  objectType: 'fx_rate',
}
const row = (document: string, credit: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id: document,
  document,
  debit: '',
  credit,
  text: 'posted',
  ...more,
})

type Found = { name: string; key: string; bucket: string; amount: string; keys: number; because: Record<string, unknown> }
const found = (name: string) =>
  world.db.execute<Found>(sql`
    select d.name, p.key, p.bucket, p.amount::text, p.keys, p.because from comparison_parts p
      join reconciliations r on r.comparison_id = p.comparison_id join reconciliation_definitions d using (definition_id)
    where d.name = ${name} and r.period = '2026-03' order by p.key`)

beforeAll(async () => {
  await load(
    world.context,
    memberJob('cost_centre'),
    memberCsv(
      ['code', 'name', 'status'],
      [
        ['CC1', 'One', 'active'],
        ['CC9', 'Nine', 'inactive'],
      ],
    ),
  )
  await load(world.context, RATES, 'Date,USD,GBP,\n2026-03-13,1.0871,0.85,\n2026-03-12,1.08,0.84,\n')
  await importDefinitions(world.context, { yaml: DEFINITIONS.map((one) => JSON.stringify(one)).join('\n---\n'), actor: ADMIN })
  await load(
    world.context,
    BILLING,
    ledgerCsv(
      ['TIES', 'LATE', 'OTHER', 'REJECTED', 'ACCOUNT', 'LOST', 'SIGN', 'CENT', 'WRONG']
        .map((id) => row(id, '100.00'))
        .concat(row('ABROAD', '108.71', { currency: 'USD', account: '4090' })),
    ),
  )
  await load(
    world.context,
    LEDGER,
    ledgerCsv([
      row('TIES', '100.00'),
      row('LATE', '100.00', { period: '2026-04', posted_on: '2026-04-01' }),
      row('OTHER', '100.00', { entity: 'SE01' }),
      row('REJECTED', '100.00', { cost_centre: 'CC9' }),
      row('ACCOUNT', '100.00', { account: '4900' }),
      row('SIGN', '', { debit: '100.00' }),
      row('CENT', '100.01'),
      row('WRONG', '90.00'),
      row('ABROAD', '100.00', { currency: 'EUR', account: '4090' }),
      row('TWICE', '55.00'),
      row('HAND', '7.00', { text: 'adjusted' }),
    ]),
  )
  await compareWhatMoved(world.context)
})

test('an amount in another currency is known by the rate, its day and its version', async () => {
  const [part] = (await found('by-document')).filter(({ key }) => key === 'ABROAD')
  expect(part!.because).toEqual({
    kind: 'rate',
    rates: [{ from: 'EUR', to: 'USD', rate: '1.0871', on: '2026-03-13', version: expect.stringMatching(/^publication \d+$/) }],
  })
})

test('each difference is in the bucket of its cause, signed, and they sum to the difference exactly', async () => {
  const parts = await found('by-document')
  expect(parts.map(({ key, bucket, amount, keys }) => [key, bucket, amount, keys])).toEqual([
    ['ABROAD', 'fx_and_rounding', '108.71', -1],
    ['ABROAD', 'fx_and_rounding', '-100.00', 1],
    ['ACCOUNT', 'mapping_and_scope', '100.00', -1],
    ['CENT', 'fx_and_rounding', '-0.01', 0],
    ['HAND', 'manual_adjustment', '-7.00', 1],
    ['LATE', 'cut_off_timing', '100.00', -1],
    ['LOST', 'unexplained', '100.00', -1],
    ['OTHER', 'mapping_and_scope', '100.00', -1],
    ['REJECTED', 'rejected', '100.00', -1],
    ['SIGN', 'unexplained', '200.00', 0],
    ['TWICE', 'unexplained', '-55.00', 1],
    ['WRONG', 'unexplained', '10.00', 0],
  ])
  const [exception] = await world.db.execute<{ exception_id: number }>(
    sql`select exception_id from exceptions where closed_at is null and code = 'member_inactive'`,
  )
  expect(parts.find(({ key }) => key === 'REJECTED')!.because).toEqual({
    kind: 'rejected',
    exceptionIds: [`${exception!.exception_id}`],
  })
  expect(parts.find(({ key }) => key === 'SIGN')!.because).toEqual({ kind: 'sign_reversed' })
  expect(parts.find(({ key }) => key === 'LATE')!.because).toEqual({ kind: 'other_period', period: '2026-04' })
})

test('whoever may not see the other entity is told no more than that there is one', async () => {
  const [row] = await world.db.execute<{ reconciliation_id: number; part: number }>(sql`
    select r.reconciliation_id, p.part from comparison_parts p join reconciliations r on r.comparison_id = p.comparison_id
    where p.key = 'OTHER' and r.period = '2026-03'`)
  const read = (scope: readonly string[]) =>
    readReconciliation(world.db, { reconciliationId: row!.reconciliation_id, part: row!.part, scope }, new Date())
  const all = await read(['*'])
  expect(all.parts.find(({ part }) => part === row!.part)!.because).toEqual({ kind: 'other_entity', entity: 'SE01' })
  expect(all.items!.map(({ entity }) => entity)).toEqual(['NO01', 'SE01'])
  const norway = await read(['NO01'])
  expect(norway.items!.map(({ entity }) => entity)).toEqual(['NO01'])
  expect(JSON.stringify(norway)).not.toContain('SE01')
  await expect(read(['SE01'])).rejects.toThrow('There is no such reconciliation')
})

test('what a side published after the other was asked is in flight, until the other is asked again', async () => {
  const balance = (id: string, credit: string) => ledgerCsv([{ id, credit, debit: '' }])
  // The warehouse has what the ledger has; then the ledger gets more.
  await load(world.context, BALANCES, balance('b', '252.01'))
  await compareWhatMoved(world.context)
  expect(await found('by-account')).toHaveLength(0)
  await load(world.context, LEDGER, ledgerCsv([row('NEW', '12.50')]))
  await compareWhatMoved(world.context)
  expect([...(await found('by-account'))]).toMatchObject([
    { key: '4000', bucket: 'in_flight', amount: '12.50', because: { kind: 'in_flight', why: 'published_after' } },
  ])
  await load(world.context, BALANCES, balance('b', '252.01'))
  await compareWhatMoved(world.context)
  expect([...(await found('by-account'))]).toMatchObject([{ key: '4000', bucket: 'unexplained', amount: '12.50' }])
})

test('what waits in a load that is held is in flight', async () => {
  const strict: JobInput = { ...LEDGER, job: 'strict', onFailure: 'hold' }
  await load(world.context, strict, ledgerCsv([row('LOST', '100.00'), row('BAD', '1.00', { cost_centre: 'CC9' })]))
  await compareWhatMoved(world.context)
  expect((await found('by-document')).find(({ key }) => key === 'LOST')).toMatchObject({
    bucket: 'in_flight',
    amount: '100.00',
    because: { kind: 'in_flight', why: 'held' },
  })
})

test('a copy is a duplicate of the one that is accounted for', async () => {
  await load(world.context, LEDGER, ledgerCsv([row('TIES', '100.00'), { ...row('TIES', '100.00'), id: 'TIES-2' }]))
  await compareWhatMoved(world.context)
  expect((await found('by-document')).find(({ key }) => key === 'TIES')).toMatchObject({
    bucket: 'duplicate',
    amount: '-100.00',
    keys: 1,
  })
})

test('what a side has otherwise than the first ever had is no matter of being asked too early', async () => {
  await load(world.context, BILLING, ledgerCsv([row('CHANGED', '100.00'), row('MISSED', '60.00'), row('GROWS', '10.00')]))
  await load(
    world.context,
    LEDGER,
    ledgerCsv([row('CHANGED', '100.00'), row('MISKEYED', '90.00'), row('TURNED', '', { debit: '5.00' }), row('GROWS', '10.00')]),
  )
  await load(
    world.context,
    BILLING,
    ledgerCsv([
      row('CHANGED', '130.00'),
      row('MISSED', '61.00'),
      row('MISKEYED', '100.00'),
      row('TURNED', '5.00'),
      row('FRESH', '20.00'),
      { ...row('GROWS', '3.00'), id: 'GROWS-2' },
    ]),
  )
  await compareWhatMoved(world.context)
  const bucketOf = new Map((await found('by-document')).map(({ key, bucket, amount }) => [key, `${bucket} ${amount}`]))
  expect(['CHANGED', 'FRESH', 'GROWS', 'MISSED', 'MISKEYED', 'TURNED'].map((key) => bucketOf.get(key))).toEqual([
    'in_flight 30.00',
    'in_flight 20.00',
    'in_flight 3.00',
    'unexplained 61.00',
    'unexplained 10.00',
    'unexplained 10.00',
  ])
})

test('where the account is a part of the key, evidence on another account is found all the same, by its exact amount', async () => {
  const shop = ledgerJob({
    job: 'shop',
    system: { code: 'billing', name: 'Billing', kind: 'billing' },
    onFailure: 'quarantine',
    rules: { mapped: ['account'] },
    mapping: { codes: { account: { SALES: '4000', FEES: '4010' } } },
  })
  await load(
    world.context,
    shop,
    ledgerCsv([
      row('UNMAPPED', '70.00', { account: 'MYSTERY' }),
      row('UNLIKE', '71.00', { account: 'MYSTERY' }),
      row('SWAPPED', '72.00', { account: 'FEES' }),
      row('OUTSIDE', '73.00', { account: 'SALES' }),
    ]),
  )
  await load(
    world.context,
    LEDGER,
    ledgerCsv([
      row('UNMAPPED', '70.00'),
      row('UNLIKE', '70.99'),
      row('SWAPPED', '72.00'),
      row('OUTSIDE', '73.00', { account: '4900' }),
    ]),
  )
  await compareWhatMoved(world.context)
  const parts = (await found('by-document-and-account')).map(({ key, bucket, amount, because }) =>
    [key.replace('\u001f', ' '), bucket, amount, because.to ?? because.kind].join(' '),
  )
  expect(parts.filter((part) => /^(UNMAPPED|UNLIKE|SWAPPED|OUTSIDE)/.test(part))).toEqual([
    'OUTSIDE 4000 mapping_and_scope 73.00 account 4900',
    'SWAPPED 4000 mapping_and_scope -72.00 account 4010',
    'SWAPPED 4010 mapping_and_scope 72.00 account 4000',
    'UNLIKE 4000 unexplained -70.99 surplus',
    'UNMAPPED 4000 rejected -70.00 rejected',
  ])
})

test('another rate is looked at by itself, as whatever moves', async () => {
  const abroad = async () => (await found('by-document')).filter(({ key }) => key === 'ABROAD').map(({ bucket }) => bucket)
  await load(world.context, RATES, 'Date,USD,GBP,\n2026-03-13,1.0900,0.85,\n', 'corrected.csv')
  await compareWhatMoved(world.context)
  expect(await abroad()).toEqual(['unexplained', 'unexplained'])
  await load(world.context, RATES, 'Date,USD,GBP,\n2026-03-13,1.0871,0.85,\n', 'again.csv')
  await compareWhatMoved(world.context)
  expect(await abroad()).toEqual(['fx_and_rounding', 'fx_and_rounding'])
})
