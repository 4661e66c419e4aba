import { TECHNICAL_FAILURES, type FailureClass, type TechnicalCode } from '../errors.ts'
import { REFUSED_RULES, type RefusedCode } from '../rules/refused.ts'

/** Whose words a failure is in. `http`: nobody's own; only what every system means by a status. */
export const VENDORS = [
  'http',
  'postgresql',
  'node',
  'sap',
  'oracle',
  'netsuite',
  'dynamics',
  'workday',
  'anaplan',
  'adaptive',
  'coupa',
  'kinaxis',
  'salesforce',
  'stripe',
  'snowflake',
  'powerbi',
  'tryton',
  'sftp',
] as const
export type Vendor = (typeof VENDORS)[number]

/** What a system said when something failed, as it said it. */
export type Said = {
  readonly vendor: Vendor
  /** Of HTTP; null where there was none. */
  readonly status: number | null
  /** Its own codes, in its order. */
  readonly codes: readonly string[]
  readonly texts: readonly string[]
}

/** Every name a failure can get. The class follows from it, so the two never disagree. */
export type FailureCode = TechnicalCode | RefusedCode
export const isRefused = (code: FailureCode): code is RefusedCode => Object.hasOwn(REFUSED_RULES, code)
export const classOf = (code: FailureCode): FailureClass => (isRefused(code) ? 'business' : TECHNICAL_FAILURES[code].class)
export const titleOf = (code: FailureCode): string =>
  isRefused(code) ? REFUSED_RULES[code].title : TECHNICAL_FAILURES[code].title
export const FAILURE_CODES = [
  ...(Object.keys(REFUSED_RULES) as RefusedCode[]),
  ...(Object.keys(TECHNICAL_FAILURES) as TechnicalCode[]),
]

/** What IT may say that something is. That a worker died and that newer data stands is found out, not said; names of targets are of deliveries, which no rule is asked about. */
export const CLASSIFIABLE = FAILURE_CODES.filter(
  (code) => code !== 'worker_lost' && code !== 'newer_data_stands' && !code.startsWith('target_'),
)
