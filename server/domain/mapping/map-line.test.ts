import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CalendarDefinition } from '../calendar.ts'
import { TechnicalError } from '../errors.ts'
import { Reference } from '../reference.ts'
import { GOOD, jobOf, judged, member, NOTHING_KNOWN, type Settings } from '../testing.ts'
import { compileLineJudge } from './map-line.ts'

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
      debitText: '12.50',
      creditText: '0',
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

test.each(['2026-1', '2026/1', '20261', '2026-P1'])('the period %s is 2026-01', (period) => {
  expect(judged({ ...GOOD, period })).toMatchObject({ line: { period: '2026-01' }, findings: [] })
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
      fc.assert(
        fc.property(different, (tuples) => {
          expect(new Set(tuples.map(read)).size).toBe(tuples.length)
        }),
      )
    }
    expect(keyOf(['a|', 'b'])).not.toBe(keyOf(['a', '|b']))
  })

  test('SAF-T knows its own', () => {
    const record = { ...GOOD, journal: 'J', transaction: 'T', record: '7' }
    expect(judged(record, { mapping: { key: undefined }, format: { type: 'saf-t' } }).line.sourceKey).toBe('DE01|J|T|7')
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
