import { describe, expect, test } from 'vitest'
import { CalendarDefinition, businessDateOf, periodsOf } from './calendar.ts'
import { dueTimesOf, wallTime } from './due-times.ts'
import type { DueRule } from './schedule.ts'
import { problemWithHolidays } from './holidays.ts'

const calendar = (settings: object) =>
  CalendarDefinition.parse({ kind: 'calendar', calendar: 'c', pattern: 'months', ...settings })
const next = (rule: DueRule, after: string, count: number, on: CalendarDefinition = calendar({})) =>
  dueTimesOf(rule, (code) => (code === on.calendar ? on : null))
    .next(new Date(after), count)
    .map(short)
const latest = (rule: DueRule, after: string, upTo: string, max: number) =>
  dueTimesOf(rule, () => calendar({}))
    .latest(new Date(after), new Date(upTo), max)
    .map(short)
const short = (at: Date) => at.toISOString().replace(':00.000Z', 'Z')
const cron = (text: string, timeZone: string): DueRule => ({ cron: text, timeZone })
const close = (workingDay: number, at: string): DueRule => ({ workingDay, at, calendar: 'c' })

describe('cut-offs, one minute either side', () => {
  const tokyo = calendar({ timeZone: 'Asia/Tokyo', cutOff: '18:00' })
  const newYork = calendar({ timeZone: 'America/New_York', cutOff: '17:00' })
  test.each([
    ['Tokyo 17:59 on 31 March is 08:59 in UTC, nine hours back: still March', tokyo, '2026-03-31T08:59:00Z', '2026-03-31'],
    ['Tokyo 18:00 is the cut-off itself: April', tokyo, '2026-03-31T09:00:00Z', '2026-04-01'],
    ['Tokyo 18:01: April', tokyo, '2026-03-31T09:01:00Z', '2026-04-01'],
    ['New York 16:59 on 31 March, summer time, four hours back: still March', newYork, '2026-03-31T20:59:00Z', '2026-03-31'],
    ['New York 17:00: April', newYork, '2026-03-31T21:00:00Z', '2026-04-01'],
    ['New York 17:01: April', newYork, '2026-03-31T21:01:00Z', '2026-04-01'],
    ['New York 16:59 on 30 January, winter time, five hours back: the 30th', newYork, '2026-01-30T21:59:00Z', '2026-01-30'],
    ['New York 17:01 on 30 January: the 31st', newYork, '2026-01-30T22:01:00Z', '2026-01-31'],
  ])('%s', (_, on, instant, date) => expect(businessDateOf(instant, on)).toBe(date))

  test.each([
    ['due at 18:00 in Tokyo, asked a minute before on Tuesday: that minute', '2026-03-31T08:59:00Z', '2026-03-31T09:00Z'],
    ['asked at the very instant: tomorrow, because it has been', '2026-03-31T09:00:00Z', '2026-04-01T09:00Z'],
    ['asked a minute after: tomorrow', '2026-03-31T09:01:00Z', '2026-04-01T09:00Z'],
    ['asked on Friday after the cut-off: Monday', '2026-04-03T09:01:00Z', '2026-04-06T09:00Z'],
  ])('%s', (_, asked, due) => expect(next(cron('0 18 * * 1-5', 'Asia/Tokyo'), asked, 1)).toEqual([due]))

  test('17:00 in New York is 22:00 in UTC in winter and 21:00 in summer; the change is on 8 March 2026', () =>
    expect(next(cron('0 17 * * *', 'America/New_York'), '2026-03-07T00:00:00Z', 3)).toEqual([
      '2026-03-07T22:00Z',
      '2026-03-08T21:00Z',
      '2026-03-09T21:00Z',
    ]))
})

