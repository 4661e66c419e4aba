import type { Queryable } from '#db/client.ts'
import { findCase, type CaseRow } from '#db/queries/exception-case.ts'
import { listAssignable, listEndings, listNotes, type AssignableRow, type EndingRow, type NoteRow } from '#db/queries/triage.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import type { FailureClass } from '#server/domain/errors.ts'
import { actsOn } from '#server/domain/triage.ts'

export type ExceptionCase = Omit<CaseRow, 'entities'> & {
  /** It concerns entities outside of the viewer's scope as well: what people wrote of it may tell of those, and is left out. */
  readonly isPartly: boolean
  readonly proposal: EndingRow | null
  readonly notes: readonly NoteRow[]
  /** Everybody a note may name; `mayHave`: the exception can be given to them. */
  readonly people: readonly (Pick<AssignableRow, 'signIn' | 'name' | 'role'> & { readonly mayHave: boolean })[]
}

export type CaseRequest = { readonly exceptionId: number; readonly failureClass: FailureClass; readonly actor: Actor }

/** What working on one exception needs, beyond what it is: for one the viewer was shown already. */
export async function readExceptionCase(
  db: Queryable,
  { exceptionId, failureClass, actor }: CaseRequest,
  now: Date,
): Promise<ExceptionCase> {
  const [row, endings, notes, people] = await Promise.all([
    findCase(db, exceptionId, now),
    listEndings(db, exceptionId),
    listNotes(db, exceptionId),
    listAssignable(db),
  ])
  const { entities, ...standing } = row!
  const isPartly = !entities.every((entity) => seesEntity(actor, entity))
  const proposal = endings.find(({ decision }) => decision === null) ?? null
  return {
    ...standing,
    isPartly,
    proposal: proposal && isPartly ? { ...proposal, reason: '' } : proposal,
    notes: isPartly ? [] : notes,
    people: people.map(({ signIn, name, role, entityScope }) => ({
      signIn,
      name,
      role,
      mayHave: actsOn(role, failureClass) && entities.every((entity) => seesEntity({ entityScope }, entity)),
    })),
  }
}
