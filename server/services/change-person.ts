import { endSessions, findPersonForChange, savePerson, type Person, type PersonChange } from '#db/queries/people.ts'
import type { Actor, Role } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { hashPassword } from './add-person.ts'
import type { Context } from './context.ts'
import { perform, refuseRole } from './perform.ts'

export type ChangePerson = {
  readonly signIn: string
  /** What is left out stays. */
  readonly name?: string | undefined
  readonly role?: Role | undefined
  readonly entityScope?: readonly string[] | undefined
  readonly disabled?: boolean | undefined
  readonly password?: string | undefined
  /** Signs the person out everywhere; so do a new password and being disabled. */
  readonly endSessions?: boolean | undefined
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/** Shorter ones are guessed. */
export const PASSWORD_CHARS_MIN = 8

/**
 * Changes a person. Open sessions read role and scope anew with every request, so a change counts at once. Nobody changes their
 * own role, scope or access; somebody who may manage people is always left; nobody gives or takes entities they do not have.
 * Throws Refusal (person_not_found, own_role, last_admin, password_weak).
 */
export async function changePerson(
  context: Pick<Context, 'db' | 'now'>,
  { signIn, password, actor, reason, idempotencyKey, ...wanted }: ChangePerson,
): Promise<{ changed: boolean; sessionsEnded: number }> {
  if (password !== undefined && password.length < PASSWORD_CHARS_MIN)
    throw new Refusal('password_weak', `at least ${PASSWORD_CHARS_MIN} characters`)
  refuseRole(actor, 'changePerson')
  const passwordHash = password === undefined ? undefined : await hashPassword(password)
  // The password is no part of what is compared: what is kept for that is not made to withstand guessing.
  const request = { signIn, ...wanted, password: password !== undefined }
  return perform(context, { name: 'changePerson', actor, reason, request, idempotencyKey }, async (tx) => {
    const { person, admins } = await findPersonForChange(tx, signIn)
    if (!person) throw new Refusal('person_not_found', signIn)
    const change = changeOf(person, wanted, context.now())
    const isOwn = person.signIn === actor.name
    if (isOwn && (change.role || change.entityScope || change.disabledAt !== undefined)) throw new Refusal('own_role')
    const isLast = admins.length === 1 && admins[0]!.personId === person.personId
    if (isLast && (change.role || change.disabledAt)) throw new Refusal('last_admin', `${person.signIn} is the only one`)
    await savePerson(tx, person.personId, { ...change, ...(passwordHash && { passwordHash }) })
    const signsOut = wanted.endSessions || passwordHash !== undefined || Boolean(change.disabledAt)
    const sessionsEnded = signsOut ? await endSessions(tx, person.personId) : 0
    const before = factsOf(person)
    const after = factsOf({ ...person, ...change })
    const fields = (Object.keys(before) as (keyof typeof before)[]).filter(
      (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
    )
    const pick = (facts: typeof before) => Object.fromEntries(fields.map((field) => [field, facts[field]]))
    const changed = fields.length > 0 || passwordHash !== undefined
    return {
      result: { changed, sessionsEnded },
      entities: [...person.entityScope, ...(change.entityScope ?? [])],
      audit:
        changed || sessionsEnded > 0
          ? {
              action: 'person.changed',
              objectType: 'person',
              objectId: person.signIn,
              before: pick(before),
              after: { ...pick(after), ...(passwordHash && { password: 'set anew' }), ...(sessionsEnded && { sessionsEnded }) },
            }
          : null,
    }
  })
}

type Wanted = Pick<ChangePerson, 'name' | 'role' | 'entityScope' | 'disabled'>

/** Only what is another than before. */
function changeOf(person: Person, { name, role, entityScope, disabled }: Wanted, now: Date): PersonChange {
  const scope = entityScope && [...new Set(entityScope)].sort()
  return {
    ...(name !== undefined && name !== person.name && { name }),
    ...(role !== undefined && role !== person.role && { role }),
    ...(scope && scope.join() !== [...person.entityScope].sort().join() && { entityScope: scope }),
    ...(disabled === true && !person.disabledAt && { disabledAt: now }),
    ...(disabled === false && person.disabledAt && { disabledAt: null }),
  }
}

const factsOf = ({ name, role, entityScope, disabledAt }: Person) => ({ name, role, entityScope, disabled: disabledAt !== null })
