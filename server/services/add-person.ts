import { hash } from '@node-rs/argon2'
import { insertPerson } from '#db/queries/people.ts'
import type { Actor, Role } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from './context.ts'
import { perform, refuseRole } from './perform.ts'

export type AddPerson = {
  readonly signIn: string
  readonly name: string
  readonly role: Role
  readonly entityScope: readonly string[]
  readonly password: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/** argon2id with OWASP's parameters: 19 MiB, two passes. */
export const hashPassword = (password: string): Promise<string> =>
  hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })

/** A person who is there stays as they are. Nobody gives more entities than they have. Throws Refusal (input_invalid). */
export async function addPerson(
  context: Pick<Context, 'db'>,
  { signIn, name, role, entityScope, password, actor, idempotencyKey }: AddPerson,
): Promise<{ isNew: boolean }> {
  // What acts by itself is named service:worker; nobody may look like it in the audit log.
  if (!/^[\w][\w.@+-]{0,63}$/.test(signIn)) throw new Refusal('input_invalid', 'a sign-in has letters, digits and . _ @ + -')
  refuseRole(actor, 'addPerson')
  const passwordHash = await hashPassword(password)
  const request = { signIn, name, role, entityScope }
  return perform(context, { name: 'addPerson', actor, request, idempotencyKey }, async (tx) => {
    const isNew = await insertPerson(tx, { signIn, name, role, entityScope: [...entityScope], passwordHash })
    return {
      result: { isNew },
      entities: entityScope,
      audit: isNew
        ? { action: 'person.added', objectType: 'person', objectId: signIn, after: { name, role, entityScope } }
        : null,
    }
  })
}
