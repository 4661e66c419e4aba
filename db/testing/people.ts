import { listWaitingDefinitions } from '#db/queries/definition-proposals.ts'
import type { Actor } from '#server/domain/actor.ts'
import { decideDefinition } from '#server/services/reconcile/decide-definition.ts'
import type { TestDatabase } from './database.ts'

/** People who sign are known to the database, which holds their role and scope against what they sign. Nobody signs in as them. */
export async function addActors({ owner }: Pick<TestDatabase, 'owner'>, ...actors: readonly Actor[]): Promise<void> {
  for (const { name, role, entityScope } of actors)
    await owner`insert into people (sign_in, name, role, entity_scope, password_hash) values (${name}, ${name}, ${role}, ${[...entityScope]}, '')
      on conflict do nothing`
}

/** Whatever waits, by a controller of everything who is there for it. */
export async function approveDefinitions(world: Pick<TestDatabase, 'owner' | 'context'>): Promise<void> {
  const actor: Actor = { name: 'approver', role: 'controller', entityScope: ['*'] }
  await addActors(world, actor)
  for (const { proposalId } of await listWaitingDefinitions(world.context.db))
    await decideDefinition(world.context, { proposalId, isApproved: true, reason: 'for the test', actor })
}

/** As somebody who owns the database and switches its triggers off: what verifying must notice. */
export async function plant({ owner }: Pick<TestDatabase, 'owner'>, statement: string): Promise<void> {
  await owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx.unsafe(statement)
  })
}
