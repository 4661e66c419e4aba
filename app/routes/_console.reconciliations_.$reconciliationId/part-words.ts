import type { ComparisonPart, ReconciliationView } from '#app/.server/reads.ts'

/** Between the parts of a key. */
const SEPARATOR = '\u001f'

export const keyWords = (key: string): string => key.split(SEPARATOR).filter(Boolean).join(' · ') || 'no key'

/** Why a part is there, in a sentence. */
export function becauseWords(part: ComparisonPart, { sides }: ReconciliationView['definition']): string {
  const [first, other] = [sides[0]!.name, sides[part.side]!.name]
  if (part.because.bounded) return 'More differs than is looked into line by line'
  if (part.keys < 0) return `${first} has it, ${other} does not`
  if (part.keys > 0) return `${other} has it, ${first} does not`
  return 'Both have it, with other amounts'
}
