import { describe, expect, test } from 'vitest'
import { FieldSource, JobDefinition } from './job.ts'

const SMALLEST = {
  job: 'gl',
  title: 'General ledger',
  owner: 'finance-operations',
  system: { code: 'erp', name: 'ERP', kind: 'erp' },
  source: { type: 'file' },
  format: { type: 'csv' },
  objectType: 'journal_line',
}
const refused = (job: object) => JobDefinition.safeParse(job).success === false

test('the smallest job, and what it means', () => {
  expect(JobDefinition.parse(SMALLEST)).toEqual({
    ...SMALLEST,
    kind: 'job',
    process: '',
    system: { ...SMALLEST.system, simulated: false },
    extract: 'delta',
    mapping: { fields: {}, codes: {}, numbers: { decimal: '.', group: '' }, dates: 'yyyy-mm-dd', attributes: [] },
    rules: {
      required: ['entity', 'account', 'period', 'version', 'currency'],
      members: [],
      mapped: [],
      balanced: false,
      accountingStatus: ['preliminary', 'posted', 'adjusted', 'approved'],
      softClosed: 'accept',
    },
    // Held and exact unless the job says otherwise: a default must not let anything through.
    tolerance: { absolute: '0' },
    onFailure: 'hold',
    after: [],
    retry: { attempts: 5, baseMs: 2_000, maxMs: 300_000 },
    limits: { maxBytes: 4 * 1024 ** 3 },
  })
})

describe('refused', () => {
  test.each(Object.keys(SMALLEST))('without %s', (name) => {
    expect(refused({ ...SMALLEST, [name]: undefined })).toBe(true)
  })

  test.each([
    { onFaliure: 'quarantine' },
    { system: { ...SMALLEST.system, colour: 'blue' } },
    { mapping: { feilds: {} } },
    { mapping: { fields: { cost_center: 'cc' } } },
    { mapping: { fields: { account: { column: 'a', trim: true } } } },
    { mapping: { codes: { acount: { a: 'b' } } } },
    { mapping: { numbers: { thousands: ',' } } },
    { rules: { ballanced: true } },
    { rules: { approval: { column: 'a', accepted: ['x'], also: 1 } } },
    { tolerance: { percent: '1' } },
    { retry: { forever: true } },
    { limits: { maxMegabytes: 1 } },
  ])('a setting nobody knows: %j', (setting) => {
    expect(refused({ ...SMALLEST, ...setting })).toBe(true)
  })

  test.each([
    { job: 'General Ledger' },
    { job: '../etc' },
    { job: '' },
    { kind: 'calendar' },
    { system: { ...SMALLEST.system, kind: 'cloud' } },
    { source: { type: 'ftp' } },
    { format: { type: 'pdf' } },
    { objectType: 'invoice' },
    { extract: 'everything' },
    { mapping: { key: [] } },
    { mapping: { dates: 'yy-mm-dd' } },
    { mapping: { numbers: { decimal: ',', group: ',' } } },
    { mapping: { numbers: { decimal: '.', group: '.' } } },
    { rules: { members: ['colour'] } },
    { rules: { accountingStatus: [] } },
    { rules: { accountingStatus: ['draft'] } },
    { rules: { approval: { column: 'a', accepted: [] } } },
    { tolerance: { absolute: 0.05 } },
    { tolerance: { absolute: '-1' } },
    { tolerance: { absolute: '1e3' } },
    { tolerance: { absolute: '0,05' } },
    { onFailure: 'ignore' },
    { retry: { attempts: 0 } },
    { retry: { attempts: 21 } },
    { retry: { baseMs: 0 } },
    { retry: { baseMs: 1.5 } },
    { limits: { maxBytes: 0 } },
  ])('a value nobody meant: %j', (setting) => {
    expect(refused({ ...SMALLEST, ...setting })).toBe(true)
  })
})

test('settings of the connector and the format are theirs to judge', () => {
  const job = JobDefinition.parse({
    ...SMALLEST,
    source: { type: 'http', url: 'https://x.test' },
    format: { type: 'csv', delimiter: ';' },
  })
  expect([job.source, job.format]).toEqual([
    { type: 'http', url: 'https://x.test' },
    { type: 'csv', delimiter: ';' },
  ])
})

test.each([
  ['konto', { column: 'konto' }],
  [{ column: 'konto' }, { column: 'konto' }],
  [{ firstOf: ['a', 'b'] }, { firstOf: ['a', 'b'] }],
  [{ value: '' }, { value: '' }],
  [{ calendar: 'posted_on' }, { calendar: 'posted_on' }],
])('a field comes from %j', (written, meant) => {
  expect(FieldSource.parse(written)).toEqual(meant)
})

test.each(['', { column: '' }, { firstOf: [] }, { value: 7 }, { column: 'a', value: 'b' }, null, 7])(
  'a field cannot come from %j',
  (written) => {
    expect(FieldSource.safeParse(written).success).toBe(false)
  },
)
