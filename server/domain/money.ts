/**
 * Amounts in code are whole minor units (bigint) or decimal strings; never a float. These functions
 * are the only way between the two.
 */
export type NumberStyle = { readonly decimal: '.' | ','; readonly group: '' | ',' | '.' | ' ' | "'" }
export const PLAIN_NUMBERS: NumberStyle = { decimal: '.', group: '' }

export type AmountProblem = 'malformed' | 'too_many_decimals'

/**
 * Reads '1,234.50', '(12.30)', '12.30-' or '-12.3' in the given style into minor units. Refuses more decimals
 * than the currency has (zeros may follow), because dropping them loses money. Empty text is zero: a debit that is
 * not there. Longer than 30 digits is refused: no ledger writes that.
 */
export function parseAmount(text: string, digits: number, style: NumberStyle = PLAIN_NUMBERS): bigint | AmountProblem {
  if (text === '' || text === '0') return 0n
  if (style === PLAIN_NUMBERS) {
    const short = shortAmount(text, digits)
    if (!Number.isNaN(short)) return BigInt(short)
  }
  const plain = style === PLAIN_NUMBERS && PLAIN.test(text) ? text : plainDecimal(text, style)
  if (plain === null) return 'malformed'
  const point = plain.indexOf('.')
  if (point === -1) return BigInt(plain + ZEROS[digits]!)
  let end = plain.length
  while (end - point - 1 > digits && plain.charCodeAt(end - 1) === 48) end--
  if (end - point - 1 > digits) return 'too_many_decimals'
  return BigInt(plain.slice(0, point) + plain.slice(point + 1, end) + ZEROS[digits - (end - point - 1)]!)
}

/** With four zeros more a whole number of 15 digits, and exact. */
const SHORT_CHARS_MAX = 11

/** '1234.5' in minor units, digit by digit; NaN where it is not as plain as most are: parseAmount then looks closer. */
function shortAmount(text: string, digits: number): number {
  const { length } = text
  if (length > SHORT_CHARS_MAX) return Number.NaN
  let minor = 0
  let point = -1
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code >= ZERO && code <= NINE) minor = 10 * minor + (code - ZERO)
    else if (code === POINT && point === -1 && i > 0) point = i
    else return Number.NaN
  }
  const decimals = point === -1 ? 0 : length - point - 1
  if (decimals > digits || (point !== -1 && decimals === 0)) return Number.NaN
  return minor * POWERS[digits - decimals]!
}
const POWERS = [1, 10, 100, 1_000, 10_000]

const PLAIN = /^-?\d{1,30}(?:\.\d{1,30})?$/
const ZEROS = ['', '0', '00', '000', '0000']

/** Text in a source's style -> '-1234.50', or null. Groups must be groups of three. */
export function plainDecimal(text: string, { decimal, group }: NumberStyle): string | null {
  let body = text.trim().replaceAll('\u00a0', ' ').replaceAll('\u2212', '-').replaceAll('\u202f', ' ')
  let negative = false
  if (body.startsWith('(') && body.endsWith(')')) {
    negative = true
    body = body.slice(1, -1).trim()
  } else if (body.endsWith('-') || body.startsWith('-')) {
    negative = true
    body = body.startsWith('-') ? body.slice(1) : body.slice(0, -1)
  } else if (body.startsWith('+')) {
    body = body.slice(1)
  }
  const point = body.lastIndexOf(decimal)
  let whole = point === -1 ? body : body.slice(0, point)
  const fraction = point === -1 ? '' : body.slice(point + 1)
  if (group !== '' && whole.includes(group)) {
    const groups = whole.split(group)
    if (!groups.every((part, i) => (i === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(part))) return null
    whole = groups.join('')
  }
  if (!/^\d{1,30}$/.test(whole) || (point !== -1 && !/^\d{1,30}$/.test(fraction))) return null
  return `${negative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
}

/** Minor units -> '1234.50'. */
export function formatMinor(minor: bigint, digits: number): string {
  if (digits === 0) return minor.toString()
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  return `${minor < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/**
 * Minor units -> the text that is stored: '1234.50', and '0' for nothing. `written`: what the source wrote for it; where that says
 * the same in the same way it is taken as it is, which costs a fifth.
 */
export function storedAmount(minor: bigint, digits: number, written = ''): string {
  if (minor === 0n) return '0'
  return isCanonical(written, digits) ? written : formatMinor(minor, digits)
}

/** '1234.50', '0.07': as formatMinor writes it, of a text that parseAmount took in the plain style. */
function isCanonical(text: string, digits: number): boolean {
  if (digits === 0 || text.charCodeAt(text.length - digits - 1) !== POINT) return false
  const first = text.charCodeAt(0)
  return (first > ZERO && first <= NINE) || (first === ZERO && text.charCodeAt(1) === POINT)
}
const POINT = 46
const ZERO = 48
const NINE = 57

/** Decimal strings of any scale -> their exact difference, for texts where the currency's digits are not at hand. */
export function subtractDecimals(a: string, b: string): string {
  if (a === b) return formatMinor(0n, scaleOf(a))
  const scale = Math.max(scaleOf(a), scaleOf(b))
  return formatMinor(scaled(a, scale) - scaled(b, scale), scale)
}

/** The exact sum of decimal strings of one currency, at the longest scale among them. */
export function sumDecimals(texts: readonly string[]): string {
  const scale = Math.max(0, ...texts.map(scaleOf))
  return formatMinor(
    texts.reduce((sum, text) => sum + scaled(text, scale), 0n),
    scale,
  )
}

export const addDecimals = (a: string, b: string): string => sumDecimals([a, b])

/** Negative, zero or positive, like every comparison. */
export function compareDecimals(a: string, b: string): number {
  const difference = subtractDecimals(a, b)
  if (difference.startsWith('-')) return -1
  return /[1-9]/.test(difference) ? 1 : 0
}

/** What part of the whole it is, to a millionth: a ratio and no amount. Both of one currency; 0 of nothing. */
export function shareOf(part: string, whole: string): number {
  const scale = Math.max(scaleOf(part), scaleOf(whole))
  const of = scaled(whole, scale)
  return of === 0n ? 0 : Number((scaled(part, scale) * 1_000_000n) / of) / 1_000_000
}
/** '0', '-0.00': nothing, however it is written. */
export const isZeroDecimal = (text: string): boolean => /^-?0*\.?0*$/.test(text)

const scaleOf = (text: string) => (text.includes('.') ? text.length - text.indexOf('.') - 1 : 0)
function scaled(text: string, scale: number): bigint {
  const missing = scale - scaleOf(text)
  return BigInt(missing === 0 ? text.replace('.', '') : text.replace('.', '') + '0'.repeat(missing))
}
