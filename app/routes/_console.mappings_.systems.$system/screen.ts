import type { MappingView } from '#app/.server/reads.ts'
import type { Scope } from '#app/paths.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'

/** What the loader gives to every part of this screen. */
export type View = MappingView & {
  readonly search: {
    readonly q?: string | undefined
    readonly at?: number | undefined
    readonly since?: number | undefined
    readonly dimension?: string | undefined
    readonly code?: string | undefined
    readonly do?: 'propose' | 'list' | undefined
    readonly proposal?: number | undefined
  }
  /** Codes one may map to. */
  readonly choices: readonly { readonly code: string; readonly name: string }[]
  readonly scope: Scope
  readonly asOfPublication: number
  readonly me: string
  /** Why this person cannot; null where they can. */
  readonly reasons: { readonly propose: string | null; readonly decide: string | null }
  readonly key: string
}
export type DialogPart = { view: View; refusal: ReturnType<typeof useRefusal> }
