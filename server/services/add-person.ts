import { hash } from '@node-rs/argon2'
import { insertPerson } from '#db/queries/people.ts'
import type { Actor, Role } from '#server/domain/actor.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

export type AddPerson = {
  readonly signIn: string
  readonly name: string
  readonly role: Role
  readonly entityScope: readonly string[]
  readonly password: string
  readonly actor: Actor
}

/** argon2id with OWASP's parameters: 19 MiB, two passes. A person who is there stays as they are. */
export async function addPerson(
  context: Pick<Context, 'db'>,
  { signIn, name, role, entityScope, password, actor }: AddPerson,
): Promise<{ isNew: boolean }> {
  const passwordHash = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
  return perform(context, { name: 'addPerson', actor, request: { signIn, name, role, entityScope } }, async (tx) => {
    const isNew = await insertPerson(tx, { signIn, name, role, entityScope: [...entityScope], passwordHash })
    return {
      result: { isNew },
      entities: [],
      audit: isNew
        ? { action: 'person.added', objectType: 'person', objectId: signIn, after: { name, role, entityScope } }
        : null,
    }
  })
}
