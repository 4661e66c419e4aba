import type { ErrorAnswer } from '#app/ui/error-answer.ts'
import { useAnswer } from './use-answer.ts'

type Refusal = ErrorAnswer & { readonly fields?: Readonly<Record<string, string>> }

/** Why the action of this screen was refused, if it was: for a notice, and `fields` for the fields of a form. */
export function useRefusal(): Refusal | null {
  return refusalIn(useAnswer<unknown>())
}

/** The same for the data of a fetcher. */
export function refusalIn(answer: unknown): Refusal | null {
  if (typeof answer !== 'object' || answer === null || !('refused' in answer)) return null
  return typeof answer.refused === 'object' ? (answer.refused as Refusal | null) : null
}
