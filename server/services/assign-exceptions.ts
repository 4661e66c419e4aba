import type { Queryable } from '#db/client.ts'
import { listAssignable } from '#db/queries/triage.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { actsOn, isAtWork, mayMove, stateWith, type Team } from '#server/domain/triage.ts'
import type { Context } from './context.ts'
import { actOn, type Acted, type Decide, type Seen } from './triage/act-on.ts'

export type AssignExceptions = {
  readonly exceptions: readonly Seen[]
  /** Sign-in; null: nobody has it. */
  readonly assignee: string | null
  /** Left out: the team stays. */
  readonly team?: Team | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/** Gives exceptions to a person or a team, or back to nobody. Work that has begun goes on with the new person. Throws Refusal (person_not_found). */
export async function assignExceptions(
  context: Pick<Context, 'db'>,
  { exceptions, assignee, team, actor, idempotencyKey }: AssignExceptions,
): Promise<Acted> {
  const act = { name: 'assignException', event: 'assigned', actor, exceptions, idempotencyKey } as const
  return actOn(context, { ...act, request: { assignee, team } }, await assigning(context.db, assignee, team))
}

/** What becomes of each. Throws Refusal (person_not_found). */
export async function assigning(db: Queryable, assignee: string | null, team?: Team): Promise<Decide> {
  const person = assignee === null ? null : (await listAssignable(db)).find(({ signIn }) => signIn === assignee)
  if (person === undefined) throw new Refusal('person_not_found', `${assignee} may be given no exception`)
  return (row) => {
    if (person) {
      if (!actsOn(person.role, row.failureClass)) return `it is not for the role of ${person.name}`
      if (!row.entities.every((entity) => seesEntity(person, entity))) return `${person.name} does not see all of its entities`
    }
    if (row.assignee === assignee && (team ?? row.team) === row.team) return 'it is so already'
    const keepsOn = assignee !== null && isAtWork(row.state) && row.state !== 'open'
    const state = keepsOn ? row.state : stateWith(assignee)
    if (row.state !== state && !mayMove(row.state, state)) return `it is ${row.state}`
    return { assignee, team: team ?? row.team, state, waivedUntil: null }
  }
}
