import { Temporal } from 'temporal-polyfill'
import type { CalendarDefinition } from './calendar.ts'
import type { FailureClass } from './errors.ts'
import { WorkingDays } from './working-days.ts'

/** How much it matters, the most first. It sets the due time. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Working days after the day it was opened until the end of which it is due. */
export const DUE_WORKING_DAYS = { critical: 0, high: 1, medium: 3, low: 10 } as const satisfies Record<Severity, number>

/** The end of a working day, on the wall of the calendar's time zone. */
const DAY_ENDS = '18:00'

const OF_CLASS: Readonly<Record<FailureClass, Severity>> = {
  technical_transient: 'high',
  technical_permanent: 'high',
  business: 'medium',
  control: 'high',
  unclassified: 'high',
}

/** Codes that matter more or less than the others of their class. */
const OF_CODE: Readonly<Record<string, Severity>> = {
  conservation_broken: 'critical',
  claimed_amount_differs: 'critical',
  claimed_count_differs: 'critical',
  statement_does_not_tie: 'critical',
  database_full: 'critical',
  tick_missed: 'medium',
  bank_reference_twice: 'medium',
  // The line that was rejected has an exception of its own.
  document_incomplete: 'low',
  member_drift: 'low',
}

/** One step up where a load is held because of it: other figures wait as well. */
export function severityOf(code: string, failureClass: FailureClass, holdsLoad: boolean): Severity {
  const own = OF_CODE[code] ?? OF_CLASS[failureClass]
  return holdsLoad ? SEVERITIES[Math.max(0, SEVERITIES.indexOf(own) - 1)]! : own
}

/** The instant by which an exception opened on that business date is due, in the working days of the calendar. */
export function dueAtOf(openedOn: string, severity: Severity, calendar: CalendarDefinition): Date {
  const day = WorkingDays.of(calendar).after(openedOn, DUE_WORKING_DAYS[severity])
  const at = Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: calendar.timeZone, plainTime: DAY_ENDS })
  return new Date(at.epochMilliseconds)
}
