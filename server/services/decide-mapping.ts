import type { Transaction } from '#db/client.ts'
import {
  decideProposal,
  findProposal,
  listEntriesOf,
  lockMapping,
  newestMappingVersion,
  saveMappingVersion,
  type Proposal,
} from '#db/queries/mappings.ts'
import { findSystemById } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { applyChange, type MappingChange } from '#server/domain/mapping/change.ts'
import type { ProposalState } from '#server/domain/mapping/proposal.ts'
import type { Context } from './context.ts'
import { entitiesOfChange } from './mapping-effect.ts'
import { perform, refuseFirst, type Done } from './perform.ts'
import { expectMeaningful } from './propose-mapping.ts'
import { expectReason } from './reason.ts'

export type DecideMapping = {
  readonly proposalId: number
  readonly decision: Exclude<ProposalState, 'draft'>
  /** A rejection needs one. */
  readonly reason?: string | undefined
  /** The version whose effect the person has seen: refused when the mapping has moved on. */
  readonly seenVersion?: number | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}
export type Decided = { readonly proposalId: number; readonly state: ProposalState; readonly version: number | null }

/**
 * Approves a draft, which makes the next version of its system's mapping, or rejects it. By another person than the one who
 * proposed it, whatever their role. Throws Refusal (proposal_not_found, proposal_decided, same_person, reason_missing,
 * mapping_moved, mapping_refused).
 */
export async function decideMapping(
  context: Pick<Context, 'db'>,
  { proposalId, decision, reason, seenVersion, actor, idempotencyKey }: DecideMapping,
): Promise<Decided> {
  const request = { proposalId, decision, reason }
  return perform<Decided>(context, { name: 'decideMapping', actor, reason, idempotencyKey, request }, async (tx) => {
    const found = await findProposal(tx, proposalId)
    if (!found) throw new Refusal('proposal_not_found', `${proposalId}`)
    await lockMapping(tx, found.systemId)
    const proposal = (await findProposal(tx, proposalId))!
    if (proposal.state !== 'draft') throw new Refusal('proposal_decided', `${proposal.state} by ${proposal.decidedBy}`)
    refuseFirst(actor, proposal.proposedBy, 'proposed it')
    if (decision === 'rejected') return reject(tx, proposal, reason, actor)
    return approve(tx, proposal, reason, seenVersion, actor)
  })
}

async function reject(tx: Transaction, proposal: Proposal, reason: string | undefined, actor: Actor): Promise<Done<Decided>> {
  expectReason(reason)
  const { proposalId, systemId } = proposal
  await decideProposal(tx, proposalId, { state: 'rejected', decidedBy: actor.name, decisionReason: reason, version: null })
  return {
    result: { proposalId, state: 'rejected', version: null },
    entities: [],
    audit: { action: 'mapping.rejected', objectType: 'mapping', objectId: await systemCode(tx, systemId), after: { proposalId } },
  }
}

async function approve(
  tx: Transaction,
  proposal: Proposal,
  reason: string | undefined,
  seenVersion: number | undefined,
  actor: Actor,
): Promise<Done<Decided>> {
  const { proposalId, systemId } = proposal
  const newest = await newestMappingVersion(tx, systemId)
  if (seenVersion !== undefined && seenVersion !== newest)
    throw new Refusal('mapping_moved', `you saw version ${seenVersion}, it is at ${newest}`)
  const change = changeOf(proposal)
  const applied = applyChange(await listEntriesOf(tx, systemId, change), change)
  if ('refused' in applied) throw new Refusal('mapping_refused', applied.refused)
  // Its member may have gone since it was proposed.
  await expectMeaningful(tx, change)
  const entities = await entitiesOfChange(tx, { systemId, change, actor })
  const version = newest + 1
  await decideProposal(tx, proposalId, { state: 'approved', decidedBy: actor.name, decisionReason: reason ?? null, version })
  await saveMappingVersion(tx, { systemId, version, proposalId, approvedBy: actor.name }, applied)
  return {
    result: { proposalId, state: 'approved', version },
    entities,
    audit: {
      action: 'mapping.approved',
      objectType: 'mapping',
      objectId: await systemCode(tx, systemId),
      before: { version: newest, entries: applied.closed },
      after: { version, entries: applied.opened, proposalId, proposedBy: proposal.proposedBy },
    },
  }
}

export const changeOf = ({ dimension, sourceCode, canonicalCode, effectiveFrom, effectiveTo }: Proposal): MappingChange => ({
  dimension,
  sourceCode,
  canonicalCode,
  effectiveFrom: effectiveFrom ?? '',
  effectiveTo: effectiveTo ?? '',
})

const systemCode = async (tx: Transaction, systemId: number) => (await findSystemById(tx, systemId))!.code
