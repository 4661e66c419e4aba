import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMinor, parseAmount, PLAIN_NUMBERS, plainDecimal, subtractDecimals, type NumberStyle } from './money.ts'

const STYLES: NumberStyle[] = (['.', ','] as const).flatMap((decimal) =>
  (['', ',', '.', ' ', "'"] as const).filter((group) => group !== decimal).map((group) => ({ decimal, group })),
)
const anyStyle = fc.constantFrom(...STYLES)
const anyDigits = fc.integer({ min: 0, max: 4 })
const anyMinor = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n })
const SIGNS = ['before', 'behind', 'brackets', 'minus'] as const

/** Written independently of the code under test: digit by digit, as a ledger would print it. */
function printed(minor: bigint, digits: number, { decimal, group }: NumberStyle, sign: (typeof SIGNS)[number]): string {
  const figures = [...(minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')]
  const fraction = figures.splice(figures.length - digits, digits).join('')
  let whole = ''
  figures.forEach((figure, i) => {
    const left = figures.length - i
    whole += `${i > 0 && left % 3 === 0 ? group : ''}${figure}`
  })
  const body = digits === 0 ? whole : `${whole}${decimal}${fraction}`
  if (minor >= 0n) return body
  return { before: `-${body}`, behind: `${body}-`, brackets: `(${body})`, minus: `\u2212${body}` }[sign]
}

describe('an amount is read to the last minor unit', () => {
  test('the short way for what is plain says what the long way says', () => {
    const most = { size: 'max' } as const
    const plain = fc
      .tuple(fc.stringMatching(/^[0-9]{0,18}$/, most), fc.stringMatching(/^[0-9]{0,6}$/))
      .map((parts) => parts.join('.'))
    const odd = fc.string({ unit: fc.constantFrom(...'0123456789..-+( )/:,'), maxLength: 18 })
    const text = fc.oneof(
      plain,
      odd,
      fc.stringMatching(/^9{9,17}$/, most),
      fc.constantFrom('.5', '5.', '.', '-', '1.2.3', '00', '٣'),
    )
    const another: NumberStyle = { decimal: '.', group: '' }
    fc.assert(
      fc.property(text, anyDigits, (amount, digits) => {
        expect(parseAmount(amount, digits, PLAIN_NUMBERS)).toBe(parseAmount(amount, digits, another))
      }),
      { numRuns: 2_000 },
    )
  })

  test('in every style and every way to write a minus', () => {
    fc.assert(
      fc.property(anyMinor, anyDigits, anyStyle, fc.constantFrom(...SIGNS), (minor, digits, style, sign) => {
        expect(parseAmount(printed(minor, digits, style, sign), digits, style)).toBe(minor)
      }),
    )
  })

  test('and written back the same', () => {
    fc.assert(
      fc.property(anyMinor, anyDigits, (minor, digits) => {
        const text = formatMinor(minor, digits)
        expect(text).toBe(printed(minor, digits, { decimal: '.', group: '' }, 'before'))
        expect(parseAmount(text, digits)).toBe(minor)
      }),
    )
  })

  test('fewer decimals than the currency has, or zeros beyond them, change nothing', () => {
    fc.assert(
      fc.property(anyMinor, anyDigits, anyDigits, fc.integer({ min: 0, max: 6 }), (minor, scale, digits, zeros) => {
        fc.pre(scale <= digits)
        const text = formatMinor(minor, scale) + (scale === 0 ? '' : '0'.repeat(zeros))
        expect(parseAmount(text, digits)).toBe(minor * 10n ** BigInt(digits - scale))
      }),
    )
  })

  test.each([
    ['1234.50', 2, 123450n],
    ['+12', 2, 1200n],
    ['-0', 2, 0n],
    ['-0.00', 2, 0n],
    ['0', 0, 0n],
    ['', 2, 0n],
    ['007', 0, 7n],
    ['12.000', 0, 12n],
    ['9007199254740993.01', 2, 900719925474099301n], // one more than a double can hold
    ['123456789012345678901234567890.99', 2, 12345678901234567890123456789099n],
  ] as const)('%s with %i decimals', (text, digits, minor) => {
    expect(parseAmount(text, digits)).toBe(minor)
  })

  test.each([
    ['1.234,50', { decimal: ',', group: '.' }, 123450n],
    ["1'234.50", { decimal: '.', group: "'" }, 123450n],
    ['1\u00a0234,50', { decimal: ',', group: ' ' }, 123450n],
    ['1\u202f234,50-', { decimal: ',', group: ' ' }, -123450n],
    ['( 12,30 )', { decimal: ',', group: '' }, -1230n],
    ['1234,5', { decimal: ',', group: '.' }, 123450n],
  ] as const)('%s', (text, style, minor) => {
    expect(parseAmount(text, 2, style)).toBe(minor)
  })
})

describe('an amount that cannot be read exactly is refused', () => {
  test('a digit that the currency does not have', () => {
    fc.assert(
      fc.property(anyMinor, anyDigits, anyDigits, (minor, scale, digits) => {
        fc.pre(scale > digits && minor % 10n ** BigInt(scale - digits) !== 0n)
        expect(parseAmount(formatMinor(minor, scale), digits)).toBe('too_many_decimals')
      }),
    )
  })

  test.each([
    '12.3.4',
    '1,2',
    '--5',
    '-(5)',
    '(-5)',
    '(5',
    '5)',
    '+-5',
    '5-5',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '12 EUR',
    '€5',
    '.',
    '.5',
    '5.',
    '-',
    '()',
    ' ',
    '١٢',
  ])('%s is no amount', (text) => {
    expect(parseAmount(text, 2)).toBe('malformed')
  })

  test.each([
    ['1,23,456.00', { decimal: '.', group: ',' }],
    ['1234,567.00', { decimal: '.', group: ',' }],
    ['1,234,56', { decimal: '.', group: ',' }],
    [',123', { decimal: '.', group: ',' }],
    ['1.234,567.00', { decimal: '.', group: ',' }],
    ['12.5', { decimal: ',', group: ' ' }],
  ] as const)('%s: groups are groups of three', (text, style) => {
    expect(parseAmount(text, 2, style)).toBe('malformed')
  })

  test('more than thirty digits', () => {
    expect(parseAmount('1'.repeat(30), 0)).toBe(BigInt('1'.repeat(30)))
    expect(parseAmount('1'.repeat(31), 0)).toBe('malformed')
  })

  test('whatever the text: either it is refused or its value is exactly what stands there', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'0123456789.,-+() '), maxLength: 12 })
    fc.assert(
      fc.property(noise, anyDigits, (text, digits) => {
        const parsed = parseAmount(text, digits)
        const exact = /^ *(?<open>\()? *(?<before>[-+])?(?<whole>\d+)(\.(?<fraction>\d+))?(?<behind>-)? *(?<close>\))? *$/.exec(
          text,
        )?.groups
        const signs = exact ? [exact.open && exact.close, exact.before, exact.behind].filter(Boolean) : []
        const isNumber = exact !== undefined && signs.length <= 1 && Boolean(exact.open) === Boolean(exact.close)
        if (text === '') expect(parsed).toBe(0n)
        else if (!isNumber) expect(parsed).toBe('malformed')
        else {
          const fraction = exact.fraction ?? ''
          const [kept, lost] = [fraction.padEnd(digits, '0').slice(0, digits), fraction.slice(digits)]
          const value = BigInt(exact.whole + kept) * (signs.length > 0 && exact.before !== '+' ? -1n : 1n)
          expect(parsed).toBe(/[1-9]/.test(lost) ? 'too_many_decimals' : value)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

test('a text in a style becomes a plain decimal, digits untouched', () => {
  expect(plainDecimal('1.234,500', { decimal: ',', group: '.' })).toBe('1234.500')
  expect(plainDecimal('(0,10)', { decimal: ',', group: '' })).toBe('-0.10')
  expect(plainDecimal('12.30', { decimal: ',', group: '' })).toBeNull()
})

test('decimals of any scale are subtracted exactly', () => {
  fc.assert(
    fc.property(anyMinor, anyDigits, anyMinor, anyDigits, (a, scaleA, b, scaleB) => {
      const scale = Math.max(scaleA, scaleB)
      const exact = a * 10n ** BigInt(scale - scaleA) - b * 10n ** BigInt(scale - scaleB)
      expect(subtractDecimals(formatMinor(a, scaleA), formatMinor(b, scaleB))).toBe(formatMinor(exact, scale))
    }),
  )
  expect(subtractDecimals('0.3', '0.1')).toBe('0.2')
  expect(subtractDecimals('1', '1.005')).toBe('-0.005')
})
