import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { businessDateOf, CalendarDefinition, periodsOf, type FiscalPeriod } from './calendar.ts'

const calendar = (settings: Partial<CalendarDefinition> & Pick<CalendarDefinition, 'pattern'>) =>
  CalendarDefinition.parse({ kind: 'calendar', calendar: 'test', firstYear: 2020, lastYear: 2033, ...settings })
const day = (text: string) => Temporal.PlainDate.from(text)
const daysIn = ({ startsOn, endsOn }: FiscalPeriod) => day(startsOn).until(day(endsOn)).days + 1

const month = fc.integer({ min: 1, max: 12 })
const weekPattern = fc.constantFrom('4-4-5' as const, '4-5-4' as const, '5-4-4' as const)
const anyWeeks = fc.record({
  pattern: weekPattern,
  yearEndMonth: month,
  weekEndsOn: fc.integer({ min: 1, max: 7 }),
  yearEndRule: fc.constantFrom('last' as const, 'nearest' as const),
})
const anyCalendar = fc.oneof(fc.record({ pattern: fc.constant('months' as const), yearEndMonth: month }), anyWeeks)
const FEW = { numRuns: 60 }

describe('every calendar', () => {
  test('has no gap and no overlap, and twelve periods a year, named in order', () => {
    fc.assert(
      fc.property(anyCalendar, (settings) => {
        const periods = periodsOf(calendar(settings))
        const names = Array.from(
          { length: 14 * 12 },
          (_, i) => `${2020 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`,
        )
        expect(periods.map(({ period }) => period)).toEqual(names)
        periods.forEach((period, i) => {
          expect(period.startsOn <= period.endsOn).toBe(true)
          const next = periods[i + 1]
          if (next) expect(next.startsOn).toBe(day(period.endsOn).add({ days: 1 }).toString())
        })
      }),
      FEW,
    )
  })
})

describe('calendar months', () => {
  test('the year is named by the year it ends in, whatever month that is', () => {
    fc.assert(
      fc.property(month, (yearEndMonth) => {
        const periods = periodsOf(calendar({ pattern: 'months', yearEndMonth }))
        const last = periods.find(({ period }) => period === '2024-12')!
        expect(last.startsOn).toBe(`2024-${String(yearEndMonth).padStart(2, '0')}-01`)
        for (const { startsOn, endsOn } of periods) {
          expect(startsOn.slice(8)).toBe('01')
          expect(startsOn.slice(0, 7)).toBe(endsOn.slice(0, 7))
        }
      }),
    )
  })

  test('February has its leap day', () => {
    const periods = periodsOf(calendar({ pattern: 'months', firstYear: 2096, lastYear: 2100 }))
    const ends = (year: string) => periods.find(({ period }) => period === `${year}-02`)?.endsOn
    expect([ends('2096'), ends('2097'), ends('2100')]).toEqual(['2096-02-29', '2097-02-28', '2100-02-28'])
  })
})

describe('whole weeks', () => {
  test('quarters of thirteen weeks in the order of the pattern; the 53rd week lengthens the last period', () => {
    fc.assert(
      fc.property(anyWeeks, (settings) => {
        const weeks = settings.pattern.split('-').map((text) => Number.parseInt(text, 10))
        const periods = periodsOf(calendar(settings))
        periods.forEach((period, i) => {
          expect(day(period.endsOn).dayOfWeek).toBe(settings.weekEndsOn)
          const regular = weeks[i % 3]! * 7
          if (i % 12 === 11) expect([regular, regular + 7]).toContain(daysIn(period))
          else expect(daysIn(period)).toBe(regular)
        })
        for (let i = 0; i < periods.length; i += 12) {
          const days = periods.slice(i, i + 12).reduce((sum, period) => sum + daysIn(period), 0)
          expect([52 * 7, 53 * 7]).toContain(days)
        }
      }),
      FEW,
    )
  })

  test('the year ends on the last, or the nearest, such day of its month', () => {
    fc.assert(
      fc.property(anyWeeks, (settings) => {
        for (const { period, endsOn } of periodsOf(calendar(settings)).filter((_, i) => i % 12 === 11)) {
          const monthEnd = Temporal.PlainYearMonth.from({ year: Number.parseInt(period, 10), month: settings.yearEndMonth })
          const past = monthEnd.toPlainDate({ day: monthEnd.daysInMonth }).until(day(endsOn)).days
          if (settings.yearEndRule === 'last') expect(past <= 0 && past > -7).toBe(true)
          else expect(Math.abs(past)).toBeLessThanOrEqual(3)
        }
      }),
      FEW,
    )
  })

  // Years that companies and trade bodies have published.
  test.each([
    [
      'last Saturday of September',
      { pattern: '4-4-5', yearEndMonth: 9, weekEndsOn: 6 },
      { 2022: '2022-09-24', 2023: '2023-09-30', 2024: '2024-09-28' },
    ],
    ['last Saturday of July', { pattern: '4-4-5', yearEndMonth: 7, weekEndsOn: 6 }, { 2023: '2023-07-29', 2024: '2024-07-27' }],
    [
      'Saturday nearest the end of January',
      { pattern: '4-5-4', yearEndMonth: 1, weekEndsOn: 6, yearEndRule: 'nearest' },
      { 2023: '2023-01-28', 2024: '2024-02-03', 2025: '2025-02-01' },
    ],
  ] as const)('%s', (_, settings, ends) => {
    const periods = periodsOf(calendar(settings))
    for (const [year, endsOn] of Object.entries(ends))
      expect(periods.find(({ period }) => period === `${year}-12`)?.endsOn).toBe(endsOn)
  })

  test('a year of 53 weeks', () => {
    const periods = periodsOf(calendar({ pattern: '4-5-4', yearEndMonth: 1, weekEndsOn: 6, yearEndRule: 'nearest' }))
    const last = (year: number) => daysIn(periods.find(({ period }) => period === `${year}-12`)!)
    expect([last(2023), last(2024), last(2025)]).toEqual([28, 35, 28])
  })
})

