/** What a difference is made of. The parts of a difference sum to it exactly, in records and in money. */
export const BUCKETS = [
  'cut_off_timing',
  'in_flight',
  'rejected',
  'mapping_and_scope',
  'fx_and_rounding',
  'duplicate',
  'manual_adjustment',
  'unexplained',
] as const
export type Bucket = (typeof BUCKETS)[number]

export const BUCKET_WORDS: Readonly<Record<Bucket, string>> = {
  cut_off_timing: 'Cut-off timing',
  in_flight: 'In flight',
  rejected: 'Rejected',
  mapping_and_scope: 'Mapping and scope',
  fx_and_rounding: 'FX and rounding',
  duplicate: 'Duplicate',
  manual_adjustment: 'Manual adjustment',
  unexplained: 'Unexplained',
}

/**
 * breaks: something is unexplained. ready: it ties, or every difference is explained. prepared, certified: signed, and nothing under it
 * moved since. A certification under which something moved is superseded; the reconciliation is breaks or ready again.
 */
export const RECONCILIATION_STATES = ['breaks', 'ready', 'prepared', 'certified'] as const
export type ReconciliationState = (typeof RECONCILIATION_STATES)[number]

/** What a person may say a break is. */
export const EXPLANATION_TYPES = [
  'timing',
  'mapping',
  'definition',
  'transformation',
  'preliminary_versus_posted',
  'fx',
  'error_in_source',
  'other',
] as const
export type ExplanationType = (typeof EXPLANATION_TYPES)[number]

export const SIGN_OFF_ACTS = ['prepared', 'certified', 'rejected'] as const
export type SignOffAct = (typeof SIGN_OFF_ACTS)[number]
