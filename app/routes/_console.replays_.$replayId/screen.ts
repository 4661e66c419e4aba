import type { ReplayView } from '#app/.server/reads.ts'
import type { ReplaySearch, Scope } from '#app/paths.ts'
import type { Reasons } from './reasons-against.ts'

/** What the loader gives the parts of this screen. */
export type Screen = ReplayView & {
  readonly search: { readonly do?: ReplaySearch['do'] | undefined }
  /** Why an action is not to be had; null where it is. */
  readonly reasons: Reasons
  readonly scope: Scope
  readonly asOfPublication: number
  readonly key: string
}
