import type { FailureClass } from './errors.ts'
import { phraseOf } from './failure-names/phrase.ts'
import type { Said } from './failure-names/said.ts'
import { subtractDecimals } from './money.ts'
import { BUSINESS_RULES, CONTROL_RULES, fieldWords, sentence, type BusinessCode, type ControlCode } from './rules/catalogue.ts'

/** An exception before it is kept: one a cause. The fingerprint is what makes two failures the same cause. */
export type Draft = {
  readonly fingerprint: string
  readonly failureClass: FailureClass
  readonly code: string
  readonly subject: Readonly<Record<string, string>>
  readonly title: string
  readonly detail: string
  readonly entities: readonly string[]
  readonly slices: readonly string[]
}

type Cause = { code: string; field: string; value: string; detail: string; entities: string[]; collapsed: boolean }

export function businessDraft(jobId: number, cause: Cause): Draft {
  const rule = BUSINESS_RULES[cause.code as BusinessCode]
  const facts = { field: fieldWords(cause.field), value: cause.value || '(many)' }
  return {
    fingerprint: [jobId, 'business', cause.code, cause.field, cause.value].join('|'),
    failureClass: 'business',
    code: cause.code,
    subject: { field: cause.field, value: cause.value },
    title: sentence(rule.title, cause.value === '' ? { ...facts, value: '' } : facts)
      .replace(/ {2,}/g, ' ')
      .trim(),
    detail: cause.collapsed
      ? 'More than 200 different values fail here: look at the column rather than at the values.'
      : cause.detail,
    entities: cause.entities,
    slices: [],
  }
}

type BrokenClaim = {
  kind: string
  measure: string
  subject: string
  currency: string | null
  stated_as: string
  claimed: string
  found: string
  opening: string | null
  difference: string
}

/** difference = stated minus found, in units of the claim's currency. */
export function claimDraft(jobId: number, claim: BrokenClaim, slices: readonly string[]): Draft {
  const entities = [...new Set(slices.map((slice) => slice.split(' ')[1]!).filter(Boolean))]
  if (claim.kind === 'roll_forward') {
    const movement = subtractDecimals(claim.found, claim.opening ?? '0')
    const facts = { account: claim.subject, opening: claim.opening ?? '0', movement, closing: claim.claimed }
    return {
      ...controlDraft(jobId, 'balance_does_not_roll_forward', facts, slices, entities),
      fingerprint: [jobId, 'control', 'balance_does_not_roll_forward', claim.subject, ...slices].join('|'),
      subject: { measure: 'closing', account: claim.subject },
      detail: `${claim.stated_as}: stated closing ${claim.claimed} minus (opening ${facts.opening} plus movement ${movement}) is ${claim.difference}${claim.currency ? ` ${claim.currency}` : ''}`,
    }
  }
  if (claim.kind === 'balance') {
    const facts = {
      subject: claim.subject,
      measure: MEASURE_WORDS[claim.measure] ?? claim.measure,
      claimed: claim.claimed,
      found: claim.found,
    }
    return {
      ...controlDraft(jobId, 'statement_does_not_tie', facts, slices, entities),
      fingerprint: [jobId, 'control', 'statement_does_not_tie', claim.measure, claim.subject].join('|'),
      subject: { measure: claim.measure, account: claim.subject },
      detail: `${claim.subject}, ${claim.stated_as}: stated ${facts.measure} ${claim.claimed}, found ${claim.found} (${claim.opening} beside the entries), a difference of ${claim.difference}${claim.currency ? ` ${claim.currency}` : ''}`,
    }
  }
  const isCount = claim.measure === 'records' || claim.measure === 'documents'
  const code = isCount ? 'claimed_count_differs' : 'claimed_amount_differs'
  const facts = { measure: claim.measure, claimed: claim.claimed, found: claim.found }
  return {
    ...controlDraft(jobId, code, facts, slices, entities),
    fingerprint: [jobId, 'control', code, claim.measure, ...slices].join('|'),
    subject: { measure: claim.measure },
    detail: `${claim.stated_as} states ${claim.measure} ${claim.claimed}${claim.currency ? ` ${claim.currency}` : ''}, the records have ${claim.found}: a difference of ${claim.difference}`,
  }
}

