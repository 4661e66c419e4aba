import { describe, expect, test } from 'vitest'
import { CalendarDefinition } from '../calendar.ts'
import type { Finding } from '../line.ts'
import { compileLineJudge } from '../mapping/map-line.ts'
import { Reference } from '../reference.ts'
import { GOOD, jobOf, judged, member, type Cells, type Settings } from '../testing.ts'
import { BUSINESS_RULES } from './catalogue.ts'

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
  const reasons = (changes: Cells) => judged({ ...record, ...changes }, settings, reference).findings

  test('the record itself passes', () => {
    expect(reasons({})).toEqual([])
    expect(reasons({ approval: 'APPROVED' })).toEqual([])
  })

  const CASES: readonly (readonly [Cells, Finding])[] = [
    [{ entity: '' }, { code: 'dimension_missing', field: 'entity', value: '', detail: '' }],
    [{ account: '9999' }, { code: 'code_unmapped', field: 'account', value: '9999', detail: 'not among those of DE01' }],
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
    [
      { id: 'x'.repeat(501) },
      {
        code: 'text_too_long',
        field: 'key',
        value: '',
        detail: `"${'x'.repeat(40)}…" has 501 characters; at most 500 are read`,
      },
    ],
    [
      { accounting_status: 'posted', entity: 'E'.repeat(101) },
      {
        code: 'text_too_long',
        field: 'entity',
        value: '',
        detail: `"${'E'.repeat(40)}…" has 101 characters; at most 100 are read`,
      },
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
    const codes = (changes: Cells) => reasons({ account: '5000', effective_on: '', ...changes }).map(({ code }) => code)
    expect(codes({ posted_on: '2026-10-31', effective_on: '2026-11-01' })).toEqual([])
    expect(codes({ posted_on: '2026-11-01', effective_on: '2026-10-31' })).toEqual(['member_not_yet_valid'])
    expect(codes({ posted_on: '', period: '2026-11' })).toEqual([])
    expect(codes({ posted_on: '', period: '2026-10' })).toEqual(['member_not_yet_valid'])
  })

  test('a hopeless value is told short', () => {
    expect(reasons({ debit: 'x'.repeat(5_000) })[0]?.detail).toBe(`"${'x'.repeat(40)}…" is not an amount`)
  })
})
