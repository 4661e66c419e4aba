import type { ObjectType } from './record.ts'

export const STAGES = ['extract', 'validate', 'load', 'prove', 'publish'] as const
export type StageName = (typeof STAGES)[number]

export const RUN_TRIGGERS = ['manual', 'schedule', 'event', 'replay', 'rerun', 'rollback'] as const
export type RunTrigger = (typeof RUN_TRIGGERS)[number]

/** blocked: other jobs must publish first. waiting: a transient failure, tried again by itself at dueAt. rehearsed: a preview that ended. */
export const RUN_STATUSES = [
  'blocked',
  'queued',
  'running',
  'waiting',
  'succeeded',
  'held',
  'failed',
  'cancelled',
  'rehearsed',
] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

/** What may be asked of a run in which status; one table for services and for "why is this disabled". */
const ALLOWED = {
  restart: ['failed', 'cancelled'],
  replay: ['succeeded', 'held', 'failed', 'cancelled'],
  rollback: ['succeeded'],
  cancel: ['blocked', 'queued', 'running', 'waiting'],
} as const satisfies Record<string, readonly RunStatus[]>
export type RunAction = keyof typeof ALLOWED

export const runCan = (action: RunAction, status: RunStatus): boolean =>
  (ALLOWED[action] as readonly RunStatus[]).includes(status)

export const hasEnded = (status: RunStatus): boolean => !['blocked', 'queued', 'running', 'waiting'].includes(status)

/** How far a running run is. Amounts are of the records read so far, by currency; a run of an earlier program has none. */
export type RunProgress = {
  readonly stage: StageName
  readonly records: number
  readonly bytes: number
  readonly bytesTotal: number
  readonly amounts?: readonly { readonly currency: string; readonly debit: string; readonly credit: string }[]
}

/** Which rules a replay applies: those of the original run, or the job and reference data as they stand. */
export type ReplayRules = 'original' | 'current'

/**
 * Where control totals are taken. The five of CONSERVED sum to extracted and corrected, in records and in money. corrected: what was
 * judged minus what the source said, of the records that somebody corrected.
 */
export const CHECKPOINTS = [
  'claimed',
  'extracted',
  'corrected',
  'accepted',
  'rejected',
  'new',
  'changed',
  'unchanged',
  'duplicate',
  'loaded',
] as const
export type Checkpoint = (typeof CHECKPOINTS)[number]
export const CONSERVED = ['new', 'changed', 'unchanged', 'duplicate', 'rejected'] as const satisfies readonly Checkpoint[]

/** Amounts are decimal strings in units of the currency; net = debit - credit. */
export type ControlTotal = {
  readonly system?: string
  readonly objectType: ObjectType
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
  readonly checkpoint: Checkpoint
  readonly count: number
  readonly debit: string
  readonly credit: string
  readonly net: string
}

export type RecordCounts = Readonly<Record<(typeof CONSERVED)[number], number>> & { readonly removed: number }

/** Kept with an ended run for its sentence of state; every figure in it is a count of rows at that moment. */
export type RunOutcomeSummary = {
  /** What became of it; of a rehearsal, what would have. */
  readonly outcome: 'succeeded' | 'held' | 'failed'
  readonly lines: RecordCounts
  readonly members: RecordCounts
  readonly sentence: string
}

/** The one file of its folder that a run is of. */
export const fileOfSlice = (slice: string): string | null => (slice.startsWith('file:') ? slice.slice('file:'.length) : null)
