import type { FailureClass } from './errors.ts'
import type { Draft } from './exception.ts'
import { CONTROL_RULES, DELIVERY_RULES, sentence } from './rules/catalogue.ts'

export type DeliveryFacts = {
  readonly jobId: number
  readonly deliveryId: number
  /** The name the job gives its target. */
  readonly target: string
  readonly systemId: number
  readonly system: string
}

const subjectOf = ({ target, deliveryId, system }: DeliveryFacts) => ({ target, delivery: String(deliveryId), system })
const about = ({ jobId, target }: DeliveryFacts, kind: string, code: string) => [jobId, kind, code, 'target', target].join('|')

type Failed = {
  readonly failureClass: FailureClass
  readonly code: string
  readonly title: string
  readonly detail: string
}

/** The target does not answer: whatever job delivers to it, that is one cause. */
export const TARGET_DOWN: readonly string[] = [
  'target_unreachable',
  'target_timed_out',
  'target_unavailable',
  'target_answer_lost',
]

/** A technical failure of a delivery. About the target system where it does not answer; else about the job and its target. */
export function deliveryFailureDraft(of: DeliveryFacts, failed: Failed, entities: readonly string[]): Draft {
  const { failureClass, code, detail } = failed
  const draft = { failureClass, code, detail, title: `${failed.title}: ${of.system}`, entities, slices: [] }
  if (TARGET_DOWN.includes(code))
    return {
      ...draft,
      fingerprint: ['target', of.systemId, 'down'].join('|'),
      subject: { ...subjectOf(of), targetSystem: String(of.systemId) },
    }
  return { ...draft, fingerprint: about(of, 'technical', code), subject: subjectOf(of) }
}

type SliceBreak = {
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
  readonly count: number
  readonly debit: string
  readonly credit: string
}

/** Breaks are signed: what was read back minus what was delivered. */
export function deliveryDiffersDraft(of: DeliveryFacts, breaks: readonly SliceBreak[], slices: readonly string[]): Draft {
  const words = breaks
    .slice(0, 20)
    .map((b) => `${b.entity} ${b.period} ${b.version} ${b.currency}: ${b.count} records, debit ${b.debit}, credit ${b.credit}`)
  const detail = `read back minus delivered: ${words.join('; ')}`
  return { ...controlDraft(of, 'delivery_differs', slices, detail), entities: [...new Set(breaks.map(({ entity }) => entity))] }
}

/** `slices` are those it is about; a file that is there as another is about all it tells of. */
export const deliveryConflictDraft = (
  of: DeliveryFacts,
  detail: string,
  { entities, slices = [] }: { readonly entities: readonly string[]; readonly slices?: readonly string[] },
): Draft => ({ ...controlDraft(of, 'delivery_conflicts', slices, detail), entities })

function controlDraft(
  of: DeliveryFacts,
  code: 'delivery_differs' | 'delivery_conflicts',
  slices: readonly string[],
  detail: string,
): Draft {
  return {
    fingerprint: [about(of, 'control', code), ...slices].join('|'),
    failureClass: 'control',
    code,
    subject: subjectOf(of),
    title: sentence(CONTROL_RULES[code].title, { target: of.system }),
    detail,
    entities: [],
    slices,
  }
}

/** Documents the target would not take, by its own words for why. */
export function documentRefusedDraft(of: DeliveryFacts, refusal: string, documents: number, entities: readonly string[]): Draft {
  return businessDraft(of, 'delivery_document_refused', refusal, `${documents} documents of delivery ${of.deliveryId}`, entities)
}

export const writeBackDraft = (of: DeliveryFacts, problem: string, entities: readonly string[]): Draft =>
  businessDraft(of, 'write_back_refused', problem, `delivery ${of.deliveryId}: nothing was sent`, entities)

function businessDraft(
  of: DeliveryFacts,
  code: keyof typeof DELIVERY_RULES,
  value: string,
  detail: string,
  entities: readonly string[],
): Draft {
  return {
    fingerprint: [about(of, 'business', code), value].join('|'),
    failureClass: 'business',
    code,
    subject: { ...subjectOf(of), field: 'target', value },
    title: sentence(DELIVERY_RULES[code].title, { target: of.system, value }),
    detail,
    entities,
    slices: [],
  }
}
