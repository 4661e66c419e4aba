import { beforeAll, expect, test } from 'vitest'
import { listRejected } from '#db/queries/rejected.ts'
import { listLines } from '#db/queries/lines.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, type JobInput } from '#db/testing/load.ts'
import { reopen } from '#db/testing/reopen.ts'
import { publishedHash } from '#db/testing/published.ts'
import { BUSINESS_RULES, type BusinessCode } from '#server/domain/rules/catalogue.ts'
import { importDefinitions } from './import-definitions.ts'
import { setPeriodState } from './set-period-state.ts'
import { verify } from './verify.ts'

const world = useDatabase()

beforeAll(async () => {
  const columns = ['code', 'name', 'status', 'valid_from', 'valid_to']
  const centres = [
    ['CC1', 'Bakery', 'active', '', ''],
    ['OLD', 'Old warehouse', 'inactive', '', ''],
    ['NEXT', 'New warehouse', 'active', '2027-01-01', ''],
    ['PAST', 'Shop', 'active', '', '2025-12-31'],
  ]
  await load(world.context, memberJob('cost_centre'), memberCsv(columns, centres))
  await setPeriod('NO01', '2026-02', 'closed')
})

const setPeriod = (entity: string, period: string, state: 'soft_closed' | 'closed') =>
  setPeriodState(world.context, { entity, period, state, reason: 'for a test', actor: ADMIN })

let systems = 0
/** A quarantine job of a system of its own that governs cost centres. */
const anew = (overrides: Parameters<typeof ledgerJob>[0] = {}): JobInput => {
  const code = `rules-${++systems}`
  return ledgerJob({
    job: code,
    system: { code, name: code, kind: 'erp' },
    onFailure: 'quarantine',
    ...overrides,
    rules: { members: ['cost_centre'], ...overrides.rules },
  })
}
const sourceKeys = async (job: JobInput) => {
  const lines = await listLines(world.db, { system: job.system.code, scope: ['*'] }, await newestPublication(world.db), {
    limit: 1_000,
  })
  return lines.map((line) => line.sourceKey).sort()
}

type Case = {
  /** What breaks the rule, beside a line that breaks none. */
  readonly rows: readonly LedgerRow[]
  readonly field: string
  readonly value: string
  readonly job?: Parameters<typeof ledgerJob>[0]
  readonly fine?: readonly LedgerRow[]
}
const CASES: Record<BusinessCode, Case> = {
  dimension_missing: { rows: [{ id: 'bad', account: '' }], field: 'account', value: '' },
  code_unmapped: { rows: [{ id: 'bad', cost_centre: 'CC9' }], field: 'cost_centre', value: 'CC9' },
  member_inactive: { rows: [{ id: 'bad', cost_centre: 'OLD' }], field: 'cost_centre', value: 'OLD' },
  member_not_yet_valid: { rows: [{ id: 'bad', cost_centre: 'NEXT' }], field: 'cost_centre', value: 'NEXT' },
  member_no_longer_valid: { rows: [{ id: 'bad', cost_centre: 'PAST' }], field: 'cost_centre', value: 'PAST' },
  period_unknown: { rows: [{ id: 'bad', period: '2026-13' }], field: 'period', value: '2026-13' },
  period_closed: { rows: [{ id: 'bad', period: '2026-02' }], field: 'period', value: '2026-02' },
  currency_unknown: { rows: [{ id: 'bad', currency: 'NKR' }], field: 'currency', value: 'NKR' },
  amount_malformed: { rows: [{ id: 'bad', debit: '1.000,00' }], field: 'debit', value: '' },
  amount_too_precise: { rows: [{ id: 'bad', debit: '1.234' }], field: 'debit', value: 'NOK' },
  text_too_long: { rows: [{ id: 'bad', document: 'D'.repeat(501) }], field: 'document', value: '' },
  date_malformed: { rows: [{ id: 'bad', posted_on: '2026-02-30' }], field: 'posted_on', value: '' },
  approval_missing: {
    job: { rules: { approval: { column: 'text', accepted: ['approved'] } } },
    fine: [{ id: 'fine', text: 'Approved' }],
    rows: [{ id: 'bad', text: 'draft' }],
    field: 'text',
    value: 'draft',
  },
  accounting_status_unknown: {
    job: { mapping: { fields: { accounting_status: 'text' } } },
    fine: [{ id: 'fine', text: 'posted' }],
    rows: [{ id: 'bad', text: 'parked' }],
    field: 'accounting_status',
    value: 'parked',
  },
  source_key_missing: { rows: [{ id: '' }], field: 'key', value: '' },
  source_key_conflicting: { rows: [{ id: 'bad' }, { id: 'bad', debit: '2' }], field: 'key', value: 'bad' },
  document_unbalanced: {
    job: { rules: { balanced: true } },
    fine: ledgerRows(2, { prefix: 'fine' }),
    rows: [{ id: 'bad', document: 'D7', debit: '5.00' }],
    field: 'document',
    value: 'D7',
  },
  document_incomplete: {
    job: { rules: { balanced: true } },
    fine: ledgerRows(2, { prefix: 'fine' }),
    rows: [
      { id: 'bad', document: 'D8', debit: '5.00' },
      { id: 'worse', document: 'D8', credit: '5.00', cost_centre: 'CC9' },
    ],
    field: '',
    value: '',
  },
}

