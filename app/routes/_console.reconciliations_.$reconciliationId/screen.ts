import type { ReconciliationView } from '#app/.server/reads.ts'
import type { ReconciliationSearch, Scope } from '#app/paths.ts'
import type { SignIntent } from './intents.ts'

/** What the loader gives the parts of this screen. */
export type Screen = ReconciliationView & {
  readonly search: ReconciliationSearch
  /** Why an act is not to be had; null where it is. */
  readonly reasons: Readonly<Record<SignIntent | 'explain' | 'compare', string | null>>
  readonly scope: Scope
  readonly key: string
}
