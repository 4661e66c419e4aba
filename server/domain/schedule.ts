import { z } from 'zod'

/** What became of a due time. caught_up: it was missed while everything was down and run afterwards; the newest stands for all before. */
export const TICK_OUTCOMES = ['started', 'caught_up', 'skipped', 'raised', 'paused'] as const
export type TickOutcome = (typeof TICK_OUTCOMES)[number]

/** Before its time a feed is expected and no exception; late: it came afterwards; missing: it has not come. */
export const FEED_STATES = ['expected', 'arrived', 'late', 'missing'] as const
export type FeedState = (typeof FEED_STATES)[number]

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time like "06:00"')
const TimeZone = z.string().refine(isTimeZone, 'name a time zone like Europe/Berlin')

/** Five fields of cron in a time zone: an instant is due once, also in the nights when clocks change. */
const ByCron = z.strictObject({
  cron: z.string().min(9, 'a cron has five fields: minute hour day month weekday'),
  timeZone: TimeZone.default('UTC'),
})
/** Relative to the end of each period of a calendar: working day 2 is the second working day after it, -1 the last one of the period. */
const ByClose = z.strictObject({
  workingDay: z
    .number()
    .int()
    .min(-15)
    .max(15)
    .refine((day) => day !== 0, 'working days are counted from 1, or from -1 backwards'),
  at: TimeOfDay,
  calendar: z.string().min(1),
  /** Left out: the zone of the calendar. */
  timeZone: TimeZone.optional(),
})
export const DueRule = z.union([ByCron, ByClose])
export type DueRule = z.infer<typeof DueRule>

/** once: a tick missed while everything was down is made up for, the newest one only. skip: it is noted. raise: somebody must look. */
const Missed = z.enum(['once', 'skip', 'raise']).default('once')
export const Schedule = z.union([ByCron.extend({ missed: Missed }), ByClose.extend({ missed: Missed })])
export type Schedule = z.infer<typeof Schedule>

const expectation = {
  /** Who looks after it when it is missing; left out: the owner of the job. */
  owner: z.string().min(1).optional(),
  /** A run that brings fewer records than this brought nothing. */
  records: z.number().int().min(0).default(1),
}
export const Expected = z.union([ByCron.extend(expectation), ByClose.extend(expectation)])
export type Expected = z.infer<typeof Expected>

/** From here on a due time that nobody decided was missed: everything was down. Two turns of a slow clock are no reason. */
export const MISSED_AFTER_MS = 90_000

/** What becomes of due times that nobody decided yet, newest first as given. A missed one stands for all before it. */
export function decideDue(
  dueTimes: readonly Date[],
  now: Date,
  missed: Schedule['missed'],
): { readonly dueAt: Date; readonly outcome: TickOutcome }[] {
  const newestIsMissed = dueTimes.length > 0 && now.getTime() - dueTimes[0]!.getTime() > MISSED_AFTER_MS
  return dueTimes.map((dueAt, i) => {
    if (now.getTime() - dueAt.getTime() <= MISSED_AFTER_MS) return { dueAt, outcome: 'started' }
    if (missed === 'raise') return { dueAt, outcome: 'raised' }
    return { dueAt, outcome: missed === 'once' && newestIsMissed && i === 0 ? 'caught_up' : 'skipped' }
  })
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
