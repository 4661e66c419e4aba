import type { ClosePeriodView } from '#app/.server/reads.ts'
import type { Scope } from '#app/paths.ts'

/** What can be done with the period. */
export type Act = 'close' | 'soft_close' | 'reopen' | 'decide'

/** What the loader gives the parts of this screen. */
export type Screen = ClosePeriodView & {
  readonly search: { readonly do?: Act | undefined }
  /** Why an act is not to be had; null where it is. */
  readonly reasons: Readonly<Record<Act, string | null>>
  readonly scope: Pick<Scope, 'version'>
  readonly key: string
}
