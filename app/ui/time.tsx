const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export type TimeProps = {
  /** An instant, ISO 8601. */
  at: string
  /** IANA time zone; given rather than guessed, so that server and browser write the same. */
  zone?: string
  seconds?: boolean
  /** The zone after the time: where a page does not say it elsewhere. */
  showZone?: boolean
}

/** An instant: 21 Nov 2026 06:02. Absolute, always: what is relative goes stale on the screen. */
export function Time({ at, zone = 'UTC', seconds = false, showZone = false }: TimeProps) {
  return (
    <time dateTime={at} className="whitespace-nowrap">
      {formatInstant(at, zone, seconds)}
      {showZone && ` ${zone}`}
    </time>
  )
}

/** A business date: 2026-11-21 as 21 Nov 2026. Taken from the text, so no time zone can move it. */
export function BusinessDate({ on }: { on: string }) {
  return (
    <time dateTime={on} className="whitespace-nowrap">
      {formatBusinessDate(on)}
    </time>
  )
}

/** How long ago, with the instant on hover. `now` comes from the server, so both sides agree. */
export function Age({ from, now, zone = 'UTC' }: { from: string; now: string; zone?: string }) {
  return (
    <time dateTime={from} title={`${formatInstant(from, zone)} ${zone}`} className="whitespace-nowrap">
      {formatAge(from, now)}
    </time>
  )
}

export function Duration({ ms }: { ms: number | null }) {
  return ms === null ? <span className="text-ink-3">n/a</span> : <span className="whitespace-nowrap">{formatDuration(ms)}</span>
}

export function formatInstant(at: string, zone = 'UTC', seconds = false): string {
  const instant = new Date(at)
  if (Number.isNaN(instant.getTime())) return at
  const part = partsIn(zone, instant)
  const day = `${part('day').replace(/^0/, '')} ${MONTHS[Number(part('month')) - 1] ?? ''} ${part('year')}`
  return `${day} ${part('hour')}:${part('minute')}${seconds ? `:${part('second')}` : ''}`
}

export function formatBusinessDate(on: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(on) ?? []
  const name = MONTHS[Number(month) - 1]
  return name && day ? `${day.replace(/^0/, '')} ${name} ${year}` : on
}

/** '3 d', '5 h', '12 min', 'now'; a time to come as 'in 2 h'. */
export function formatAge(from: string, now: string): string {
  const minutes = Math.trunc((new Date(now).getTime() - new Date(from).getTime()) / 60_000)
  const size = Math.abs(minutes)
  if (Number.isNaN(size)) return 'n/a'
  if (size < 1) return 'now'
  const text = size < 60 ? `${size} min` : size < 48 * 60 ? `${Math.trunc(size / 60)} h` : `${Math.trunc(size / 1440)} d`
  return minutes < 0 ? `in ${text}` : text
}

/** '840 ms', '4.2 s', '2 min 05 s', '1 h 12 min'. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 60) return `${minutes} min ${`${seconds % 60}`.padStart(2, '0')} s`
  return `${Math.trunc(minutes / 60)} h ${`${minutes % 60}`.padStart(2, '0')} min`
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function partsIn(zone: string, instant: Date): (type: Intl.DateTimeFormatPartTypes) => string {
  let formatter = formatters.get(zone)
  if (!formatter) {
    // Numbers only: month names differ between the language data of servers and browsers.
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formatters.set(zone, formatter)
  }
  const parts = formatter.formatToParts(instant)
  return (type) => parts.find((part) => part.type === type)?.value ?? ''
}
