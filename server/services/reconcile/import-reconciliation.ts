import type { Transaction } from '#db/client.ts'
import {
  insertDefinitionProposal,
  listWaitingDefinitions,
  supersedeDefinitionProposals,
  whatLoosens,
} from '#db/queries/definition-proposals.ts'
import { findReconciliationDefinition, saveReconciliationDefinition, type KnownDefinition } from '#db/queries/reconciliations.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import { requestHash } from '#server/platform/hash.ts'
import type { Context } from '../context.ts'
import { perform, type Done } from '../perform.ts'

export type ImportedReconciliation = {
  readonly kind: 'reconciliation'
  readonly name: string
  /** The one in force; null: none is yet. */
  readonly version: number | null
  readonly change: 'new' | 'changed' | 'unchanged' | 'proposed'
  /** What waits for a second person, and the settings that loosen. */
  readonly proposal?: { readonly proposalId: number; readonly loosens: readonly string[] }
}

/**
 * A new version of a reconciliation. One that loosens control waits for a second person. What is certified keeps the version it was
 * certified by until it moves.
 */
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
    const loosens = await whatLoosens(tx, definition)
    if (loosens.length > 0) return propose(tx, { definition, before, hash, loosens, by: actor.name, at: context.now() })
    await supersedeDefinitionProposals(tx, name)
    const version = await saveReconciliationDefinition(tx, { definition, hash, actor: actor.name, at: context.now(), before })
    return {
      result: { kind: 'reconciliation', name, version, change: before ? 'changed' : 'new' },
      // Whoever sees a part of what it compares decides nothing about the rest.
      entities: definition.entities ?? [],
      audit: definitionAudit('reconciliation.imported', name, before, { version, definition }),
    }
  })
}

type Proposed = {
  readonly definition: ReconciliationDefinition
  readonly before: KnownDefinition | null
  readonly hash: string
  readonly loosens: readonly string[]
  readonly by: string
  readonly at: Date
}

/** The same again is the proposal that waits already; another one takes its place. */
async function propose(
  tx: Transaction,
  { definition, before, hash, loosens, by, at }: Proposed,
): Promise<Done<ImportedReconciliation>> {
  const name = definition.reconciliation
  const baseVersion = before?.version ?? 0
  const result = (proposalId: number): ImportedReconciliation => ({
    kind: 'reconciliation',
    name,
    version: before?.version ?? null,
    change: 'proposed',
    proposal: { proposalId, loosens },
  })
  const entities = definition.entities ?? []
  const waiting = (await listWaitingDefinitions(tx)).find((one) => one.name === name)
  if (waiting?.definitionHash === hash && waiting.baseVersion === baseVersion)
    return { result: result(waiting.proposalId), entities, audit: null }
  await supersedeDefinitionProposals(tx, name)
  const proposalId = await insertDefinitionProposal(tx, {
    name,
    baseVersion,
    definition,
    definitionHash: hash,
    loosens: [...loosens],
    proposedBy: by,
    proposedAt: at,
  })
  const audit = definitionAudit('reconciliation.definition_proposed', name, before, { proposal: proposalId, loosens, definition })
  return { result: result(proposalId), entities, audit }
}

export const definitionAudit = (action: string, name: string, before: KnownDefinition | null, after: object) => ({
  action,
  objectType: 'reconciliation_definition',
  objectId: name,
  before: before && { version: before.version, definition: before.definition },
  after,
})
