import type { DefinitionProposalView } from '#app/.server/reads.ts'
import type { Scope } from '#app/paths.ts'

export const ACTS = ['approve', 'decline'] as const
export type Act = (typeof ACTS)[number]

/** What the loader gives the parts of this screen. */
export type Screen = DefinitionProposalView & {
  readonly search: { readonly do?: Act | undefined }
  /** Why neither is to be had; null where both are. */
  readonly against: string | null
  readonly scope: Scope
  readonly key: string
}
