import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jcs } from './jcs.ts'
import { canonical } from './verify-audit.mjs'

/** What the log writes and what the auditor's script reads by are written apart, and must agree. */
const FORMS = { jcs, canonical }

const double = (hex: string) => Buffer.from(hex, 'hex').readDoubleBE()

describe.each(Object.entries(FORMS))('%s', (_, form) => {
  // RFC 8785, appendix B.
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('a number is written as ECMAScript writes it: %s', (hex, text) => {
    expect(form(double(hex))).toBe(text)
  })

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], ['\ud83d'], ['\ude00 x'], [{ '\ud83d': 1 }]])(
    'what has no form is refused: %j',
    (value) => {
      expect(() => form(value)).toThrow(TypeError)
    },
  )

  // RFC 8785, 3.2.2 and 3.2.3.
  test('literals, numbers and texts', () => {
    const given = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`
    expect(form(JSON.parse(given))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  test('keys go by their UTF-16 units, not by their characters', () => {
    const given = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    expect(Object.values<unknown>(JSON.parse(`[${form(given).replace(/"[^"]*":|[{}]/g, '')}]`))).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  test('the form of the form is itself, and says the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = form(value)
        expect(form(JSON.parse(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

test('both say the same of anything', () => {
  fc.assert(fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => jcs(value) === canonical(value)))
})
