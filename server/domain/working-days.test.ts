import { expect, test } from 'vitest'
import { CalendarDefinition } from './calendar.ts'
import { holidaysBetween } from './holidays.ts'
import { postingCutOffAt, workingDaysBetween } from './working-days.ts'

const WEEKEND = [6, 7]
const days = (country: string | null, from: string, to: string, region?: string, weekend = WEEKEND) =>
  workingDaysBetween({ weekend, ...(country && { holidays: { country, ...(region && { region }) } }) }, from, to)

// Counted by hand from printed calendars.
test.each([
  ['November 2026 without holidays', days(null, '2026-11-01', '2026-11-30'), 21],
  ['December 2026 in Germany: the 25th is a Friday, the 26th a Saturday', days('DE', '2026-12-01', '2026-12-31'), 22],
  ['January 2026 in Germany: New Year', days('DE', '2026-01-01', '2026-01-31'), 21],
  ['January 2026 in Bavaria: Epiphany as well', days('DE', '2026-01-01', '2026-01-31', 'BY'), 20],
  ['November 2026 in the United States: Veterans Day and Thanksgiving', days('US', '2026-11-01', '2026-11-30'), 19],
  ['a week whose weekend is Friday and Saturday', days(null, '2026-11-01', '2026-11-07', undefined, [5, 6]), 5],
  ['a weekend alone', days(null, '2026-11-21', '2026-11-22'), 0],
])('%s', (_name, found, expected) => expect(found).toBe(expected))

test('a holiday falls on its own date, whatever the zone of the machine', () => {
  const tokyo = { weekend: WEEKEND, holidays: { country: 'JP' } }
  expect(holidaysBetween(tokyo, '2026-11-01', '2026-11-30').map(({ on }) => on)).toEqual(['2026-11-03', '2026-11-23'])
})

// 31 October 2026 is a Saturday; clocks in New York go back on 1 November. Japan has a holiday on the 3rd, and no summer time.
test.each([
  ['America/New_York', { country: 'US' }, 4, '20:00', '2026-11-06T01:00:00.000Z'],
  ['Europe/London', { country: 'GB', region: 'ENG' }, 5, '18:00', '2026-11-06T18:00:00.000Z'],
  ['Asia/Tokyo', { country: 'JP' }, 5, '17:00', '2026-11-09T08:00:00.000Z'],
  ['Europe/London', { country: 'GB', region: 'ENG' }, 1, '24:00', '2026-11-03T00:00:00.000Z'],
])(
  'October is posted to in %s until a working day of its own, at its own time',
  (timeZone, holidays, workingDay, at, instant) => {
    const calendar = CalendarDefinition.parse({
      kind: 'calendar',
      calendar: 'c',
      pattern: 'months',
      timeZone,
      holidays,
      postingCutOff: { workingDay, at },
    })
    const october = { period: '2026-10', startsOn: '2026-10-01', endsOn: '2026-10-31' }
    expect(postingCutOffAt(calendar, october)).toBe(instant)
    expect(postingCutOffAt({ ...calendar, postingCutOff: undefined }, october)).toBeNull()
  },
)
