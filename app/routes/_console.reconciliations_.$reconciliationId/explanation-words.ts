import type { ExplanationType } from '#server/domain/reconciliation/state.ts'

export const EXPLANATION_WORDS: Readonly<Record<ExplanationType, string>> = {
  timing: 'Timing',
  mapping: 'Mapping or dimension',
  definition: 'Definition',
  transformation: 'Transformation',
  preliminary_versus_posted: 'Preliminary versus posted',
  fx: 'FX',
  error_in_source: 'Error in the source',
  other: 'Other',
}
