import type { CorrectionView } from '#app/.server/reads.ts'
import type { Scope } from '#app/paths.ts'
import type { CorrectionAction } from '#server/domain/correction.ts'

/** What the loader gives the parts of this screen. */
export type Screen = Pick<CorrectionView, 'correction' | 'readings'> & {
  readonly search: { readonly do?: CorrectionAction | undefined }
  /** Why an action is not to be had; null where it is. */
  readonly reasons: Readonly<Record<CorrectionAction, string | null>>
  readonly scope: Scope
  readonly key: string
}
