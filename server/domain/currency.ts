import { parseAmount } from './money.ts'
/**
 * ISO 4217 (list one, active codes) with their minor units. Not Intl: CLDR gives IQD and HUF no decimals,
 * ISO gives them three and two. Funds codes, precious metals, XXX and XTS hold no books and are left out.
 */
const BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
      CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
      KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB
      PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY
      TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

const DIGITS = new Map(
  Object.entries(BY_DIGITS).flatMap(([digits, codes]) =>
    codes
      .split(/\s+/)
      .filter(Boolean)
      .map((code) => [code, Number(digits)] as const),
  ),
)

/** Minor units of a currency, or undefined where ISO 4217 has no such currency. */
export const minorDigitsOf = (code: string): number | undefined => DIGITS.get(code)

/** A stored amount, a decimal text, in minor units of its currency. Throws where it has more decimals than that. */
export function minorOf(amount: string, currency: string): bigint {
  const minor = parseAmount(amount, minorDigitsOf(currency) ?? 0)
  if (typeof minor !== 'bigint') throw new Error(`not an amount of ${currency}: ${amount}`)
  return minor
}
