import { plainDecimal, significantDigits } from '#server/formats/decimal.ts'

/** What the number in a cell means, which only its format says. */
export type NumberKind = 'number' | 'date' | 'time'

const DAY_MS = 24 * 60 * 60 * 1000
const EPOCH = Date.UTC(1899, 11, 30)
const LAST_DAY = 2_958_465 // 9999-12-31
const DAYS_TO_1904 = 1_462
const LONGEST_CODE = 255 // of a number format, as in Excel

/** Excel promises 15 digits; the 16th and 17th in the file are the noise of its binary numbers. */
const EXACT_DIGITS = 15
const WHOLE = /^[+-]?\d+$/

/** What wrote it may have held it as a binary number, which no longer tells it from its neighbours. */
export const hasLostDigits = (value: string): boolean => WHOLE.test(value) && !Number.isSafeInteger(Number(value))

/** Decimal, date (yyyy-mm-dd), date-time or time of day; null when the text is no number. */
export function numberText(value: string, kind: NumberKind, is1904: boolean): string | null {
  // A whole number has no noise: a code of 16 digits is as it stands.
  const decimal = WHOLE.test(value) ? plainDecimal(value) : significantDigits(value, EXACT_DIGITS)
  if (decimal === null || kind === 'number') return decimal
  return dateText(Number(value), kind, is1904) ?? decimal // a date is no amount: a double holds it exactly enough
}

export function numberKind(formatId: string, code: string | undefined): NumberKind {
  return code === undefined ? (BUILT_IN[formatId] ?? 'number') : kindOfCode(code)
}

function dateText(serial: number, kind: NumberKind, is1904: boolean): string | null {
  // 1e300 days are no time of day either, and Date throws at them.
  if (Math.abs(serial) > LAST_DAY + 1) return null
  const milliseconds = Math.round(serial * DAY_MS)
  const days = Math.floor(milliseconds / DAY_MS)
  const time = timeText(milliseconds - days * DAY_MS)
  if (kind === 'time' && days === 0) return time || '00:00:00'
  const day = is1904 ? days + DAYS_TO_1904 : days
  if (day < 1 || day > LAST_DAY || days < 0) return null
  return time === '' ? dayText(day) : `${dayText(day)}T${time}`
}

/** Day 60 is 29 February 1900, which never was; Excel keeps it, and the days before are one off. */
function dayText(day: number): string {
  if (day === 60) return '1900-02-29'
  return new Date(EPOCH + (day < 60 ? day + 1 : day) * DAY_MS).toISOString().slice(0, 10)
}

/** '' at midnight. */
function timeText(milliseconds: number): string {
  if (milliseconds === 0) return ''
  const text = new Date(milliseconds).toISOString().slice(11, 23)
  return text.endsWith('.000') ? text.slice(0, 8) : text
}

/** Literal text, escapes, colours, locales and elapsed time ([h], a duration and not a date) do not count. */
function kindOfCode(code: string): NumberKind {
  const [first = ''] = code.slice(0, LONGEST_CODE).split(';')
  const letters = first
    .replace(/"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]/g, '')
    .replace(/general|e[+-]/gi, '')
    .toLowerCase()
  if (/\[(h+|m+|s+)\]/i.test(first)) return 'number'
  if (/[dy]/.test(letters)) return 'date'
  if (/[hs]/.test(letters)) return 'time'
  return letters.includes('m') ? 'date' : 'number'
}

const BUILT_IN: Readonly<Record<string, NumberKind>> = Object.fromEntries([
  ...[14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58].map((id) => [id, 'date']),
  ...[18, 19, 20, 21, 32, 33, 45, 47].map((id) => [id, 'time']),
])