describe('the nights when clocks change', () => {
  test.each([
    [
      'Berlin, 29 March 2026: 02:30 does not exist, so it is due at 03:00 summer time, the first instant after, and the next day at 02:30 again',
      cron('30 2 * * *', 'Europe/Berlin'),
      '2026-03-28T00:00:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    [
      'Berlin, 25 October 2026: 02:30 comes at 00:30 and at 01:30 in UTC, and is due the first time only',
      cron('30 2 * * *', 'Europe/Berlin'),
      '2026-10-24T00:00:00Z',
      ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'New York, 8 March 2026: 02:15 does not exist; clocks go from 02:00 to 03:00 at 07:00 in UTC',
      cron('15 2 * * *', 'America/New_York'),
      '2026-03-08T00:00:00Z',
      ['2026-03-08T07:00Z', '2026-03-09T06:15Z'],
    ],
    [
      'New York, 1 November 2026: 01:30 comes at 05:30 and at 06:30 in UTC, and is due the first time only',
      cron('30 1 * * *', 'America/New_York'),
      '2026-11-01T00:00:00Z',
      ['2026-11-01T05:30Z', '2026-11-02T06:30Z'],
    ],
    [
      'Berlin in spring: 02:00, 02:30 and 03:00 all fall on one instant, and one instant is due once',
      cron('0,30 2,3 * * *', 'Europe/Berlin'),
      '2026-03-28T22:59:00Z',
      ['2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-30T00:00Z'],
    ],
    [
      'Berlin in autumn, every half hour: it means so often, so the doubled hour leaves no gap',
      cron('*/30 * * * *', 'Europe/Berlin'),
      '2026-10-24T23:59:00Z',
      ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z', '2026-10-25T02:00Z'],
    ],
    [
      'Berlin in spring, every half hour: no gap and nothing twice',
      cron('*/30 * * * *', 'Europe/Berlin'),
      '2026-03-29T00:15:00Z',
      ['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-29T02:00Z'],
    ],
    [
      'Lord Howe moves by half an hour: 02:15 on 4 October 2026 is skipped, 02:30 is 15:30 in UTC the day before',
      cron('15 2 * * *', 'Australia/Lord_Howe'),
      '2026-10-02T20:00:00Z',
      ['2026-10-03T15:30Z', '2026-10-04T15:15Z'],
    ],
  ])('%s', (_, rule, after, due) => expect(next(rule, after, due.length)).toEqual(due))

  test('a close on the night itself: 29 March 2026 is a Sunday worked on, 02:30 is due at 03:00', () =>
    expect(next(close(-3, '02:30'), '2026-03-20T00:00:00Z', 1, calendar({ timeZone: 'Europe/Berlin', weekend: [] }))).toEqual([
      '2026-03-29T01:00Z',
    ]))
})

describe('working days of a close', () => {
  const chicago = calendar({ pattern: '4-4-5', weekEndsOn: 6, timeZone: 'America/Chicago', holidays: { country: 'US' } })
  const london = calendar({ yearEndMonth: 6, timeZone: 'Europe/London' })
  const bavaria = calendar({ timeZone: 'Europe/Berlin', holidays: { country: 'DE', region: 'BY' } })
  const hamburg = calendar({ timeZone: 'Europe/Berlin', holidays: { country: 'DE', region: 'HH' } })
  const usa = calendar({ timeZone: 'America/New_York', holidays: { country: 'US' } })
  const riyadh = calendar({ timeZone: 'Asia/Riyadh', weekend: [5, 6] })
  test.each([
    [
      '4-4-5 from 28 December 2025: period 1 ends Saturday 24 January, so working day 2 is Tuesday 27; 06:00 in winter is 12:00 in UTC',
      chicago,
      close(2, '06:00'),
      '2026-01-01T00:00:00Z',
      // Period 2 ends 21 February (Tuesday 24), period 3, of five weeks, 28 March (Tuesday 31, summer time).
      ['2026-01-27T12:00Z', '2026-02-24T12:00Z', '2026-03-31T11:00Z'],
    ],
    [
      '4-4-5: period 11 ends 21 November; 23, 24 and 25 are worked, 26 is Thanksgiving, so working day 4 is Friday 27',
      chicago,
      close(4, '06:00'),
      '2026-11-01T00:00:00Z',
      ['2026-11-27T12:00Z'],
    ],
    [
      'June year end: 31 May 2026 is a Sunday, so the last working day is Friday 29; 30 June, the year end, is a Tuesday; 18:00 in London is 17:00 in UTC',
      london,
      close(-1, '18:00'),
      '2026-05-01T00:00:00Z',
      ['2026-05-29T17:00Z', '2026-06-30T17:00Z', '2026-07-31T17:00Z'],
    ],
    [
      'June year end: working day 1 of the new year is Wednesday 1 July',
      london,
      close(1, '06:00'),
      '2026-06-15T00:00:00Z',
      ['2026-07-01T05:00Z'],
    ],
    [
      'Bavaria: 1 May 2026 is a Friday and a holiday, so working day 1 after April is Monday 4 May',
      bavaria,
      close(1, '06:00'),
      '2026-04-15T00:00:00Z',
      ['2026-05-04T04:00Z'],
    ],
    [
      'Bavaria: 1 January and Epiphany (Tuesday 6) are off, so 2, 5 and 7 are working days 1, 2 and 3',
      bavaria,
      close(3, '06:00'),
      '2025-12-20T00:00:00Z',
      ['2026-01-07T05:00Z'],
    ],
    [
      'Hamburg works on Epiphany: working day 3 is the 6th',
      hamburg,
      close(3, '06:00'),
      '2025-12-20T00:00:00Z',
      ['2026-01-06T05:00Z'],
    ],
    [
      'USA: Independence Day 2026 is a Saturday and taken on Friday 3 July, so working day 3 is Monday 6',
      usa,
      close(3, '08:00'),
      '2026-06-15T00:00:00Z',
      ['2026-07-06T12:00Z'],
    ],
    [
      'USA: New Year 2028 is a Saturday and taken on Friday 31 December 2027, so the last working day of the year is Thursday 30',
      usa,
      close(-1, '08:00'),
      '2027-12-05T00:00:00Z',
      ['2027-12-30T13:00Z'],
    ],
    [
      'A weekend of Friday and Saturday: April 2026 ends on Thursday, working day 1 is Sunday 3 May',
      riyadh,
      close(1, '09:00'),
      '2026-04-15T00:00:00Z',
      ['2026-05-03T06:00Z'],
    ],
    [
      'The rule may name another zone than its calendar: 06:00 in Tokyo is 21:00 in UTC the day before',
      london,
      { ...close(1, '06:00'), timeZone: 'Asia/Tokyo' } as DueRule,
      '2026-06-15T00:00:00Z',
      ['2026-06-30T21:00Z'],
    ],
  ])('%s', (_, on, rule, after, due) => expect(next(rule, after, due.length, on)).toEqual(due))

  test('the period that ends the year in June is its twelfth', () =>
    expect(periodsOf(london).find(({ endsOn }) => endsOn === '2026-06-30')?.period).toBe('2026-12'))

  test('a calendar that ends is due no more', () =>
    expect(next(close(1, '06:00'), '2027-11-01T06:00:00Z', 9, calendar({ lastYear: 2027 }))).toEqual([
      '2027-12-01T06:00Z',
      '2028-01-03T06:00Z',
    ]))

  test('no period is so short, but with one working day a week there is no fifteenth: never due', () =>
    expect(next(close(-15, '06:00'), '2026-01-01T00:00:00Z', 1, calendar({ weekend: [1, 2, 3, 4, 5, 6] }))).toEqual([]))

  test.each([
    [{ country: 'DE', region: 'BY' }, null],
    [{ country: 'US' }, null],
    [{ country: 'XX' }, 'holidays.country: no holidays are known of XX'],
    [{ country: 'JP', region: 'BY' }, 'holidays.region: JP has no region BY; it has none'],
  ])('holidays of %j', (holidays, problem) => expect(problemWithHolidays(calendar({ holidays }))).toBe(problem))
})

