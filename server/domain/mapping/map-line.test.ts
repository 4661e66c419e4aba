import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CalendarDefinition } from '../calendar.ts'
import { TechnicalError } from '../errors.ts'
import { JobDefinition } from '../job.ts'
import type { Finding, Member } from '../line.ts'
import { Reference } from '../reference.ts'
import { BUSINESS_RULES } from '../rules/catalogue.ts'
import { compileLineJudge } from './map-line.ts'

type Settings = { readonly [Key in 'mapping' | 'rules' | 'format']?: object }
type Record_ = Readonly<Record<string, string>>

const jobOf = ({ mapping = {}, ...settings }: Settings = {}) =>
  JobDefinition.parse({
    job: 'gl',
    title: 'General ledger',
    owner: 'finance-operations',
    system: { code: 'erp', name: 'ERP', kind: 'erp' },
    source: { type: 'file' },
    format: { type: 'csv' },
    objectType: 'journal_line',
    mapping: { key: ['id'], ...mapping },
    ...settings,
  })

const GOOD: Record_ = { id: '1', entity: 'DE01', account: '4000', currency: 'EUR', period: '2026-10', debit: '12.50' }

const member = (facts: Partial<Member> & Pick<Member, 'code'>): Member => ({
  entity: '',
  name: `name of ${facts.code}`,
  validFrom: '',
  validTo: '',
  isActive: true,
  currency: '',
  attributes: {},
  ...facts,
})

/** Shared, because making seventy years of months takes milliseconds. */
const NOTHING_KNOWN = new Reference([])

function judged(record: Record_, settings: Settings = {}, reference = NOTHING_KNOWN) {
  const judge = compileLineJudge(jobOf(settings), Object.keys(record), reference)
  const findings = judge.judge(Object.values(record))
  return { line: { ...judge.line }, findings: findings ?? [], codes: (findings ?? []).map(({ code }) => code) }
}

describe('where a field comes from', () => {
  test('a column of its own name, and the two defaults: actual and posted', () => {
    const { line, findings } = judged({
      ...GOOD,
      cost_centre: 'C1',
      project: 'P1',
      counterparty: 'S1',
      document: 'J1',
      description: 'text',
      posted_on: '2026-10-31',
    })
    expect(findings).toEqual([])
    expect(line).toEqual({
      sourceKey: '1',
      entity: 'DE01',
      period: '2026-10',
      version: 'actual',
      currency: 'EUR',
      digits: 2,
      debit: 1250n,
      credit: 0n,
      account: '4000',
      costCentre: 'C1',
      project: 'P1',
      counterparty: 'S1',
      accountingStatus: 'posted',
      document: 'J1',
      description: 'text',
      effectiveOn: '',
      postedOn: '2026-10-31',
    })
  })

  test('a column of another name goes before the one of its own', () => {
    expect(judged({ ...GOOD, konto: '9000' }, { mapping: { fields: { account: 'konto' } } }).line.account).toBe('9000')
  })

  test('a fixed value, the first filled of several, a translated code', () => {
    const mapping = {
      fields: { version: { value: 'budget FY26' }, counterparty: { firstOf: ['supplier', 'customer'] } },
      codes: { account: { '4000': '9000' }, accounting_status: { P: 'posted' } },
    }
    const { line } = judged({ ...GOOD, supplier: '', customer: 'C7', accounting_status: 'P' }, { mapping })
    expect([line.version, line.counterparty, line.account, line.accountingStatus]).toEqual([
      'budget FY26',
      'C7',
      '9000',
      'posted',
    ])
  })

  test('the period from the calendar of the entity, cut-off included', () => {
    const retail = CalendarDefinition.parse({
      kind: 'calendar',
      calendar: 'retail',
      pattern: '4-4-5',
      yearEndMonth: 9,
      timeZone: 'America/Chicago',
      cutOff: '18:00',
    })
    const reference = new Reference([retail])
    reference.addMember('entity', member({ code: 'US', attributes: { calendar: 'retail' } }))
    const { period: _, ...withoutPeriod } = GOOD
    const mapping = { fields: { period: { calendar: 'at' } } }
    const periodOf = (entity: string, at: string) => judged({ ...withoutPeriod, entity, at }, { mapping }, reference).line.period
    expect(periodOf('US', '2026-09-26')).toBe('2026-12')
    expect(periodOf('US', '2026-09-26T18:00:00-05:00')).toBe('2027-01')
    expect(periodOf('DE01', '2026-09-26')).toBe('2026-09')
  })

  test('without a period column, the date of posting says it, and then the effective date', () => {
    const { period: _, ...withoutPeriod } = GOOD
    expect(judged({ ...withoutPeriod, posted_on: '2026-11-01', effective_on: '2026-10-31' }).line.period).toBe('2026-11')
    expect(judged({ ...withoutPeriod, posted_on: '', effective_on: '2026-10-31' }).line.period).toBe('2026-10')
  })

  test.each(['2026-10', '2026/10', '202610', '2026.10', '2026-P10', '2026P10'])('the period %s is 2026-10', (period) => {
    expect(judged({ ...GOOD, period })).toMatchObject({ line: { period: '2026-10' }, findings: [] })
  })
})

