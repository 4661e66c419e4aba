import { findReconciliationDefinition, saveReconciliationDefinition } from '#db/queries/reconciliations.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import { requestHash } from '#server/platform/hash.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'

type ImportedReconciliation = {
  readonly kind: 'reconciliation'
  readonly name: string
  readonly version: number
  readonly change: 'new' | 'changed' | 'unchanged'
}

/** A new version of a reconciliation. What is certified keeps the version it was certified by until it moves. */
export async function importReconciliation(
  context: Context,
  definition: ReconciliationDefinition,
  actor: Actor,
): Promise<ImportedReconciliation> {
  return perform<ImportedReconciliation>(context, { name: 'importReconciliation', actor, request: definition }, async (tx) => {
    const name = definition.reconciliation
    const before = await findReconciliationDefinition(tx, name)
    const hash = requestHash(definition)
    if (before && requestHash(before.definition) === hash)
      return { result: { kind: 'reconciliation', name, version: before.version, change: 'unchanged' }, entities: [], audit: null }
    const version = await saveReconciliationDefinition(tx, { definition, hash, actor: actor.name, at: context.now(), before })
    return {
      result: { kind: 'reconciliation', name, version, change: before ? 'changed' : 'new' },
      // Whoever sees a part of what it compares decides nothing about the rest.
      entities: definition.entities ?? [],
      audit: {
        action: 'reconciliation.imported',
        objectType: 'reconciliation_definition',
        objectId: name,
        before: before && { version: before.version, definition: before.definition },
        after: { version, definition },
      },
    }
  })
}
