import type { CorrectionsOfException, ExceptionCase, ExceptionDetail, ExceptionHistory } from '#app/.server/reads.ts'
import type { ExceptionSearch, Scope } from '#app/paths.ts'
import type { Guide } from '#server/domain/runbook/guide.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'
import type { Reasons } from './reasons-against.ts'

export type RefusedAnswer = ReturnType<typeof useRefusal>

/** What the loader gives to every part of this screen. */
export type Screen = Omit<ExceptionDetail, 'waiting'> & {
  readonly case: ExceptionCase
  readonly history: ExceptionHistory
  readonly corrections: CorrectionsOfException
  /** Null for a code of a version that is gone. */
  readonly guide: Guide | null
  readonly search: {
    readonly do?: ExceptionSearch['do'] | undefined
    readonly ending?: ExceptionSearch['ending'] | undefined
    readonly by?: ExceptionSearch['by'] | undefined
  }
  readonly scope: Scope
  /** Sign-in of who looks. */
  readonly me: string
  readonly role: string
  /** Why this person cannot; null where they can. */
  readonly reasons: Reasons
  readonly key: string
}

/** The name of a person, or the sign-in of who has left. */
export const nameOf = ({ case: { people }, me }: Pick<Screen, 'case' | 'me'>, signIn: string): string =>
  signIn === me ? 'you' : (people.find((person) => person.signIn === signIn)?.name ?? signIn)
