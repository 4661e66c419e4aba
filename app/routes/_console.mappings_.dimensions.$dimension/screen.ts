import type { DimensionView } from '#app/.server/reads.ts'
import type { Scope } from '#app/paths.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'

type MemberName = { readonly entity: string; readonly code: string }

/** What the loader gives to every part of this screen. */
export type View = DimensionView & {
  readonly search: {
    readonly q?: string | undefined
    readonly system?: string | undefined
    readonly show?: 'drift' | 'by-hand' | 'inactive' | undefined
    readonly member?: MemberName | undefined
    readonly after?: MemberName | undefined
    readonly do?: 'correct' | undefined
  }
  readonly scope: Scope
  readonly isPast: boolean
  readonly asOfPublication: number
  /** Why this person cannot correct a member; null where they can. */
  readonly against: string | null
  readonly key: string
}
export type Refusal = ReturnType<typeof useRefusal>

/** As it stands in an address. */
export const memberKey = ({ entity, code }: MemberName) => `${entity}|${code}`
