import { randomBytes } from 'node:crypto'
import { verify } from '@node-rs/argon2'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { deleteSession, findPerson, findSessionPerson, insertSession, type Person } from '#db/queries/people.ts'
import { listLentEntities, listStoodInFor } from '#db/queries/stand-ins.ts'
import type { Queryable } from '#db/client.ts'
import type { Actor } from '#server/domain/actor.ts'
import { sha256Hex } from '#server/platform/hash.ts'
import type { Context } from './context.ts'

const SESSION_HOURS = 12
/** Ten wrong passwords for a name, or thirty from an address, and it waits a quarter of an hour. */
const byName = new RateLimiterMemory({ points: 10, duration: 900 })
const byAddress = new RateLimiterMemory({ points: 30, duration: 900 })
/** Verified when the name is unknown, so that the answer takes as long. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo'

export type SignedIn = { readonly token: string; readonly expiresAt: Date }

/** Null for a wrong name or password (which of the two is not said); 'wait' after too many tries. */
export async function signIn(
  { db, now }: Context,
  { signIn: name, password, address }: { signIn: string; password: string; address: string },
): Promise<SignedIn | 'wait' | null> {
  const person = await findPerson(db, name)
  // Counted before it is looked at: a thousand at once are no more tries than a thousand in turn.
  if (!(await takesTry(byName, name))) return 'wait'
  if (!(await takesTry(byAddress, address))) {
    await byName.reward(name)
    return 'wait'
  }
  const isRight = await verify(person?.passwordHash ?? NOBODY, password).catch(() => false)
  if (!person || !isRight) return null
  await Promise.all([byName.delete(name), byAddress.reward(address)])
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now().getTime() + SESSION_HOURS * 3_600_000)
  await insertSession(db, sha256Hex(token), person.personId, expiresAt)
  return { token, expiresAt }
}

const takesTry = (limit: RateLimiterMemory, key: string): Promise<boolean> =>
  limit.consume(key).then(
    () => true,
    () => false,
  )

export const signOut = ({ db }: Context, token: string): Promise<void> => deleteSession(db, sha256Hex(token))

/** Who a session token belongs to; null when it is unknown or has expired. */
export async function whoIs({ db }: Context, token: string): Promise<SignedInPerson | null> {
  const person = await findSessionPerson(db, sha256Hex(token))
  return person ? { name: person.name, actor: await actorOf(db, person) } : null
}

export type SignedInPerson = { readonly name: string; readonly actor: Actor }

/** Their own entities, those of whom they stand in for now, and who that is. */
export async function actorOf(db: Queryable, { signIn: name, role, entityScope }: Person): Promise<Actor> {
  const [lent, standsInFor] = [await listLentEntities(db, name), await listStoodInFor(db, name)]
  const actor = { name, role, entityScope: [...new Set([...entityScope, ...lent])] }
  return standsInFor.length > 0 ? { ...actor, standsInFor } : actor
}
