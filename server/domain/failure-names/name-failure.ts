import { HTTP, codeOfStatus } from './http.ts'
import { matchesPhrase } from './phrase.ts'
import { codeOfDatabase } from './postgresql.ts'
import { classOf, type FailureCode, type Said } from './said.ts'
import type { VendorNames } from './vendor-names.ts'
import { NAMES } from './vendors.ts'

/** A name IT gave to what a system says. A whole phrase or a code, of one system. */
export type KeptRule = {
  readonly ruleId: number
  readonly match: 'code' | 'phrase'
  readonly value: string
  readonly code: FailureCode
}

/**
 * The one place that names a failure by what a system said. Exact codes first, then whole sentences, then codes that tell only the kind,
 * then the status. Null: it has no name, and none is guessed.
 */
export function nameFailure(said: Said): FailureCode | null {
  const names = NAMES[said.vendor]
  const tables = names === HTTP ? [HTTP] : [names, HTTP]
  const exact = said.codes.flatMap((code) => lookUp(tables, 'codes', code) ?? databaseName(said, code) ?? [])
  if (exact.length > 0) return agreed(exact)
  const phrases = said.texts.flatMap((text) => phraseName(names, text) ?? [])
  if (phrases.length > 0) return agreed(phrases)
  const kinds = said.codes.flatMap((code) => lookUp(tables, 'kinds', code) ?? [])
  if (kinds.length > 0) return agreed(kinds)
  return said.status === null ? null : statusName(names, said.status, said)
}

/** What IT said it is, of this system: asked only where there is no name of our own. */
export const ruleFor = (said: Said, rules: readonly KeptRule[]): KeptRule | null =>
  rules.find((rule) => matchesRule(rule, said)) ?? null

export const matchesRule = ({ match, value }: Pick<KeptRule, 'match' | 'value'>, { codes, texts }: Said): boolean =>
  match === 'code' ? codes.includes(value) : texts.some((text) => matchesPhrase(value, text))

/** Several at once that do not even agree on who acts: nobody knows which of them stopped it. */
function agreed(found: readonly FailureCode[]): FailureCode | null {
  const classes = new Set(found.map((code) => classOf(code)))
  return classes.size === 1 ? found[0]! : null
}

function lookUp(tables: readonly VendorNames[], where: 'codes' | 'kinds', code: string): FailureCode | null {
  for (const { facts } of tables) {
    for (const group of facts) {
      const of = group[where]
      if (of && Object.hasOwn(of, code)) return of[code]!
    }
  }
  return null
}

const databaseName = ({ vendor }: Said, code: string): FailureCode | null =>
  vendor === 'postgresql' ? codeOfDatabase(code) : null

function phraseName({ facts }: VendorNames, text: string): FailureCode | null {
  for (const { phrases = {} } of facts) {
    for (const [phrase, name] of Object.entries(phrases)) if (matchesPhrase(phrase, text)) return name
  }
  return null
}

function statusName(names: VendorNames, status: number, { codes, texts }: Said): FailureCode | null {
  const hasWords = codes.length + texts.length > 0
  if (hasWords && names.opaque.includes(status)) return null
  const own = names.statuses?.[status]
  return own ?? codeOfStatus(status)
}