/** What a bank states, as people say it. */
export const MEASURE_WORDS: Readonly<Record<string, string>> = {
  closing: 'closing balance',
  net: 'net of entries',
  in: 'money in',
  out: 'money out',
  gross: 'sum of amounts',
  records: 'number of records',
  records_in: 'number of credits',
  records_out: 'number of debits',
  parts: 'number of parts',
}

type ConservationBreak = {
  object_type: string
  entity: string
  period: string
  version: string
  currency: string
  count_difference: number
  debit_difference: string
  credit_difference: string
}

export function conservationDraft(jobId: number, breaks: readonly ConservationBreak[], slices: readonly string[]): Draft {
  const worst = breaks
    .slice(0, 20)
    .map(
      (b) =>
        `${b.object_type} ${b.entity} ${b.period} ${b.version} ${b.currency}: ${b.count_difference} records, debit ${b.debit_difference}, credit ${b.credit_difference}`,
    )
  return {
    ...controlDraft(jobId, 'conservation_broken', {}, slices, [...new Set(breaks.map((b) => b.entity))]),
    detail: `extracted minus accounted for: ${worst.join('; ')}`,
  }
}

/** A run asked for by somebody who may not change all of what it brings. */
export function scopeDraft(jobId: number, actor: string, entities: readonly string[], slices: readonly string[]): Draft {
  const facts = { actor, entities: entities.join(', ') }
  return {
    ...controlDraft(jobId, 'outside_entity_scope', facts, slices, entities),
    detail: `${facts.entities}, asked for by ${actor}`,
  }
}

/** Everything was down when a job was due, and its policy leaves it to a person. One a job. */
export function missedTickDraft(jobId: number, job: string, due: string): Draft {
  return {
    ...controlDraft(jobId, 'tick_missed', { job, due }, [], []),
    subject: { due },
    detail: `${job} was due at ${due}; no scheduler was up at that time, so nothing was started.`,
  }
}

/** The system does not answer: whatever job asks it, that is one cause. */
export const SYSTEM_DOWN: readonly string[] = ['source_unreachable', 'source_timed_out', 'source_unavailable']

type FailedJob = { readonly jobId: number; readonly job: string; readonly systemId: number; readonly system: string }
type FailureFacts = {
  readonly failureClass: FailureClass
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly said?: Said | undefined
}

/** What ended a run. About a file, where it is named; about the system, where it does not answer; else about the job. */
export function failureDraft(
  { jobId, job, systemId, system }: FailedJob,
  { failureClass, code, title, detail, said }: FailureFacts,
  file: string | null,
): Draft {
  const draft = { failureClass, code, title, detail, entities: [], slices: [] }
  if (SYSTEM_DOWN.includes(code)) {
    const fingerprint = ['system', systemId, 'down'].join('|')
    return { ...draft, fingerprint, title: `${title}: ${system}`, subject: { system, jobs: job } }
  }
  const fingerprint = failureFingerprint(jobId, { failureClass, code, detail, said }, file)
  return { ...draft, fingerprint, subject: file === null ? {} : { file } }
}

/** Two things without a name are the same where they say the same: else the second would get the name of the first. */
export function failureFingerprint(
  jobId: number,
  { failureClass, code, detail, said }: Omit<FailureFacts, 'title'>,
  file: string | null,
): string {
  const kind = failureClass.startsWith('technical') ? 'technical' : failureClass
  const { codes, texts } = said ?? { codes: [], texts: [detail] }
  const shape = [...codes, ...texts.map((text) => phraseOf(text))].join(' ').slice(0, SHAPE_MAX_CHARACTERS)
  const words = failureClass === 'unclassified' ? [shape] : []
  return [jobId, kind, code, file ?? '', ...words].join('|')
}
const SHAPE_MAX_CHARACTERS = 500

function controlDraft(
  jobId: number,
  code: ControlCode,
  facts: Readonly<Record<string, string>>,
  slices: readonly string[],
  entities: readonly string[],
): Draft {
  return {
    fingerprint: [jobId, 'control', code, ...slices].join('|'),
    failureClass: 'control',
    code,
    subject: {},
    title: sentence(CONTROL_RULES[code].title, facts),
    detail: '',
    entities,
    slices,
  }
}
