import type { FailureClass } from '#server/domain/errors.ts'

/** What the product must say of a planted fault: one exception, with its class, its code, its words and what is at stake. */
export type ExpectedException = {
  readonly failureClass: FailureClass
  readonly code: string
  /** What its title must hold, word for word. */
  readonly words: string
  readonly entities: readonly string[]
  /** What is at stake by currency, signed as the product words it: stated minus found, or what waits. Under '' a count, or a sum over several currencies. */
  readonly atStake: Readonly<Record<string, string>>
}
/** found: an exception. recovers: no exception, but an attempt that failed with that code. absorbed: no exception, but a figure of the run. */
export type Expectation =
  | { readonly kind: 'found'; readonly exceptions: readonly ExpectedException[] }
  | { readonly kind: 'recovers'; readonly code: string }
  | { readonly kind: 'absorbed'; readonly figure: 'duplicate' | 'unchanged'; readonly records: number }

export type PlantedFault = {
  readonly id: string
  /** What is wrong at the source, in a sentence. */
  readonly planted: string
  readonly job: string
  readonly expect: Expectation
}

const exception = (
  failureClass: FailureClass,
  code: string,
  words: string,
  entities: readonly string[] = [],
  atStake: Readonly<Record<string, string>> = {},
): ExpectedException => ({ failureClass, code, words, entities, atStake })
const found = (...exceptions: readonly ExpectedException[]): Expectation => ({ kind: 'found', exceptions })

/** Figures of the faults, in minor units: the planting and the list of what must be found read them here. */
export const PLANTED = {
  inactiveCostCentre: [1_240_000, 815_050, 329_999],
  closedPeriod: 4_173_000,
  unbalanced: { debit: 561_000, credit: 560_100 },
  unmapped: { TI01: 1_720_000, TI03: 995_000 },
  unknownCurrency: 3_000_000,
  wrongTrailer: 90_000,
  repeatedRecords: 40,
} as const

/** Every fault of the demonstration world, and what the product must say of it. A test asserts each, and that nothing else is reported. */
export const FAULTS: readonly PlantedFault[] = [
  {
    id: 'source-down',
    planted: 'The reporting system of Torvane closes every connection.',
    job: 'torvane-reporting-balances',
    expect: found(exception('technical_transient', 'source_unreachable', 'The source system cannot be reached')),
  },
  {
    id: 'throttled',
    planted: 'The CRM of Aldermoor answers 429 once and asks to wait a second.',
    job: 'aldermoor-customers',
    expect: { kind: 'recovers', code: 'source_throttled' },
  },
  {
    id: 'html-503',
    planted: 'The gateway of Torvane procurement answers 503 with a page of HTML once, in the middle of an extract.',
    job: 'torvane-suppliers',
    expect: { kind: 'recovers', code: 'source_unavailable' },
  },
  {
    id: 'expired-token',
    planted: 'The token for the warehouse of Aldermoor has expired.',
    job: 'aldermoor-warehouse-balances',
    expect: found(exception('technical_permanent', 'credential_refused', 'The source system refused our credential')),
  },
  {
    id: 'short-page',
    planted:
      'A page of the forecast of the United States has one line less than it should; count and sum are those of the whole.',
    job: 'aldermoor-forecast-us',
    expect: found(
      exception('control', 'claimed_count_differs', 'The source states 108 records, 107 arrived', ['AS03'], { '': '1' }),
      exception('control', 'claimed_amount_differs', 'The source states net -1535100.00', ['AS03'], { USD: '12500.00' }),
    ),
  },
  {
    id: 'count-off-by-one',
    planted: 'The ERP of Torvane states one journal line more for its European entities than it sends.',
    job: 'torvane-journals-europe',
    expect: found(
      exception('control', 'claimed_count_differs', 'The source states 7459 records, 7458 arrived', ['TI01', 'TI02', 'TI04'], {
        '': '1',
      }),
    ),
  },
  {
    id: 'amount-off-by-a-cent',
    planted: 'One invoice line of Aldermoor billing changed by 0.01 on its way; the stated sum did not.',
    job: 'aldermoor-billing-europe',
    expect: found(
      exception('control', 'claimed_amount_differs', 'The source states net -2264422.16', ['AS02', 'AS05'], { EUR: '-0.01' }),
    ),
  },
  {
    id: 'wrong-trailer',
    planted: 'The trailer of a plant file states 900.00 more debit than its rows have.',
    job: 'torvane-plant-movements',
    expect: found(
      exception('control', 'claimed_amount_differs', 'The source states debit 208878.60', ['TI02'], { EUR: '900.00' }),
    ),
  },
  {
    id: 'malformed-row',
    planted: 'A row of a bank file lost a cell.',
    job: 'torvane-bank',
    expect: found(exception('technical_permanent', 'file_malformed', 'The file cannot be read')),
  },
  {
    id: 'inactive-cost-centre',
    planted:
      'Three documents of Aldermoor Germany are posted to a cost centre that was closed. The warehouse has them: a sign-off waits.',
    job: 'aldermoor-journals-europe',
    expect: found(exception('business', 'member_inactive', 'Cost centre CC471 is inactive', ['AS02'], { EUR: '23850.49' })),
  },
  {
    id: 'unmapped-account',
    planted: 'Torvane procurement uses a category that is mapped to no account.',
    job: 'torvane-purchases',
    expect: found(
      exception('business', 'code_unmapped', 'Account COBALT is not known here', ['TI01', 'TI03'], {
        EUR: '17200.00',
        USD: '9950.00',
      }),
    ),
  },
  {
    id: 'closed-period',
    planted: 'A bill of Aldermoor UK is posted into a period that was closed months ago.',
    job: 'aldermoor-journals-uk',
    expect: found(exception('business', 'period_closed', 'Period 2026-06 is closed', ['AS01'], { GBP: '41730.00' })),
  },
  {
    id: 'unknown-currency',
    planted: 'A booking of Aldermoor Nordic is in the currency EUX, which does not exist.',
    job: 'aldermoor-bookings',
    expect: found(exception('business', 'currency_unknown', 'Currency EUX is unknown', ['AS05'], { EUX: '30000.00' })),
  },
  {
    id: 'unbalanced-journal',
    planted: 'A document of Torvane Distribution has 9.00 more debit than credit.',
    job: 'torvane-journals-americas',
    expect: found(exception('business', 'document_unbalanced', 'does not balance', ['TI06'], { USD: '5610.00' })),
  },
  {
    id: 'duplicate-delivery',
    planted: 'The ERP sends 40 journal lines of Aldermoor Japan twice in one answer.',
    job: 'aldermoor-journals-japan',
    expect: { kind: 'absorbed', figure: 'duplicate', records: PLANTED.repeatedRecords },
  },
  {
    id: 'repeated-file',
    planted: 'A plant file that was loaded comes again under another name.',
    job: 'torvane-plant-movements',
    expect: { kind: 'absorbed', figure: 'unchanged', records: 230 },
  },
  {
    id: 'late-feed',
    planted: 'The headcount plan of Torvane, due every Monday at six, has never come.',
    job: 'torvane-headcount',
    expect: found(exception('control', 'feed_missing', 'Headcount plan of Torvane has not arrived')),
  },
  {
    id: 'renamed-cost-centre',
    planted: 'Cost centre CC200 was renamed in the planning system of Aldermoor, and nowhere else.',
    job: 'aldermoor-planning-cost-centres',
    expect: found(exception('business', 'member_drift', 'CC200 is not the same in all systems')),
  },
]
