import type { CorrectionOnScreen } from '#app/.server/reads.ts'
import { fieldWords } from '#server/domain/rules/catalogue.ts'

/** 'Cost centre is read as "CC2" instead of "CC9"'. */
export function correctionTitle({ field, found, corrected }: Pick<CorrectionOnScreen, 'field' | 'found' | 'corrected'>): string {
  return `${fieldCapital(field)} is read as “${corrected}” instead of ${found === '' ? 'nothing' : `“${found}”`}`
}

export const fieldCapital = (field: string): string => {
  const words = fieldWords(field)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** How it stands, in a sentence. */
export function correctionSentence(correction: CorrectionOnScreen): string {
  const { standing, proposedBy, decidedBy, decisionReason, withdrawnBy, withdrawnReason, lastRunId, says } = correction
  switch (standing) {
    case 'proposed':
      return `${proposedBy} proposed it. It moves money, so it applies once somebody else approves it.`
    case 'active':
      return lastRunId === null ? 'It applies when the record is read next.' : `Run ${lastRunId} applied it last.`
    case 'spent':
      return `Run ${lastRunId} read “${says}”: the source says something else by now, and that counts.`
    case 'refused':
      return `${decidedBy} refused it: ${decisionReason}`
    case 'withdrawn':
      return `${withdrawnBy} withdrew it: ${withdrawnReason}`
  }
}
