import type { Queryable } from '#db/client.ts'
import { insertNotes, listAssignable } from '#db/queries/triage.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { mentionsIn } from '#server/domain/triage.ts'
import type { Context } from './context.ts'
import { actOn, type Acted, type Seen } from './triage/act-on.ts'

export const NOTE_CHARACTERS_MAX = 5_000

export type NoteExceptions = {
  readonly exceptions: readonly Pick<Seen, 'exceptionId'>[]
  readonly text: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/** A note beside exceptions; whoever it names with an @ finds it. Throws Refusal (input_invalid, person_not_found). */
export async function noteExceptions(
  context: Pick<Context, 'db'>,
  { exceptions, text: given, actor, idempotencyKey }: NoteExceptions,
): Promise<Acted> {
  const { text, mentions } = await expectNote(context.db, given)
  const act = {
    name: 'noteException',
    event: 'noted',
    actor,
    exceptions,
    request: { text },
    idempotencyKey,
    isAside: true,
  } as const
  return actOn(
    context,
    act,
    () => ({}),
    (tx, rows) =>
      insertNotes(
        tx,
        rows.map(({ exceptionId }) => exceptionId),
        { author: actor.name, text, mentions },
      ),
  )
}

/** The note as it is kept, and whom it names. Throws Refusal (input_invalid, person_not_found). */
export async function expectNote(db: Queryable, given: string): Promise<{ text: string; mentions: string[] }> {
  const text = given.trim()
  if (text === '' || text.length > NOTE_CHARACTERS_MAX)
    throw new Refusal('input_invalid', `a note has between 1 and ${NOTE_CHARACTERS_MAX} characters`)
  const mentions = mentionsIn(text)
  const known = mentions.length === 0 ? [] : (await listAssignable(db)).map(({ signIn }) => signIn.toLowerCase())
  const unknown = mentions.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Refusal('person_not_found', unknown.map((name) => `@${name}`).join(', '))
  return { text, mentions }
}
