import type { CalendarDefinition } from '#server/domain/calendar.ts'

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

/** 'Twelve months, year ends in June; America/New_York, cut-off 18:00'. */
export const calendarWords = (calendar: CalendarDefinition): string =>
  `${patternWords(calendar)}; ${calendar.timeZone}, cut-off ${calendar.cutOff}`

export function patternWords({ pattern, yearEndMonth, weekEndsOn, yearEndRule }: CalendarDefinition): string {
  const month = MONTHS[yearEndMonth - 1]
  if (pattern === 'months') return `Calendar months, the year ends in ${month}`
  const day = DAYS[weekEndsOn - 1]
  return `Weeks of ${pattern}, the year ends on the ${yearEndRule === 'last' ? 'last' : 'nearest'} ${day} ${yearEndRule === 'last' ? 'of' : 'to the end of'} ${month}`
}

export const weekendWords = ({ weekend }: CalendarDefinition): string =>
  weekend.length === 0 ? 'every day is worked' : weekend.map((day) => DAYS[day - 1]).join(' and ')

/** The country whose public holidays are no working days, in its ISO code, with the region where one is named. */
export const holidayWords = ({ holidays }: CalendarDefinition): string =>
  holidays ? `public holidays of ${holidays.country}${holidays.region ? `, ${holidays.region}` : ''}` : 'no public holidays'