describe('amounts', () => {
  const { debit: _, ...withoutDebit } = GOOD

  test('a signed amount: plus is debit, minus is credit', () => {
    expect(judged({ ...withoutDebit, amount: '5' }).line).toMatchObject({ debit: 500n, credit: 0n })
    expect(judged({ ...withoutDebit, amount: '-5' }).line).toMatchObject({ debit: 0n, credit: 500n })
    expect(judged({ ...withoutDebit, amount: '' }).line).toMatchObject({ debit: 0n, credit: 0n })
  })

  test('a reversal booked with a minus stays on its side', () => {
    expect(judged({ ...GOOD, debit: '-5', credit: '' }).line).toMatchObject({ debit: -500n, credit: 0n })
  })

  test('in the minor units of the currency of the line and the style of the job', () => {
    const numbers = { decimal: ',', group: '.' }
    const minorOf = (currency: string, debit: string) => judged({ ...GOOD, currency, debit }, { mapping: { numbers } }).line.debit
    expect([minorOf('JPY', '1.234'), minorOf('EUR', '1.234,5'), minorOf('KWD', '1.234,567')]).toEqual([1234n, 123450n, 1234567n])
  })
})

describe('the key', () => {
  const keyOf = (parts: readonly string[]) => {
    const names = parts.map((_, i) => `k${i}`)
    const record = { ...GOOD, ...Object.fromEntries(names.map((name, i) => [name, parts[i]!])) }
    return judged(record, { mapping: { key: names } }).line.sourceKey
  }

  test('one column as it is, several joined', () => {
    expect([keyOf([' a|b ']), keyOf(['a', 'b']), keyOf(['a', '', 'b']), keyOf(['', ' '])]).toEqual(['a|b', 'a|b', 'a||b', ''])
  })

  test('no two different keys ever meet', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '|', '\\'), maxLength: 4 })
    for (const length of [2, 3]) {
      const names = ['k0', 'k1', 'k2'].slice(0, length)
      const judge = compileLineJudge(jobOf({ mapping: { key: names, fields: { amount: { value: '1' } } } }), names, NOTHING_KNOWN)
      const read = (parts: readonly string[]) => {
        judge.judge(parts)
        return judge.line.sourceKey
      }
      const tuple = fc.array(part, { minLength: length, maxLength: length }).filter((parts) => parts.some((text) => text !== ''))
      const different = fc.uniqueArray(tuple, { selector: (parts) => JSON.stringify(parts), minLength: 2, maxLength: 60 })
      fc.assert(fc.property(different, (tuples) => expect(new Set(tuples.map(read)).size).toBe(tuples.length)))
    }
    expect(keyOf(['a|', 'b'])).not.toBe(keyOf(['a', '|b']))
  })

  test('SAF-T knows its own', () => {
    const record = { ...GOOD, journal: 'J', transaction: 'T', record: '7' }
    expect(judged(record, { mapping: { key: undefined }, format: { type: 'saf-t' } }).line.sourceKey).toBe('DE01|J|T|7')
  })
})