test.each(Object.entries(CASES))('%s', async (code, { rows, field, value, job: overrides, fine = [{ id: 'fine' }] }) => {
  const job = anew(overrides)
  const report = await load(world.context, job, ledgerCsv([...fine, ...rows]))
  expect(report).toMatchObject({ outcome: 'succeeded', lines: { new: fine.length, rejected: rows.length } })
  expect(report.exceptions.find((e) => e.code === code)).toMatchObject({ class: 'business' })
  expect(await sourceKeys(job)).toEqual(fine.map((row) => row.id).sort())
  const rejected = await listRejected(world.db, { runId: report.runId, limit: 10, scope: ['*'] })
  const broken = rejected.find((record) => record.reasons.some((reason) => reason.code === code))
  expect(broken!.reasons).toMatchObject([{ code, field, value }])
  // Held, where the job says so: the same records, and nothing is published.
  const strict = {
    ...job,
    job: `${job.job}-strict`,
    onFailure: 'hold' as const,
    system: { ...job.system, code: `${job.system.code}-strict` },
  }
  const held = await load(world.context, strict, ledgerCsv([...fine, ...rows]))
  expect(held).toMatchObject({ outcome: 'held', publication: null })
})

test('there is a test for every business code', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(BUSINESS_RULES).sort())
})

test('a record that fails for several reasons keeps every one', async () => {
  const bad: LedgerRow = {
    id: 'bad',
    account: '',
    cost_centre: 'OLD',
    currency: 'NKR',
    period: '2026-02',
    posted_on: 'May',
    debit: 'x',
    credit: '1.2345',
    document: '',
  }
  const job = anew({ rules: { required: ['account', 'document'], approval: { column: 'text', accepted: ['approved'] } } })
  const report = await load(world.context, job, ledgerCsv([{ id: 'fine', text: 'approved' }, bad]))
  const [record] = await listRejected(world.db, { runId: report.runId, limit: 10, scope: ['*'] })
  expect(record!.reasons.map((reason) => `${reason.code} ${reason.field}`)).toEqual([
    'amount_malformed debit',
    'amount_too_precise credit',
    'approval_missing text',
    'currency_unknown currency',
    'date_malformed posted_on',
    'dimension_missing account',
    'dimension_missing document',
    'member_inactive cost_centre',
    'period_closed period',
  ])
  expect(report.lines).toMatchObject({ new: 1, rejected: 1 })
  expect(report.exceptions).toHaveLength(9)
})

test('a year that no calendar has is a malformed date, not a defect of the load', async () => {
  const report = await load(world.context, anew(), ledgerCsv([{ id: 'fine' }, { id: 'bad', posted_on: '0000-01-01' }]))
  expect(report).toMatchObject({ outcome: 'succeeded', lines: { new: 1, rejected: 1 }, exceptions: [{ code: 'date_malformed' }] })
})

test('in a closed period what is unchanged is welcome; new and changed lines, and lines that would leave it, are refused', async () => {
  const job = anew()
  const lines: LedgerRow[] = [
    { id: '1', entity: 'CL01', period: '2026-01' },
    { id: '2', entity: 'CL01', period: '2026-01' },
    { id: '3', entity: 'CL01', period: '2026-01' },
    { id: '4', entity: 'CL01' },
  ]
  await load(world.context, job, ledgerCsv(lines))
  await setPeriod('CL01', '2026-01', 'closed')
  const hash = await publishedHash(world.db, job.system.code)
  const again = await load(world.context, job, ledgerCsv(lines))
  expect(again).toMatchObject({ outcome: 'succeeded', lines: { unchanged: 4, rejected: 0 } })

  const [first, second, third, fourth] = lines as [LedgerRow, LedgerRow, LedgerRow, LedgerRow]
  const next = [
    first,
    { ...second, debit: '2' },
    { ...third, period: '2026-03' },
    fourth,
    { id: '5', entity: 'CL01', period: '2026-01' },
  ]
  const report = await load(world.context, job, ledgerCsv(next))
  expect(report.lines).toMatchObject({ unchanged: 2, rejected: 3, new: 0, changed: 0 })
  expect(report.exceptions).toMatchObject([{ code: 'period_closed', occurrences: 3 }])
  expect(await publishedHash(world.db, job.system.code)).toBe(hash)

  await reopen(world.context, 'CL01', '2026-01')
  expect((await load(world.context, job, ledgerCsv(next))).lines).toMatchObject({ unchanged: 2, changed: 2, new: 1 })
})

