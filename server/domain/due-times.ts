import { CronExpressionParser } from 'cron-parser'
import { Temporal } from 'temporal-polyfill'
import type { CalendarDefinition } from './calendar.ts'
import type { DueRule } from './schedule.ts'
import { WorkingDays } from './working-days.ts'

/** The due times of a rule, in order, as instants. Pure: what time it is now is an argument. */
export type DueTimes = {
  /** The zone its wall clock stands in. */
  readonly timeZone: string
  /** The next `count` after an instant; fewer where the rule comes to an end, none where it is never due. */
  next(after: Date, count: number): Date[]
  /** The newest `max` with after < due <= upTo, newest first. A year of minutes costs no more than an hour of them. */
  latest(after: Date, upTo: Date, max: number): Date[]
}

/** Throws RangeError where the rule cannot be read: a cron nobody understands, a calendar nobody knows. */
export function dueTimesOf(rule: DueRule, calendarOf: (code: string) => CalendarDefinition | null): DueTimes {
  if ('cron' in rule) return dueTimes(rule.timeZone, (from) => cronInstants(rule.cron, rule.timeZone, from))
  const calendar = calendarOf(rule.calendar)
  if (!calendar) throw new RangeError(`there is no calendar ${rule.calendar}`)
  const timeZone = rule.timeZone ?? calendar.timeZone
  const days = WorkingDays.of(calendar)
  return dueTimes(timeZone, (from) => closeInstants(days, rule.workingDay, rule.at, timeZone, from))
}

/** What the next due times look like on the wall of the rule's zone: '2026-03-29 03:00'. */
export const wallTime = (at: Date, timeZone: string): string =>
  zoned(at.getTime(), timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')

const HOUR_MS = 3_600_000
const FIRST_WINDOW_MS = 2 * HOUR_MS
/** A rule that is not due for so long is not due at all: 29 February comes every eight years at the worst. */
const NEVER_MS = 9 * 366 * 24 * HOUR_MS

function dueTimes(timeZone: string, instantsFrom: (from: number) => Generator<number>): DueTimes {
  const between = (after: number, upTo: number): number[] => {
    const found: number[] = []
    for (const at of instantsFrom(after)) {
      if (at > upTo) break
      if (at > after) found.push(at)
    }
    return found
  }
  return {
    timeZone,
    next(after, count) {
      const found: Date[] = []
      for (const at of instantsFrom(after.getTime())) {
        if (found.length >= count || at > after.getTime() + NEVER_MS * (found.length + 1)) break
        if (at > after.getTime()) found.push(new Date(at))
      }
      return found
    },
    latest(after, upTo, max) {
      // Mostly nothing is due, and that is seen at once.
      const [first] = this.next(after, 1)
      if (!first || first > upTo) return []
      const found: number[] = []
      let end = upTo.getTime()
      const floor = Math.max(after.getTime(), end - NEVER_MS)
      // Backwards in windows that double, so that neither a rule of every minute nor one of every year is walked in vain.
      for (let width = FIRST_WINDOW_MS; end > floor && found.length < max; width *= 2) {
        const start = Math.max(floor, end - width)
        found.push(...between(start, end).reverse())
        end = start
      }
      return found.slice(0, max).map((at) => new Date(at))
    },
  }
}

/**
 * Walks the wall clock and asks the zone when each time is. A time that is skipped in spring is due at the first instant
 * after; one that comes twice in autumn is due the first time. Only a rule of every hour counts the doubled hour twice: it
 * means "every so often", and an hour of silence would be a gap.
 */
function* cronInstants(cron: string, timeZone: string, from: number): Generator<number> {
  if (cron.trim().split(/\s+/).length !== 5) throw new RangeError('a cron has five fields: minute hour day month weekday')
  const start = wallOf(from - lookBack(from, timeZone), timeZone)
  const walls = parseCron(cron, start)
  const everyHour = walls.fields.hour.values.length === 24
  let waiting: number[] = []
  let last = Number.NEGATIVE_INFINITY
  for (let wall = nextWall(walls); wall !== null; wall = nextWall(walls)) {
    const [first, second] = instantsOf(wall, timeZone)
    // What comes later on the wall is never due before `first`, so whatever is due up to it can go out.
    for (const at of [...waiting.filter((one) => one < first), first]) {
      // Several skipped times fall on one instant, and an instant is due once.
      if (at > last) yield at
      last = at
    }
    waiting = waiting.filter((at) => at > first)
    if (everyHour && second !== null) waiting.push(second)
  }
}

function parseCron(cron: string, start: Temporal.PlainDateTime) {
  try {
    return CronExpressionParser.parse(cron.trim(), { tz: 'UTC', currentDate: new Date(`${start.toString()}Z`) })
  } catch (error) {
    throw new RangeError(`the cron cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The cron is asked in UTC, where every wall time exists once. */
function nextWall(walls: ReturnType<typeof parseCron>): Temporal.PlainDateTime | null {
  try {
    return Temporal.PlainDateTime.from(walls.next().toDate().toISOString().slice(0, 19))
  } catch {
    return null
  }
}

const zoned = (ms: number, timeZone: string) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)

const wallOf = (ms: number, timeZone: string): Temporal.PlainDateTime =>
  zoned(ms, timeZone).toPlainDateTime().round({ smallestUnit: 'minute', roundingMode: 'floor' }).subtract({ minutes: 1 })

/** In the hours around a change of clocks the wall was or will be here again: what comes before `from` on it may be due after. */
const lookBack = (from: number, timeZone: string): number => {
  const offsets = [from - 3 * HOUR_MS, from, from + 3 * HOUR_MS].map((at) => zoned(at, timeZone).offsetNanoseconds)
  return new Set(offsets).size === 1 ? 0 : 3 * HOUR_MS
}

/** When a wall time is, and when it comes again in the hour that is doubled. */
function instantsOf(wall: Temporal.PlainDateTime, timeZone: string): [first: number, second: number | null] {
  const earlier = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const later = wall.toZonedDateTime(timeZone, { disambiguation: 'later' })
  if (earlier.epochMilliseconds === later.epochMilliseconds) return [earlier.epochMilliseconds, null]
  const isSkipped = !earlier.toPlainDateTime().equals(wall)
  if (!isSkipped) return [earlier.epochMilliseconds, later.epochMilliseconds]
  return [earlier.getTimeZoneTransition('next')?.epochMilliseconds ?? later.epochMilliseconds, null]
}

function* closeInstants(days: WorkingDays, workingDay: number, at: string, timeZone: string, from: number): Generator<number> {
  const time = Temporal.PlainTime.from(at)
  for (const date of days.daysOfClose(
    workingDay,
    wallOf(from - 24 * HOUR_MS, timeZone)
      .toPlainDate()
      .toString(),
  )) {
    yield instantsOf(Temporal.PlainDate.from(date).toPlainDateTime(time), timeZone)[0]
  }
}
