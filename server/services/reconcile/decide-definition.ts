import { answerDefinitionProposal, lockDefinitionProposal } from '#db/queries/definition-proposals.ts'
import { findReconciliationDefinition, saveReconciliationDefinition } from '#db/queries/reconciliations.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import type { Context } from '../context.ts'
import { perform, refuseFirst } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { definitionAudit } from './import-reconciliation.ts'

export type DecideDefinition = {
  readonly proposalId: number
  readonly isApproved: boolean
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}
export type DecidedDefinition = { readonly name: string; readonly version: number | null }

/**
 * Puts a definition that loosens control into force, or declines it. By another controller than whoever proposed it, who sees every entity
 * that it compares or compared. Throws Refusal (reason_missing, proposal_not_found, proposal_decided, same_person, outside_entity_scope).
 */
export async function decideDefinition(
  context: Pick<Context, 'db' | 'now'>,
  { proposalId, isApproved, reason, actor, idempotencyKey }: DecideDefinition,
): Promise<DecidedDefinition> {
  expectReason(reason)
  const request = { proposalId, isApproved, reason }
  return perform<DecidedDefinition>(context, { name: 'decideDefinition', actor, reason, idempotencyKey, request }, async (tx) => {
    const found = await lockDefinitionProposal(tx, proposalId)
    if (!found) throw new Refusal('proposal_not_found', `${proposalId}`)
    const { name, baseVersion, definition, definitionHash: hash, loosens, proposedBy, answer, decidedBy } = found
    if (answer !== null) throw new Refusal('proposal_decided', decidedBy ? `${answer} by ${decidedBy}` : 'another took its place')
    refuseFirst(actor, proposedBy, 'proposed it')
    const before = await findReconciliationDefinition(tx, name)
    if ((before?.version ?? 0) !== baseVersion) throw new Refusal('proposal_decided', 'another version is in force by now')
    const entities = [...(before ? entitiesOf(before.definition) : []), ...entitiesOf(definition)]
    if (entities.some((entity) => !seesEntity(actor, entity))) throw new Refusal('outside_entity_scope')
    const at = context.now()
    await answerDefinitionProposal(tx, proposalId, {
      answer: isApproved ? 'approved' : 'declined',
      by: actor.name,
      at,
      reason: reason.trim(),
    })
    const version = isApproved
      ? await saveReconciliationDefinition(tx, { definition, hash, actor: proposedBy, at, before, proposalId })
      : null
    const action = `reconciliation.definition_${isApproved ? 'approved' : 'declined'}`
    return {
      result: { name, version },
      entities,
      audit: definitionAudit(action, name, before, {
        proposal: proposalId,
        proposedBy,
        loosens,
        ...(version !== null && { version, definition }),
      }),
    }
  })
}

/** Without a list it compares all there are. */
const entitiesOf = ({ entities }: ReconciliationDefinition): readonly string[] => entities ?? ['*']
