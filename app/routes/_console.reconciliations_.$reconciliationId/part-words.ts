import type { ComparisonPart, ReconciliationView } from '#app/.server/reads.ts'
import { becauseWords } from '#server/domain/reconciliation/because-words.ts'

/** Between the parts of a key. */
const SEPARATOR = '\u001f'

export const keyWords = (key: string): string => key.split(SEPARATOR).filter(Boolean).join(' · ') || 'no key'

/** Why a part is there, in a sentence. */
export const whyWords = ({ because, side }: ComparisonPart, { sides }: ReconciliationView['definition']): string =>
  becauseWords(because, { first: sides[0]!.name, other: sides[side]!.name })