describe('why a line does not pass', () => {
  const reference = new Reference([])
  reference.addMember('account', member({ code: '4000' }))
  reference.addMember('account', member({ code: '4711', isActive: false, entity: 'DE01' }))
  reference.addMember('account', member({ code: '5000', validFrom: '2026-11-01' }))
  reference.addMember('account', member({ code: '6000', validTo: '2026-09-30' }))
  const settings: Settings = {
    rules: { members: ['account'], accountingStatus: ['posted'], approval: { column: 'approval', accepted: ['Approved'] } },
  }
  const record = { ...GOOD, credit: '', accounting_status: 'posted', approval: 'approved', posted_on: '2026-10-15' }
  const reasons = (changes: Record_) => judged({ ...record, ...changes }, settings, reference).findings

  test('the record itself passes', () => {
    expect(reasons({})).toEqual([])
  })

  const CASES: readonly (readonly [Record_, Finding])[] = [
    [{ entity: '' }, { code: 'dimension_missing', field: 'entity', value: '', detail: '' }],
    [{ account: '9999' }, { code: 'code_unmapped', field: 'account', value: '9999', detail: 'not a account of DE01' }],
    [
      { account: '4711' },
      { code: 'member_inactive', field: 'account', value: '4711', detail: 'name of 4711 is inactive in DE01' },
    ],
    [
      { account: '5000' },
      {
        code: 'member_not_yet_valid',
        field: 'account',
        value: '5000',
        detail: 'valid from 2026-11-01, the line is of 2026-10-15',
      },
    ],
    [
      { account: '6000' },
      {
        code: 'member_no_longer_valid',
        field: 'account',
        value: '6000',
        detail: 'valid to 2026-09-30, the line is of 2026-10-15',
      },
    ],
    [{ period: '2026-13' }, { code: 'period_unknown', field: 'period', value: '2026-13', detail: 'of calendar months' }],
    [{ period: 'Oct 26' }, { code: 'period_unknown', field: 'period', value: 'Oct 26', detail: 'of calendar months' }],
    [{ currency: 'XXX' }, { code: 'currency_unknown', field: 'currency', value: 'XXX', detail: '' }],
    [{ debit: '12,50' }, { code: 'amount_malformed', field: 'debit', value: '', detail: '"12,50" is not an amount' }],
    [
      { credit: '0.001' },
      { code: 'amount_too_precise', field: 'credit', value: 'EUR', detail: '"0.001" has more than 2 decimals' },
    ],
    [
      { posted_on: '31.10.2026' },
      { code: 'date_malformed', field: 'posted_on', value: '', detail: '"31.10.2026" is not a date in the style yyyy-mm-dd' },
    ],
    [
      { posted_on: '2026-02-30T10:00:00Z' },
      {
        code: 'date_malformed',
        field: 'posted_on',
        value: '',
        detail: '"2026-02-30T10:00:00Z" is not a date in the style yyyy-mm-dd',
      },
    ],
    [{ approval: 'draft' }, { code: 'approval_missing', field: 'approval', value: 'draft', detail: 'accepted: Approved' }],
    [{ approval: '' }, { code: 'approval_missing', field: 'approval', value: 'empty', detail: 'accepted: Approved' }],
    [
      { accounting_status: 'adjusted' },
      { code: 'accounting_status_unknown', field: 'accounting_status', value: 'adjusted', detail: '' },
    ],
    [{ id: ' ' }, { code: 'source_key_missing', field: 'key', value: '', detail: '' }],
  ]

  test.each(CASES)('%j', (changes, finding) => {
    expect(reasons(changes)).toEqual([finding])
  })

  test('every reason a single record can have is among these; the others need the whole load or the store', () => {
    const needsMore = ['period_closed', 'source_key_conflicting', 'document_unbalanced', 'document_incomplete']
    const here = new Set(CASES.map(([, { code }]) => code))
    expect([...here, ...needsMore].sort()).toEqual(Object.keys(BUSINESS_RULES).sort())
  })

  test('a date that no period of the calendar holds', () => {
    const early = CalendarDefinition.parse({
      kind: 'calendar',
      calendar: 'months',
      pattern: 'months',
      firstYear: 2020,
      lastYear: 2021,
    })
    const { period: _, ...withoutPeriod } = GOOD
    const { findings } = judged(
      { ...withoutPeriod, posted_on: '2026-10-15' },
      { rules: { required: [] } },
      new Reference([early]),
    )
    expect(findings).toEqual([
      { code: 'period_unknown', field: 'period', value: '2026-10-15', detail: 'no period of calendar months holds this date' },
    ])
  })

  test('all of them at once, and none is left over for the next line', () => {
    const judge = compileLineJudge(jobOf(settings), Object.keys(record), reference)
    const bad = { ...record, id: '', account: '', currency: '?', approval: '' }
    expect(judge.judge(Object.values(bad))?.map(({ code }) => code)).toEqual([
      'currency_unknown',
      'source_key_missing',
      'dimension_missing',
      'approval_missing',
    ])
    expect(judge.judge(Object.values(record))).toBeNull()
  })

  test('members are judged on the effective date, else the date of posting, else the last day of the period', () => {
    const codes = (changes: Record_) => reasons({ account: '5000', effective_on: '', ...changes }).map(({ code }) => code)
    expect(codes({ posted_on: '2026-10-31', effective_on: '2026-11-01' })).toEqual([])
    expect(codes({ posted_on: '2026-11-01', effective_on: '2026-10-31' })).toEqual(['member_not_yet_valid'])
    expect(codes({ posted_on: '', period: '2026-11' })).toEqual([])
    expect(codes({ posted_on: '', period: '2026-10' })).toEqual(['member_not_yet_valid'])
  })

  test('a hopeless value is told short', () => {
    expect(reasons({ debit: 'x'.repeat(5_000) })[0]?.detail).toBe(`"${'x'.repeat(40)}…" is not an amount`)
  })
})

