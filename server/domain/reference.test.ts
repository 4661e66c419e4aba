import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CalendarDefinition, periodsOf } from './calendar.ts'
import type { Member } from './line.ts'
import { BY_HAND, Calendar, RECORD, Reference } from './reference.ts'

const retail = CalendarDefinition.parse({
  kind: 'calendar',
  calendar: 'retail-445',
  pattern: '4-4-5',
  yearEndMonth: 9,
  firstYear: 2024,
  lastYear: 2027,
  timeZone: 'America/Chicago',
  cutOff: '18:00',
})
const member = (facts: Partial<Member> & Pick<Member, 'code'>): Member => ({
  entity: '',
  name: facts.code,
  validFrom: '',
  validTo: '',
  isActive: true,
  currency: '',
  attributes: {},
  ...facts,
})

describe('a calendar', () => {
  test('finds the one period that holds a date, and none before its first or after its last', () => {
    const calendar = new Calendar(retail)
    const periods = periodsOf(retail)
    const start = Date.parse('2023-06-01')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 * 366 }), (days) => {
        const date = new Date(start + days * 86_400_000).toISOString().slice(0, 10)
        const holding = periods.filter(({ startsOn, endsOn }) => startsOn <= date && date <= endsOn).map(({ period }) => period)
        expect(holding.length).toBeLessThanOrEqual(1)
        // Asked twice, because it remembers.
        expect([calendar.periodOf(date), calendar.periodOf(date)]).toEqual([holding[0] ?? '', holding[0] ?? ''])
      }),
      { numRuns: 500 },
    )
  })

  test('knows the first and the last day of every period', () => {
    const calendar = new Calendar(retail)
    for (const { period, startsOn, endsOn } of periodsOf(retail)) {
      expect([calendar.periodOf(startsOn), calendar.periodOf(endsOn), calendar.lastDayOf(period)]).toEqual([
        period,
        period,
        endsOn,
      ])
    }
    expect([calendar.has('2026-12'), calendar.has('2026-13'), calendar.lastDayOf('2026-13')]).toEqual([true, false, ''])
  })

  test('reads an instant by its cut-off: the last evening of a year belongs to the next', () => {
    const calendar = new Calendar(retail)
    expect(calendar.periodOf('2026-09-26T17:59:59-05:00')).toBe('2026-12')
    expect(calendar.periodOf('2026-09-26T18:00:00-05:00')).toBe('2027-01')
    expect(calendar.dateOf('2026-09-26T18:00:00-05:00')).toBe('2026-09-27')
    expect(calendar.dateOf('2026-09-26')).toBe('2026-09-26')
  })
})

describe('reference data', () => {
  test('an entity has the calendar its member names; months without one, or with one nobody knows', () => {
    const reference = new Reference([retail])
    reference.addMember('entity', member({ code: 'US', attributes: { calendar: 'retail-445' } }))
    reference.addMember('entity', member({ code: 'DE', attributes: { calendar: 'lunar' } }))
    reference.addMember('entity', member({ code: 'FR' }))
    expect(['US', 'DE', 'FR', 'XX'].map((entity) => reference.calendarOf(entity).definition.calendar)).toEqual([
      'retail-445',
      'months',
      'months',
      'months',
    ])
  })

  test('months of our own replace the built-in ones', () => {
    const april = CalendarDefinition.parse({ kind: 'calendar', calendar: 'months', pattern: 'months', yearEndMonth: 3 })
    expect(new Reference([april]).calendarOf('XX').periodOf('2026-04-01')).toBe('2027-01')
    expect(new Reference([]).calendarOf('XX').periodOf('2026-04-01')).toBe('2026-04')
  })

  test('a member of one entity is not found for another; one of all entities is', () => {
    const reference = new Reference([])
    reference.addMember('account', member({ code: '4000', entity: 'DE', name: 'of DE' }))
    reference.addMember('account', member({ code: '4000', entity: 'FR', name: 'of FR' }))
    reference.addMember('account', member({ code: '5000', name: 'of all' }))
    const names = (code: string, entity: string) => reference.find('account', code, entity).map(({ name }) => name)
    expect(names('4000', 'DE')).toEqual(['of DE'])
    expect(names('4000', 'US')).toEqual([])
    expect(names('5000', 'US')).toEqual(['of all'])
    expect(reference.find('cost_centre', '4000', 'DE')).toEqual([])
  })

  test('suppliers and customers are counterparties', () => {
    const reference = new Reference([])
    reference.addMember('supplier', member({ code: 'S1' }))
    reference.addMember('customer', member({ code: 'C1' }))
    expect(['S1', 'C1'].map((code) => reference.find('counterparty', code, 'DE').length)).toEqual([1, 1])
  })

  test('where systems differ the lower rank counts, wholly; a load that brings members along has the rank of its system', () => {
    const reference = new Reference([], () => RECORD + 2)
    reference.addMember('account', member({ code: '4000', name: 'second' }), RECORD + 1)
    reference.addMember('account', member({ code: '4000', name: 'in the file', validFrom: '2026-01-01' }))
    expect(reference.find('account', '4000', 'DE').map(({ name }) => name)).toEqual(['second'])
    reference.addMember('account', member({ code: '4000', name: 'record', validFrom: '2027-01-01' }), RECORD)
    expect(reference.find('account', '4000', 'DE').map(({ name }) => name)).toEqual(['record'])
  })

  test('a correction by hand holds from its day on, in any order of arrival; what was loaded holds before', () => {
    const facts = [
      [member({ code: '4000', name: 'loaded', validTo: '2026-12-31' }), RECORD],
      [member({ code: '4000', name: 'first', validFrom: '2026-06-01' }), BY_HAND],
      [member({ code: '4000', name: 'second', validFrom: '2026-09-01', isActive: false }), BY_HAND],
    ] as const
    for (const order of [facts, facts.toReversed()]) {
      const reference = new Reference([])
      for (const [fact, rank] of order) reference.addMember('account', fact, rank)
      expect(reference.find('account', '4000', 'DE').map(({ name, validFrom, validTo }) => [name, validFrom, validTo])).toEqual([
        ['loaded', '', '2026-05-31'],
        ['first', '2026-06-01', '2026-08-31'],
        ['second', '2026-09-01', ''],
      ])
    }
  })

  test('a member that comes again replaces itself; another validity stands beside it', () => {
    const reference = new Reference([])
    reference.addMember('account', member({ code: '4000', name: 'old' }))
    reference.addMember('account', member({ code: '4000', name: 'new' }))
    reference.addMember('account', member({ code: '4000', name: 'later', validFrom: '2027-01-01' }))
    expect(reference.find('account', '4000', 'DE').map(({ name }) => name)).toEqual(['new', 'later'])
  })
})
