/** Exact arithmetic on decimal text, because an amount never becomes a number. */
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

/** Beyond what a binary number of any spreadsheet reaches (e308, e-324): six characters would become ten thousand digits. */
const LARGEST_EXPONENT = 400

/** value = (negative ? -1 : 1) * digits / 10^scale; null when the text is no decimal. */
function taken(text: string): { negative: boolean; digits: string; scale: number } | null {
  const match = DECIMAL.exec(text)
  if (!match) return null
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const power = Number.parseInt(exponent, 10)
  if ((whole === '' && fraction === '') || Math.abs(power) > LARGEST_EXPONENT) return null
  return { negative: sign === '-', digits: whole + fraction, scale: fraction.length - power }
}

/** Plain notation, without exponent, plus sign, superfluous leading zeros or a dot that nothing follows. */
export function plainDecimal(text: string): string | null {
  const parts = taken(text)
  return parts && written(parts.negative, parts.digits, parts.scale)
}

/** minuend - subtrahend, exactly. Null when one of them is no decimal. */
export function subtractDecimals(minuend: string, subtrahend: string): string | null {
  const left = taken(minuend)
  const right = taken(subtrahend)
  if (!left || !right) return null
  const scale = Math.max(left.scale, right.scale)
  const units = ({ negative, digits, scale: own }: typeof left) =>
    BigInt(digits + '0'.repeat(scale - own)) * (negative ? -1n : 1n)
  const difference = units(left) - units(right)
  const size = (difference < 0n ? -difference : difference).toString()
  return written(difference < 0n, size, scale)
}

/**
 * Rounded half away from zero to so many significant digits. A spreadsheet keeps a binary number and
 * writes 17 digits of it (1110.3800000000001); it promises 15, and shows the person 1110.38.
 */
export function significantDigits(text: string, most: number): string | null {
  const parts = taken(text)
  if (!parts) return null
  const digits = parts.digits.replace(/^0+/, '')
  // Nothing is nothing, however many decimals it is written with.
  if (digits === '') return '0'
  const surplus = digits.length - most
  if (surplus <= 0) return written(parts.negative, digits, parts.scale)
  const rounded = BigInt(digits.slice(0, most)) + (digits.charCodeAt(most) >= FIVE ? 1n : 0n)
  const plain = written(parts.negative, rounded.toString(), parts.scale - surplus)
  return plain.includes('.') ? withoutLastZeros(plain) : plain
}

const FIVE = '5'.charCodeAt(0)
const ZERO = '0'.charCodeAt(0)

/** Not /\.?0+$/: that looks at every run of zeros anew from each of its zeros. */
function withoutLastZeros(plain: string): string {
  let end = plain.length
  while (plain.charCodeAt(end - 1) === ZERO) end--
  return plain.slice(0, plain[end - 1] === '.' ? end - 1 : end)
}

function written(negative: boolean, digits: string, scale: number): string {
  const padded = scale < 0 ? digits + '0'.repeat(-scale) : digits.padStart(scale + 1, '0')
  const split = padded.length - Math.max(scale, 0)
  const whole = padded.slice(0, split).replace(/^0+(?=\d)/, '') || '0'
  const plain = scale > 0 ? `${whole}.${padded.slice(split)}` : whole
  return negative && /[1-9]/.test(plain) ? `-${plain}` : plain
}