test('whatever stands in the cells: the same row gives the same line and the same findings, and nothing is thrown', () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('', 'EUR', 'JPY', '2026-10', '12.50', '-3', '2026-02-30', '2026-10-31T23:59:59Z'),
  )
  const columns = [...Object.keys(GOOD), 'credit', 'amount', 'posted_on', 'effective_on', 'accounting_status']
  const judge = compileLineJudge(jobOf({ rules: { members: ['account'] } }), columns, new Reference([]))
  fc.assert(
    fc.property(fc.tuple(...columns.map(() => cell)), fc.tuple(...columns.map(() => cell)), (row, other) => {
      const first = { findings: judge.judge(row), line: { ...judge.line } }
      judge.judge(other)
      expect({ findings: judge.judge(row), line: { ...judge.line } }).toEqual(first)
    }),
    { numRuns: 500 },
  )
})

describe('a mapping that cannot work is refused before the first line', () => {
  const compile = (settings: Settings, columns: readonly string[]) => () =>
    compileLineJudge(jobOf(settings), columns, new Reference([]))

  test.each([
    ['the job does not say which columns identify a line', { mapping: { key: undefined } }, ['id', 'amount']],
    ['the mapping of key names the column "id"', {}, ['amount']],
    ['the mapping has no amount', {}, ['id', 'account']],
    [
      'only the period can come from a calendar, not account',
      { mapping: { fields: { account: { calendar: 'x' } } } },
      ['id', 'x', 'amount'],
    ],
    [
      'the mapping of period names the column "posted"',
      { mapping: { fields: { period: { calendar: 'posted' } } } },
      ['id', 'amount'],
    ],
    [
      'the mapping of approval names the column "state"',
      { rules: { approval: { column: 'state', accepted: ['x'] } } },
      ['id', 'amount'],
    ],
  ] as const)('%s', (message, settings, columns) => {
    expect(compile(settings, columns)).toThrow(TechnicalError)
    expect(compile(settings, columns)).toThrow(message)
  })
})