describe('the business date of an instant', () => {
  const chicago = { timeZone: 'America/Chicago', cutOff: '18:00' }

  test.each([
    ['2026-07-01T22:59:59Z', '2026-07-01'],
    ['2026-07-01T23:00:00Z', '2026-07-02'], // 18:00 in summer
    ['2026-01-15T23:59:59Z', '2026-01-15'],
    ['2026-01-16T00:00:00Z', '2026-01-16'], // 18:00 in winter
    ['2026-12-31T18:00:00-06:00', '2027-01-01'],
    ['2028-02-28T18:00:00-06:00', '2028-02-29'],
    ['2028-02-29T18:00:00-06:00', '2028-03-01'],
  ])('%s counts for %s', (instant, date) => {
    expect(businessDateOf(instant, chicago)).toBe(date)
  })

  test('without a cut-off it is the local date, in the nights that have 23 and 25 hours too', () => {
    const oslo = { timeZone: 'Europe/Oslo', cutOff: '24:00' }
    expect(businessDateOf('2026-03-28T22:59:59Z', oslo)).toBe('2026-03-28')
    expect(businessDateOf('2026-03-28T23:00:00Z', oslo)).toBe('2026-03-29')
    expect(businessDateOf('2026-03-29T21:59:59Z', oslo)).toBe('2026-03-29')
    expect(businessDateOf('2026-03-29T22:00:00Z', oslo)).toBe('2026-03-30')
    expect(businessDateOf('2026-10-25T22:59:59Z', oslo)).toBe('2026-10-25')
    expect(businessDateOf('2026-10-25T23:00:00Z', oslo)).toBe('2026-10-26')
  })

  test('the night the clocks go back passes a cut-off of 01:30 once, not twice', () => {
    const night = { timeZone: 'America/Chicago', cutOff: '01:30' }
    expect(businessDateOf('2026-11-01T06:29:59Z', night)).toBe('2026-11-01')
    expect(businessDateOf('2026-11-01T06:30:00Z', night)).toBe('2026-11-02')
    expect(businessDateOf('2026-11-01T07:15:00Z', night)).toBe('2026-11-02') // the second 01:15
  })

  test('the night the clocks go forward has a cut-off of 02:30 an hour later', () => {
    const night = { timeZone: 'America/Chicago', cutOff: '02:30' }
    expect(businessDateOf('2026-03-08T08:29:59Z', night)).toBe('2026-03-08')
    expect(businessDateOf('2026-03-08T08:30:00Z', night)).toBe('2026-03-09')
  })

  test('what happens later never counts for an earlier day', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Oslo', 'America/Chicago', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia')
    const cutOff = fc.constantFrom('00:00', '00:30', '01:30', '02:00', '02:30', '18:00', '23:59', '24:00')
    const from = Date.parse('2026-01-01T00:00:00Z')
    const instant = fc.integer({ min: 0, max: 365 * 24 * 60 }).map((minutes) => from + minutes * 60_000)
    fc.assert(
      fc.property(zone, cutOff, instant, fc.integer({ min: 1, max: 180 }), (timeZone, cutOffTime, at, minutes) => {
        const dates = [at, at + minutes * 60_000].map((ms) =>
          businessDateOf(new Date(ms).toISOString(), { timeZone, cutOff: cutOffTime }),
        )
        expect(dates[0]! <= dates[1]!).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

test.each([
  { pattern: '5-5-3' },
  { pattern: 'months', yearEndMonth: 13 },
  { pattern: 'months', cutOff: '24:30' },
  { pattern: 'months', cutOff: '6:00' },
  { pattern: 'months', calendar: 'Has Spaces' },
  { pattern: 'months', yearEnd: 12 },
])('%j is no calendar', (settings) => {
  expect(CalendarDefinition.safeParse({ kind: 'calendar', calendar: 'test', ...settings }).success).toBe(false)
})
