import type { Draft } from './exception.ts'
import { CONTROL_RULES, sentence, type ControlCode } from './rules/catalogue.ts'

export type StatementFinding = {
  readonly kind: 'missing' | 'page_missing' | 'number_twice' | 'opening_differs'
  readonly account: string
  readonly currency: string
  /** The statement before it. */
  readonly before: string
  readonly statement: string
  readonly sequenceBefore: string | null
  readonly sequence: string | null
  readonly page: number
  readonly closingBefore: string | null
  readonly opening: string | null
  /** Opening minus the closing before. */
  readonly difference: string | null
}

const CODES = {
  missing: 'statement_missing',
  page_missing: 'statement_missing',
  number_twice: 'statement_number_twice',
  opening_differs: 'statement_opening_differs',
} as const satisfies Record<StatementFinding['kind'], ControlCode>

/** More findings than this of one publication are shown as they come, and no further. */
export const FINDINGS_MAX = 200

export function findingDraft(bank: string, found: StatementFinding, entities: readonly string[]): Draft {
  const { kind, account, before, statement, sequence, sequenceBefore, page } = found
  const facts = { account, before, statement, number: sequence ?? '', what: missingWords(found) }
  return draftOf(bank, CODES[kind], [account, before, statement, `${page}`], facts, {
    subject: { account, statement },
    detail: [
      sequence === null ? '' : `number ${sequenceBefore ?? 'none'}, then ${sequence}`,
      found.closingBefore === null ? '' : `${before} closes at ${found.closingBefore} ${found.currency}`,
      found.opening === null ? '' : `${statement} opens at ${found.opening} ${found.currency}`,
      found.difference === null ? '' : `a difference of ${found.difference} ${found.currency}`,
    ]
      .filter(Boolean)
      .join('; '),
    entities,
  })
}

function missingWords({ kind, sequence, sequenceBefore, page }: StatementFinding): string {
  if (kind === 'page_missing') return `a page before page ${page}`
  const [from, to] = [Number(sequenceBefore) + 1, Number(sequence) - 1]
  if (!(from <= to)) return to >= 1 ? `number 1 to ${to} of the new year` : `what should follow number ${sequenceBefore}`
  return from === to ? `number ${from}` : `numbers ${from} to ${to}`
}

export function referenceDraft(
  bank: string,
  { account, reference, entries }: { account: string; reference: string; entries: readonly string[] },
  entities: readonly string[],
): Draft {
  return draftOf(
    bank,
    'bank_reference_twice',
    [account, reference],
    { account, reference },
    {
      subject: { account, reference },
      detail: `It stands in ${entries.join('; ')}`,
      entities,
    },
  )
}

export function alteredDraft(
  bank: string,
  { account, statement, page, before, now }: { account: string; statement: string; page: number; before: string; now: string },
  entities: readonly string[],
): Draft {
  return draftOf(
    bank,
    'statement_altered',
    [account, statement, `${page}`],
    { account, statement },
    {
      subject: { account, statement },
      detail: `Known: ${before}. Sent now: ${now}.`,
      entities,
    },
  )
}

/** `bank`: the system, so that two banks may have an account of one number. */
function draftOf(
  bank: string,
  code: ControlCode,
  named: readonly string[],
  facts: Readonly<Record<string, string>>,
  { subject, detail, entities }: Pick<Draft, 'detail' | 'entities'> & { readonly subject: Readonly<Record<string, string>> },
): Draft {
  return {
    fingerprint: ['bank', bank, code, ...named].join('|'),
    failureClass: 'control',
    code,
    subject: { bank, ...subject },
    title: sentence(CONTROL_RULES[code].title, facts),
    detail,
    entities,
    slices: [],
  }
}
