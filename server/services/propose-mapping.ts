import type { Queryable } from '#db/client.ts'
import { findDraftOf, findMemberCode, insertProposal, listEntriesOf } from '#db/queries/mappings.ts'
import { findSystem } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { minorDigitsOf } from '#server/domain/currency.ts'
import { Refusal } from '#server/domain/errors.ts'
import { DIMENSIONS, type Dimension, type MappedDimension } from '#server/domain/job.ts'
import { applyChange, type MappingChange } from '#server/domain/mapping/change.ts'
import { readChanges } from './change-list.ts'
import type { Context } from './context.ts'
import { entitiesOfChange } from './mapping-effect.ts'
import { perform } from './perform.ts'
import { expectReason } from './reason.ts'

export type ProposeMapping = {
  readonly system: string
  readonly change: MappingChange
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * A draft: nothing is mapped before somebody else approves it. Throws Refusal (reason_missing, system_not_found, and
 * mapping_refused with why: overlapping, unknown canonical member, another draft, no change).
 */
export async function proposeMapping(
  context: Pick<Context, 'db'>,
  { system: code, change, reason, actor, idempotencyKey }: ProposeMapping,
): Promise<{ proposalId: number }> {
  return perform(
    context,
    { name: 'proposeMapping', actor, reason, idempotencyKey, request: { system: code, change, reason } },
    async (tx) => {
      expectReason(reason)
      const system = await findSystem(tx, code)
      if (!system) throw new Refusal('system_not_found', code)
      const applied = applyChange(await listEntriesOf(tx, system.systemId, change), change)
      if ('refused' in applied) throw new Refusal('mapping_refused', applied.refused)
      await expectMeaningful(tx, change)
      const proposalId = await insertProposal(tx, {
        ...change,
        systemId: system.systemId,
        effectiveFrom: change.effectiveFrom || null,
        effectiveTo: change.effectiveTo || null,
        state: 'draft',
        proposedBy: actor.name,
        reason,
      })
      if (proposalId === null) {
        const draft = await findDraftOf(tx, system.systemId, change)
        const by = draft ? `proposal ${draft.proposalId} of ${draft.proposedBy}` : 'another proposal'
        throw new Refusal('mapping_refused', `${by} for ${change.sourceCode} waits to be decided`)
      }
      return {
        result: { proposalId },
        entities: await entitiesOfChange(tx, { systemId: system.systemId, change, actor }),
        audit: {
          action: 'mapping.proposed',
          objectType: 'mapping',
          objectId: code,
          after: { proposalId, ...change },
        },
      }
    },
  )
}

export type ProposedList = {
  readonly proposed: readonly number[]
  readonly refused: readonly { readonly row: number; readonly code: string; readonly why: string }[]
}

/**
 * A list, pasted or as a file (CSV, or the YAML of an export): each row a draft of its own; what is refused says why and
 * leaves the others alone. Throws Refusal (input_invalid) when it cannot be read as a list at all.
 */
export async function proposeMappings(
  context: Pick<Context, 'db'>,
  { system, text, reason, actor }: { system: string; text: string; reason: string; actor: Actor },
): Promise<ProposedList> {
  const rows = readChanges(text)
  const proposed: number[] = []
  const refused: { row: number; code: string; why: string }[] = []
  for (const { row, change } of rows) {
    if ('problem' in change) {
      refused.push({ row, code: '', why: change.problem })
      continue
    }
    try {
      proposed.push((await proposeMapping(context, { system, change, reason, actor })).proposalId)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'mapping_refused') throw error
      refused.push({ row, code: change.sourceCode, why: error.detail })
    }
  }
  return { proposed, refused }
}

const STATUSES = ['preliminary', 'posted', 'adjusted', 'approved']

/** Throws Refusal (mapping_refused) for a canonical code that means nothing here. */
export async function expectMeaningful(db: Queryable, { dimension, canonicalCode }: MappingChange): Promise<void> {
  if (canonicalCode === null) return
  const refuse = (why: string) => {
    throw new Refusal('mapping_refused', why)
  }
  if (dimension === 'currency' && minorDigitsOf(canonicalCode) === undefined)
    refuse(`${canonicalCode} is no currency of ISO 4217`)
  if (dimension === 'accounting_status' && !STATUSES.includes(canonicalCode))
    refuse(`an accounting status is one of ${STATUSES.join(', ')}`)
  if (!isMember(dimension)) return
  const { isKnown, hasMembers } = await findMemberCode(db, dimension, canonicalCode)
  if (hasMembers && !isKnown) refuse(`there is no ${dimension.replace('_', ' ')} ${canonicalCode}: load or add the member first`)
}

const isMember = (dimension: MappedDimension): dimension is Dimension => (DIMENSIONS as readonly string[]).includes(dimension)
