import { sql } from 'drizzle-orm'
import type { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import type { Queryable, Transaction } from '../client.ts'
import { iso } from '../iso.ts'
import type { reconciliationProposals } from '../schema/reconciliation-definitions.ts'

export type DefinitionProposal = Pick<
  typeof reconciliationProposals.$inferSelect,
  | 'proposalId'
  | 'name'
  | 'baseVersion'
  | 'definition'
  | 'definitionHash'
  | 'loosens'
  | 'proposedBy'
  | 'answer'
  | 'decidedBy'
  | 'decisionReason'
> & { readonly proposedAt: string; readonly decidedAt: string | null }

const proposalRow = sql`p.proposal_id as "proposalId", p.name, p.base_version as "baseVersion", p.definition, p.definition_hash as "definitionHash", p.loosens,
  p.proposed_by as "proposedBy", ${iso(sql`p.proposed_at`)} as "proposedAt", p.answer, p.decided_by as "decidedBy", ${iso(sql`p.decided_at`)} as "decidedAt",
  p.decision_reason as "decisionReason"`

/** Paths of the settings that let more through than the version in force does: the database's own word, which holds each version against it. */
export async function whatLoosens(db: Queryable, definition: ReconciliationDefinition): Promise<string[]> {
  const [row] = await db.execute<{ loosens: string[] }>(sql`
    select what_loosens((select v.definition from reconciliation_definitions d join reconciliation_versions v on v.definition_id = d.definition_id and v.version = d.current_version
      where d.name = ${definition.reconciliation}), ${JSON.stringify(definition)}::jsonb) as loosens`)
  return row!.loosens
}

export async function insertDefinitionProposal(
  tx: Transaction,
  of: Omit<typeof reconciliationProposals.$inferInsert, 'answer' | 'decidedBy' | 'decidedAt' | 'decisionReason'>,
): Promise<number> {
  const [row] = await tx.execute<{ id: number }>(sql`
    insert into reconciliation_proposals (name, base_version, definition, definition_hash, loosens, proposed_by, proposed_at)
    select ${of.name}, ${of.baseVersion}, ${JSON.stringify(of.definition)}::jsonb, ${of.definitionHash}, array(select jsonb_array_elements_text(${JSON.stringify(of.loosens)}::jsonb)),
      ${of.proposedBy}, ${of.proposedAt.toISOString()} returning proposal_id as id`)
  return row!.id
}

/** What waits under this name is answered by what is asked now. */
export async function supersedeDefinitionProposals(tx: Transaction, name: string): Promise<void> {
  await tx.execute(sql`update reconciliation_proposals set answer = 'superseded' where name = ${name} and answer is null`)
}

/** Those that wait for a second person, by name. */
export async function listWaitingDefinitions(db: Queryable): Promise<DefinitionProposal[]> {
  const rows = await db.execute<DefinitionProposal>(
    sql`select ${proposalRow} from reconciliation_proposals p where p.answer is null order by p.name`,
  )
  return [...rows]
}

export async function findDefinitionProposal(db: Queryable, proposalId: number): Promise<DefinitionProposal | null> {
  const [row] = await db.execute<DefinitionProposal>(
    sql`select ${proposalRow} from reconciliation_proposals p where p.proposal_id = ${proposalId}`,
  )
  return row ?? null
}

/** Until the transaction ends nobody else decides. */
export async function lockDefinitionProposal(tx: Transaction, proposalId: number): Promise<DefinitionProposal | null> {
  const [row] = await tx.execute<DefinitionProposal>(
    sql`select ${proposalRow} from reconciliation_proposals p where p.proposal_id = ${proposalId} for update`,
  )
  return row ?? null
}

export async function answerDefinitionProposal(
  tx: Transaction,
  proposalId: number,
  { answer, by, at, reason }: { answer: 'approved' | 'declined'; by: string; at: Date; reason: string },
): Promise<void> {
  await tx.execute(sql`
    update reconciliation_proposals set answer = ${answer}, decided_by = ${by}, decided_at = ${at.toISOString()}, decision_reason = ${reason}
    where proposal_id = ${proposalId}`)
}
