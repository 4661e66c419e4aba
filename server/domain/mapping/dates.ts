import { Temporal } from 'temporal-polyfill'
import type { JobDefinition } from '../job.ts'

export type DateStyle = JobDefinition['mapping']['dates']

/** Reads dates of one style into ISO dates; keeps instants (with a zone) whole. Remembers, because ledgers repeat dates. */
export function dateReader(style: DateStyle): (text: string) => string | null {
  const seen = new Map<string, string | null>()
  return (text) => {
    const known = seen.get(text)
    if (known !== undefined) return known
    const read = readDate(text.trim(), style)
    if (seen.size > 50_000) seen.clear()
    seen.set(text, read)
    return read
  }
}

const PATTERNS: Readonly<Record<DateStyle, RegExp>> = {
  'yyyy-mm-dd': /^(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$/,
  'dd.mm.yyyy': /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})$/,
  'dd/mm/yyyy': /^(?<d>\d{1,2})\/(?<m>\d{1,2})\/(?<y>\d{4})$/,
  'mm/dd/yyyy': /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})$/,
  yyyymmdd: /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/,
}
/** No calendar has it, and PostgreSQL refuses it. */
const YEAR_0 = '0000'
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/

function readDate(text: string, style: DateStyle): string | null {
  if (INSTANT.test(text)) return isInstant(text) && !text.startsWith(YEAR_0) ? text : null
  // Spreadsheets hand over ISO dates whatever style people see.
  const parts = (PATTERNS[style].exec(text) ?? PATTERNS['yyyy-mm-dd'].exec(text))?.groups
  if (!parts || parts.y === YEAR_0) return null
  const [y, m, d] = [parts.y!, parts.m!.padStart(2, '0'), parts.d!.padStart(2, '0')]
  const iso = `${y}-${m}-${d}`
  const date = new Date(`${iso}T00:00:00Z`)
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso ? null : iso
}

/** Not Date.parse: it takes 30 February for 2 March. */
function isInstant(text: string): boolean {
  try {
    return Temporal.Instant.from(text) !== null
  } catch {
    return false
  }
}
