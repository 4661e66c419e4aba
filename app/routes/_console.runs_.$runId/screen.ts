import type { Scope } from '#app/paths.ts'
import type { RunAction } from '#server/domain/run.ts'
import type { EventKind } from '#server/domain/timeline.ts'
import type { RunScreen } from '#app/.server/reads.ts'

/** What the loader gives the parts of this screen. */
export type Screen = RunScreen & {
  readonly search: {
    readonly do?: RunAction | 'decide' | undefined
    readonly preview?: number | undefined
    readonly show: 'records' | 'debit' | 'credit' | 'net'
    readonly view?: 'timeline' | 'trace' | undefined
    readonly events?: EventKind | undefined
  }
  /** Why an action is not to be had; null where it is. */
  readonly reasons: Readonly<Record<RunAction | 'confirmReplay' | 'decideRollback', string | null>>
  readonly scope: Scope
  readonly key: string
}

export type RollbackPreview = NonNullable<Screen['rollbackPreview']>
