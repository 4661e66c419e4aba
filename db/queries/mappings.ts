import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Dimension } from '#server/domain/job.ts'
import type { AppliedChange, KeptEntry } from '#server/domain/mapping/change.ts'
import type { MappingEntry } from '#server/domain/mapping/code-mapping.ts'
import type { ProposalState } from '#server/domain/mapping/proposal.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable, Transaction } from '../client.ts'
import { mappingEntries, mappingProposals, mappingVersions } from '../schema/mappings.ts'

/** What a system's mapping translates at a version; version 0 translates nothing. */
export async function readMapping(db: Queryable, systemId: number, version: number): Promise<MappingEntry[]> {
  const rows = await db.execute<MappingEntry>(sql`
    select dimension, source_code as "sourceCode", canonical_code as "canonicalCode",
      coalesce(effective_from::text, '') as "effectiveFrom", coalesce(effective_to::text, '') as "effectiveTo"
    from mapping_entries where system_id = ${systemId} and ${inForceAt(version)} order by entry_id`)
  return [...rows]
}

export const inForceAt = (version: number) =>
  sql`from_version <= ${version} and (until_version is null or until_version > ${version})`

/** 0 before anything was approved. */
export async function newestMappingVersion(db: Queryable, systemId: number): Promise<number> {
  const [row] = await db.execute<{ version: number }>(
    sql`select coalesce(max(version), 0)::int as version from mapping_versions where system_id = ${systemId}`,
  )
  return row!.version
}

/** Entries of one source code in force now. */
export async function listEntriesOf(
  db: Queryable,
  systemId: number,
  of: Pick<MappingEntry, 'dimension' | 'sourceCode'>,
): Promise<KeptEntry[]> {
  const rows = await db.execute<KeptEntry>(sql`
    select entry_id as "entryId", dimension, source_code as "sourceCode", canonical_code as "canonicalCode",
      coalesce(effective_from::text, '') as "effectiveFrom", coalesce(effective_to::text, '') as "effectiveTo"
    from mapping_entries where system_id = ${systemId} and dimension = ${of.dimension} and source_code = ${of.sourceCode} and until_version is null
    order by effective_from nulls first, entry_id`)
  return [...rows]
}

/** One change of a system's mapping at a time: versions are numbered in the order in which they are approved. */
export async function lockMapping(tx: Transaction, systemId: number): Promise<void> {
  await tx.execute(sql`select 1 from systems where system_id = ${systemId} for no key update`)
}

export type Proposal = typeof mappingProposals.$inferSelect
export type NewProposal = typeof mappingProposals.$inferInsert

/** Null when another draft for the same code waits. */
export async function insertProposal(tx: Transaction, proposal: NewProposal): Promise<number | null> {
  const [row] = await tx
    .insert(mappingProposals)
    .values(proposal)
    .onConflictDoNothing()
    .returning({ proposalId: mappingProposals.proposalId })
  return row?.proposalId ?? null
}

export async function findDraftOf(
  db: Queryable,
  systemId: number,
  of: Pick<MappingEntry, 'dimension' | 'sourceCode'>,
): Promise<Proposal | null> {
  const { systemId: system, dimension, sourceCode, state } = mappingProposals
  const [row] = await db
    .select()
    .from(mappingProposals)
    .where(and(eq(system, systemId), eq(dimension, of.dimension), eq(sourceCode, of.sourceCode), eq(state, 'draft')))
  return row ?? null
}

export async function findProposal(db: Queryable, proposalId: number): Promise<Proposal | null> {
  const [row] = await db.select().from(mappingProposals).where(eq(mappingProposals.proposalId, proposalId))
  return row ?? null
}

export type Decision = {
  readonly state: Exclude<ProposalState, 'draft'>
  readonly decidedBy: string
  readonly decisionReason: string | null
  readonly version: number | null
}

/** False when somebody else decided it first. */
export async function decideProposal(tx: Transaction, proposalId: number, decision: Decision): Promise<boolean> {
  const rows = await tx
    .update(mappingProposals)
    .set({ ...decision, decidedAt: sql`now()` })
    .where(and(eq(mappingProposals.proposalId, proposalId), eq(mappingProposals.state, 'draft')))
    .returning({ proposalId: mappingProposals.proposalId })
  return rows.length > 0
}

/** The next version of a system's mapping: some entries end with it, others begin. */
export async function saveMappingVersion(
  tx: Transaction,
  { systemId, version, proposalId, approvedBy }: { systemId: number; version: number; proposalId: number; approvedBy: string },
  { closed, opened }: AppliedChange,
): Promise<void> {
  await tx.insert(mappingVersions).values({ systemId, version, proposalId, approvedBy })
  if (closed.length > 0) {
    const ids = closed.map((entry) => entry.entryId)
    await tx.update(mappingEntries).set({ untilVersion: version }).where(inArray(mappingEntries.entryId, ids))
  }
  if (opened.length > 0) {
    await tx.insert(mappingEntries).values(
      opened.map(({ effectiveFrom, effectiveTo, ...entry }) => ({
        ...entry,
        systemId,
        effectiveFrom: effectiveFrom || null,
        effectiveTo: effectiveTo || null,
        fromVersion: version,
      })),
    )
  }
}

/** Whether the code is a current member of the dimension, and whether any is: where nothing is loaded nothing can be unknown. */
export async function findMemberCode(
  db: Queryable,
  dimension: Dimension,
  code: string,
): Promise<{ isKnown: boolean; hasMembers: boolean }> {
  const current = sql`dimension in ${objectTypesOf(dimension)} and loaded_at_pub is not null and superseded_at_pub is null`
  const [row] = await db.execute<{ isKnown: boolean; hasMembers: boolean }>(sql`
    select exists (select from members where ${current} and code = ${code}) as "isKnown", exists (select from members where ${current}) as "hasMembers"`)
  return row!
}

/** Suppliers and customers are both counterparties of a line. */
export const objectTypesOf = (dimension: Dimension): readonly ObjectType[] =>
  dimension === 'counterparty' ? ['supplier', 'customer'] : [dimension]

/** Other source codes of the system that stand for one of these codes now. */
export async function listSharers(
  db: Queryable,
  systemId: number,
  of: Pick<MappingEntry, 'dimension' | 'sourceCode'>,
  codes: readonly string[],
): Promise<string[]> {
  if (codes.length === 0) return []
  const rows = await db.execute<{ code: string }>(sql`
    select distinct source_code as code from mapping_entries where system_id = ${systemId} and dimension = ${of.dimension}
      and source_code <> ${of.sourceCode} and canonical_code in ${codes} and until_version is null order by 1 limit 20`)
  return rows.map(({ code }) => code)
}
