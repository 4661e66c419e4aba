import { counted } from '#app/routes/_console/words.ts'
import type { AgeBucket } from '#server/domain/age.ts'

/** Two queues, records and figures of the books first, and apart from them what nobody has understood yet. */
export const QUEUES = ['business', 'control', 'technical', 'unclassified'] as const
export type Queue = (typeof QUEUES)[number]
export type State = 'open' | 'ended' | 'closed' | 'all'
export type Counts = Readonly<Record<Queue, number>>

export const QUEUE_WORDS: Record<Queue, string> = {
  business: 'Business',
  control: 'Control',
  technical: 'Technical',
  unclassified: 'Unclassified',
}
/** Who acts on it. */
export const QUEUE_ACTS: Record<Queue, string> = {
  business: 'Finance operations act: records or loads wait for a decision or a correction.',
  control: 'Finance operations and IT act: figures do not agree, and the load is held.',
  technical: 'IT acts: a run could not go on.',
  unclassified: 'IT finds out what it is: nothing here is guessed, and nothing of it is published.',
}
export const OCCURRENCES: Record<Queue, string> = {
  business: 'Records',
  technical: 'Times',
  control: 'Claims',
  unclassified: 'Times',
}

export const AGE_WORDS: Record<AgeBucket, string> = {
  '0-1': '0–1 days',
  '2-5': '2–5 days',
  '6-10': '6–10 days',
  '11-30': '11–30 days',
  '31+': 'over 30 days',
}

/** One sentence: how things stand, each kind for itself. */
export function stateOf(counts: Counts, state: State): string {
  const words = QUEUES.filter((queue) => counts[queue] > 0).map((queue) => `${counts[queue]} ${QUEUE_WORDS[queue].toLowerCase()}`)
  const which = state === 'all' ? 'open, ended and fixed' : state === 'closed' ? 'fixed' : state
  return words.length === 0 ? `No ${which} exception.` : `${words.join(', ')}; ${which}, one a cause.`
}

/** 'There are 2 causes under Technical.', or null when there are none anywhere else. */
export function elsewhereWords(counts: Counts, queue: Queue): string | null {
  const others = QUEUES.filter((other) => other !== queue && counts[other] > 0)
  if (others.length === 0) return null
  return `There are ${others.map((other) => `${counted(counts[other], 'cause')} under ${QUEUE_WORDS[other]}`).join(', ')}.`
}