describe('latest', () => {
  test('newest first, the end counts and the beginning does not', () =>
    expect(latest(cron('0 6 * * *', 'UTC'), '2026-03-01T06:00:00Z', '2026-03-04T06:00:00Z', 9)).toEqual([
      '2026-03-04T06:00Z',
      '2026-03-03T06:00Z',
      '2026-03-02T06:00Z',
    ]))
  test('a year of minutes gives as many as were asked for, at once', () => {
    const began = performance.now()
    expect(latest(cron('* * * * *', 'Europe/Berlin'), '2025-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 3)).toEqual([
      '2026-03-01T00:00Z',
      '2026-02-28T23:59Z',
      '2026-02-28T23:58Z',
    ])
    expect(performance.now() - began).toBeLessThan(5_000)
  })
  test('29 February is found four years back', () =>
    expect(latest(cron('0 0 29 2 *', 'UTC'), '2020-01-01T00:00:00Z', '2028-01-01T00:00:00Z', 1)).toEqual(['2024-02-29T00:00Z']))
  test.each([
    ['*/15 * * * *', '05:45', ['06:45', '06:30', '06:15', '06:00']],
    ['0 * * * *', '05:20', ['06:00']],
  ])('%s in New York, asked at %s of the night clocks go back: the doubled hour is due a second time', (rule, after, due) =>
    expect(latest(cron(rule, 'America/New_York'), `2026-11-01T${after}:00Z`, '2026-11-01T06:50:00Z', 9)).toEqual(
      due.map((time) => `2026-11-01T${time}Z`),
    ),
  )
  test('nothing was due', () =>
    expect(latest(cron('0 6 * * *', 'UTC'), '2026-03-01T06:00:00Z', '2026-03-02T05:59:59Z', 9)).toEqual([]))
})

test.each(['0 0 30 2 *', '61 * * * *', '0 6 * *', '0 0 6 * * *', '@daily'])('the cron %s is refused or never due', (text) => {
  const due = () => next(cron(text, 'UTC'), '2026-01-01T00:00:00Z', 1)
  try {
    expect(due()).toEqual([])
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
  }
})

test('a calendar nobody knows', () =>
  expect(() => dueTimesOf({ ...close(1, '06:00'), calendar: 'other' } as DueRule, () => null)).toThrow(
    'there is no calendar other',
  ))

test('the wall shows what people there read', () =>
  expect([
    wallTime(new Date('2026-03-29T01:00:00Z'), 'Europe/Berlin'),
    wallTime(new Date('2026-03-31T09:00:00Z'), 'Asia/Tokyo'),
  ]).toEqual(['2026-03-29 03:00', '2026-03-31 18:00']))