test('a soft-closed period takes late lines, unless the job says otherwise', async () => {
  await setPeriod('SC01', '2026-01', 'soft_closed')
  const row = { id: '1', entity: 'SC01', period: '2026-01' }
  expect((await load(world.context, anew(), ledgerCsv([row]))).outcome).toBe('succeeded')
  expect(await load(world.context, anew({ rules: { softClosed: 'reject' } }), ledgerCsv([row]))).toMatchObject({
    outcome: 'held',
    exceptions: [{ code: 'period_closed' }],
  })
})

test('a delta keeps what it does not mention; a full extract withdraws it, in the slices it covers only', async () => {
  const rows = [{ id: '1' }, { id: '2' }, { id: '3', period: '2026-04' }, { id: '4', version: 'budget FY26 v1' }]
  const delta = anew()
  await load(world.context, delta, ledgerCsv(rows))
  const corrected = { ...rows[0]!, debit: '2' }
  expect((await load(world.context, delta, ledgerCsv([corrected]))).lines).toMatchObject({ changed: 1, removed: 0 })
  expect(await sourceKeys(delta)).toEqual(['1', '2', '3', '4'])

  const full = anew({ extract: 'full' })
  await load(world.context, full, ledgerCsv(rows))
  const report = await load(world.context, full, ledgerCsv([rows[0]!]))
  expect(report).toMatchObject({ lines: { unchanged: 1, removed: 1 }, sentence: expect.stringContaining('1 withdrawn') })
  expect(await sourceKeys(full)).toEqual(['1', '3', '4'])
})

test('a full extract does not withdraw a line that came and was refused', async () => {
  const job = anew({ extract: 'full' })
  const rows = [{ id: '1' }, { id: '2' }, { id: '3' }]
  await load(world.context, job, ledgerCsv(rows))
  const report = await load(world.context, job, ledgerCsv([rows[0]!, { id: '2', cost_centre: 'CC9' }]))
  expect(report.lines).toMatchObject({ unchanged: 1, rejected: 1, removed: 1 })
  expect(await sourceKeys(job)).toEqual(['1', '2'])
})

test('a full extract withdraws nothing from a closed period', async () => {
  const job = anew({ extract: 'full' })
  const rows = ['1', '2'].flatMap((n) => [
    { id: `closed-${n}`, entity: 'FX01', period: '2026-01' },
    { id: `open-${n}`, entity: 'FX01' },
  ])
  await load(world.context, job, ledgerCsv(rows))
  await setPeriod('FX01', '2026-01', 'closed')
  const report = await load(world.context, job, ledgerCsv(rows.slice(0, 2)))
  expect(report.lines).toMatchObject({ unchanged: 2, removed: 1 })
  expect(await sourceKeys(job)).toEqual(['closed-1', 'closed-2', 'open-1'])
})

test('the period of a line is that of its own entity: 4-4-5, after the cut-off, in the time zone of the books', async () => {
  const calendar = {
    kind: 'calendar',
    calendar: 'retail-445',
    pattern: '4-4-5',
    yearEndMonth: 9,
    weekEndsOn: 6,
    timeZone: 'America/Chicago',
    cutOff: '18:00',
  }
  await importDefinitions(world.context, { yaml: JSON.stringify(calendar), actor: ADMIN })
  await load(
    world.context,
    memberJob('entity'),
    memberCsv(
      ['code', 'name', 'calendar'],
      [
        ['US01', 'Retail Inc.', 'retail-445'],
        ['GB01', 'Foods plc', 'months'],
      ],
    ),
  )
  const job = anew({ mapping: { fields: { period: { calendar: 'posted_on' } } } })
  // The year ends on Saturday 26 September 2026. Chicago is five hours behind UTC then.
  const instants: [string, string, string, string][] = [
    ['US01', '2026-09-26T22:59:59Z', '2026-12', '2026-09-26'],
    ['US01', '2026-09-26T23:00:00Z', '2027-01', '2026-09-27'],
    ['US01', '2026-09-27', '2027-01', '2026-09-27'],
    ['US01', '2026-10-24', '2027-01', '2026-10-24'],
    ['US01', '2026-10-25', '2027-02', '2026-10-25'],
    ['GB01', '2026-09-26T23:00:00Z', '2026-09', '2026-09-26'],
    ['GB01', '2026-09-30T23:59:59+02:00', '2026-09', '2026-09-30'],
  ]
  await importJob(world.context, job)
  const rows = instants.map(([entity, posted_on], i) => ({ id: String(i), entity, posted_on }))
  expect((await load(world.context, job, ledgerCsv(rows))).lines).toMatchObject({ new: instants.length, rejected: 0 })
  const lines = await listLines(world.db, { system: job.system.code, scope: ['*'] }, await newestPublication(world.db), {
    limit: 100,
  })
  expect(lines.map((line) => [line.entity, line.period, line.postedOn])).toEqual(
    instants.map(([entity, , period, on]) => [entity, period, on]),
  )
})

test('after all that the books are sound', async () => {
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
})
