import type { Certainty } from '#server/domain/certainty.ts'

const WORDS: Readonly<Record<Certainty, readonly [word: string, why: string]>> = {
  certified: ['certified', 'Every reconciliation defined for these figures stands certified'],
  preliminary: ['preliminary', 'Not every reconciliation of these figures stands certified'],
  not_reconciled: ['preliminary', 'Not reconciled: no reconciliation is defined for these figures, so nobody certifies them'],
}

/** A quiet word beside figures that nobody answers for yet. What is certified is silent, unless the place is about signatures. */
export function CertaintyMark({ certainty, always = false }: { certainty: Certainty; always?: boolean }) {
  if (certainty === 'certified' && !always) return null
  const [word, why] = WORDS[certainty]
  return (
    <span className="certainty" data-certainty={certainty} title={why}>
      {word}
    </span>
  )
}
