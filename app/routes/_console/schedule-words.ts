import type { DueRule, FeedState, TickOutcome } from '#server/domain/schedule.ts'
import type { Tone } from '#app/ui/tone.tsx'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** When a rule is due, as people say it: 'Monday to Friday at 06:00'. What has no such words stays a cron. */
export function ruleWords(rule: DueRule): string {
  return 'cron' in rule ? cronWords(rule.cron) : `${workingDayWords(rule.workingDay)} at ${rule.at}`
}

/** Where its wall clock hangs, or which calendar it follows. */
export const zoneWords = (rule: DueRule): string =>
  'cron' in rule ? rule.timeZone : `calendar ${rule.calendar}${rule.timeZone ? `, ${rule.timeZone}` : ''}`

function workingDayWords(day: number): string {
  if (day > 0) return `Working day ${day} after each period`
  return day === -1 ? 'Last working day of each period' : `Working day ${-day} from the end of each period`
}

function cronWords(cron: string): string {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.trim().split(/\s+/)
  if (month !== '*') return `Cron ${cron}`
  const everyMinutes = /^\*\/(\d+)$/.exec(minute)?.[1]
  if (minute === '*' && hour === '*' && day === '*' && weekday === '*') return 'Every minute'
  if (everyMinutes && hour === '*' && day === '*' && weekday === '*') return `Every ${everyMinutes} minutes`
  if (!/^\d+$/.test(minute)) return `Cron ${cron}`
  if (hour === '*' && day === '*' && weekday === '*') return `Every hour at :${minute.padStart(2, '0')}`
  if (!/^\d+(,\d+)*$/.test(hour)) return `Cron ${cron}`
  const times = hour.split(',').map((one) => `${one.padStart(2, '0')}:${minute.padStart(2, '0')}`)
  const at = `at ${times.join(', ')}`
  if (day === '*' && weekday === '*') return `Every day ${at}`
  if (/^\d+$/.test(day) && weekday === '*') return `On day ${day} of each month ${at}`
  if (day !== '*') return `Cron ${cron}`
  const span = /^([0-7])-([0-7])$/.exec(weekday)
  if (span) return `${dayName(span[1])} to ${dayName(span[2])} ${at}`
  return /^[0-7](,[0-7])*$/.test(weekday) ? `${weekday.split(',').map(dayName).join(', ')} ${at}` : `Cron ${cron}`
}

const dayName = (digit: string | undefined): string => DAYS[Number.parseInt(digit ?? '', 10)] ?? ''

/** What is done about a due time that was missed while everything was down. */
export const MISSED_WORDS = {
  once: 'is made up for once, the newest only',
  skip: 'is skipped and noted',
  raise: 'is left to a person, as an exception',
} as const

export const FEED_LOOK: Record<FeedState, { label: string; tone: Tone }> = {
  expected: { label: 'Expected', tone: 'past' },
  arrived: { label: 'Arrived', tone: 'fine' },
  late: { label: 'Late', tone: 'attention' },
  missing: { label: 'Missing', tone: 'broken' },
}

export const TICK_WORDS: Record<TickOutcome, { label: string; tone: Tone }> = {
  started: { label: 'Started', tone: 'fine' },
  caught_up: { label: 'Made up for', tone: 'attention' },
  skipped: { label: 'Skipped', tone: 'past' },
  raised: { label: 'Missed', tone: 'broken' },
  paused: { label: 'Paused', tone: 'held' },
}
