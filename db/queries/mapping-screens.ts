import { sql } from 'drizzle-orm'
import type { MappedDimension } from '#server/domain/job.ts'
import type { MappingEntry } from '#server/domain/mapping/code-mapping.ts'
import type { ProposalState } from '#server/domain/mapping/proposal.ts'
import { TOWER_SYSTEM } from '#server/domain/member-correction.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { inForceAt } from './mappings.ts'
import { inScope } from './totals.ts'

export type MappedSystem = {
  system: string
  name: string
  simulated: boolean
  version: number
  changedAt: string | null
  changedBy: string | null
  entries: number
  drafts: number
}

/** The systems that bring lines: each has a mapping, if only an empty one. */
export async function listMappedSystems(db: Queryable): Promise<MappedSystem[]> {
  const rows = await db.execute<MappedSystem>(sql`
    select s.code as system, s.name, s.simulated, coalesce(v.version, 0) as version, ${iso(sql`v.approved_at`)} as "changedAt", v.approved_by as "changedBy",
      (select count(*)::int from mapping_entries e where e.system_id = s.system_id and e.until_version is null) as entries,
      (select count(*)::int from mapping_proposals p where p.system_id = s.system_id and p.state = 'draft') as drafts
    from systems s left join lateral (select * from mapping_versions v where v.system_id = s.system_id order by version desc limit 1) v on true
    where s.code <> ${TOWER_SYSTEM} and exists (select from jobs j join job_versions d on d.job_id = j.job_id and d.version = j.current_version
      where j.system_id = s.system_id and d.definition->>'objectType' in ('journal_line', 'period_balance', 'budget_line'))
    order by s.name, s.code`)
  return [...rows]
}

export type UnmappedCode = {
  system: string
  systemName: string
  dimension: MappedDimension
  code: string
  records: number
  amounts: { currency: string; amount: string; records: number }[]
  entities: string[]
  firstSeenAt: string
  exceptionId: number
  draftId: number | null
  /** The proposal that mapped it since: what waits needs a replay only. */
  approvedId: number | null
}

/** Codes that nothing here knows, with the records that wait for them, the most records first. */
export async function listUnmappedCodes(
  db: Queryable,
  filter: { readonly system?: string | undefined; readonly dimension?: string | undefined; readonly scope: readonly string[] },
  limit: number,
): Promise<UnmappedCode[]> {
  const { system, dimension, scope } = filter
  const rows = await db.execute<UnmappedCode>(sql`
    with waiting as (
      select j.system_id, r.field as dimension, r.value as code, x.rejected_id, x.entity, x.currency, x.debit, x.credit, e.exception_id, e.opened_at
      from rejections r join exceptions e on e.exception_id = r.exception_id and e.closed_at is null
      join rejected_records x on x.rejected_id = r.rejected_id join jobs j on j.job_id = e.job_id join systems s on s.system_id = j.system_id
      where r.code = 'code_unmapped' and r.replaced_by_run_id is null and r.value <> '' and ${inScope(sql`x.entity`, scope)}
        and ${system ? sql`s.code = ${system}` : sql`true`} and ${dimension ? sql`r.field = ${dimension}` : sql`true`}),
    sums as (
      select system_id, dimension, code, currency, count(distinct rejected_id)::int as records, greatest(sum(abs(debit)), sum(abs(credit)))::text as amount
      from waiting group by 1, 2, 3, 4)
    select s.code as system, s.name as "systemName", w.dimension, w.code, count(distinct w.rejected_id)::int as records,
      (select jsonb_agg(jsonb_build_object('currency', m.currency, 'amount', m.amount, 'records', m.records) order by m.currency) from sums m
        where m.system_id = w.system_id and m.dimension = w.dimension and m.code = w.code) as amounts,
      array_remove(array_agg(distinct w.entity), '') as entities, ${iso(sql`min(w.opened_at)`)} as "firstSeenAt", min(w.exception_id) as "exceptionId",
      (select p.proposal_id from mapping_proposals p where p.system_id = w.system_id and p.dimension = w.dimension and p.source_code = w.code and p.state = 'draft') as "draftId",
      (select max(p.proposal_id) from mapping_proposals p join mapping_entries e on e.system_id = p.system_id and e.from_version = p.version and e.until_version is null
        and e.dimension = p.dimension and e.source_code = p.source_code
        where p.system_id = w.system_id and p.dimension = w.dimension and p.source_code = w.code and p.state = 'approved') as "approvedId"
    from waiting w join systems s on s.system_id = w.system_id
    group by s.code, s.name, w.system_id, w.dimension, w.code order by 5 desc, 1, 3, 4 limit ${limit}`)
  return [...rows]
}

export type EntryRow = MappingEntry & {
  entryId: number
  fromVersion: number
  untilVersion: number | null
  /** The name of the canonical code, where all systems that have it say the same. */
  canonicalName: string | null
}
export type EntryFilter = { readonly dimension?: string | undefined; readonly q?: string | undefined }

const entryColumns = sql`e.entry_id as "entryId", e.dimension, e.source_code as "sourceCode", e.canonical_code as "canonicalCode",
  coalesce(e.effective_from::text, '') as "effectiveFrom", coalesce(e.effective_to::text, '') as "effectiveTo", e.from_version as "fromVersion", e.until_version as "untilVersion",
  (select case when count(distinct m.name) = 1 then min(m.name) end from members m where m.code = e.canonical_code and m.loaded_at_pub is not null and m.superseded_at_pub is null
    and (m.dimension = e.dimension or e.dimension = 'counterparty' and m.dimension in ('supplier', 'customer'))) as "canonicalName"`

/** Entries in force at a version; `q` is looked for in both codes. */
export async function listEntriesAt(
  db: Queryable,
  systemId: number,
  version: number,
  filter: EntryFilter,
  limit: number,
): Promise<EntryRow[]> {
  const rows = await db.execute<EntryRow>(sql`
    select ${entryColumns} from mapping_entries e where e.system_id = ${systemId} and ${inForceAt(version)} and ${matchesEntry(filter)}
    order by e.dimension, e.source_code, e.effective_from nulls first limit ${limit}`)
  return [...rows]
}

/** What ended and what began between two versions, the earlier first. */
export async function listEntryChanges(
  db: Queryable,
  systemId: number,
  from: number,
  to: number,
  limit: number,
): Promise<EntryRow[]> {
  const rows = await db.execute<EntryRow>(sql`
    select ${entryColumns} from mapping_entries e where e.system_id = ${systemId}
      and (e.from_version <= ${from} and e.until_version > ${from} and e.until_version <= ${to}
        or e.from_version > ${from} and e.from_version <= ${to} and (e.until_version is null or e.until_version > ${to}))
    order by e.dimension, e.source_code, e.from_version, e.effective_from nulls first limit ${limit}`)
  return [...rows]
}

function matchesEntry({ dimension, q }: EntryFilter) {
  const parts = [sql`true`]
  if (dimension) parts.push(sql`e.dimension = ${dimension}`)
  if (q) parts.push(sql`(strpos(lower(e.source_code), lower(${q})) > 0 or strpos(lower(e.canonical_code), lower(${q})) > 0)`)
  return sql.join(parts, sql` and `)
}

export type VersionRow = {
  version: number
  approvedAt: string
  approvedBy: string
  proposedBy: string
  reason: string
  dimension: MappedDimension
  sourceCode: string
  canonicalCode: string | null
}

/** The versions of a mapping, newest first, each with the proposal that made it. */
export async function listMappingVersions(db: Queryable, systemId: number, limit: number): Promise<VersionRow[]> {
  const rows = await db.execute<VersionRow>(sql`
    select v.version, ${iso(sql`v.approved_at`)} as "approvedAt", v.approved_by as "approvedBy", p.proposed_by as "proposedBy", p.reason, p.dimension,
      p.source_code as "sourceCode", p.canonical_code as "canonicalCode"
    from mapping_versions v join mapping_proposals p on p.proposal_id = v.proposal_id where v.system_id = ${systemId} order by v.version desc limit ${limit}`)
  return [...rows]
}

export type ProposalRow = {
  proposalId: number
  dimension: MappedDimension
  sourceCode: string
  canonicalCode: string | null
  effectiveFrom: string
  effectiveTo: string
  state: ProposalState
  proposedBy: string
  proposedAt: string
  reason: string
  decidedBy: string | null
  decidedAt: string | null
  decisionReason: string | null
  version: number | null
}

/** Drafts first, then what was decided, the newest first. */
export async function listProposals(db: Queryable, systemId: number, limit: number): Promise<ProposalRow[]> {
  const rows = await db.execute<ProposalRow>(sql`
    select proposal_id as "proposalId", dimension, source_code as "sourceCode", canonical_code as "canonicalCode", coalesce(effective_from::text, '') as "effectiveFrom",
      coalesce(effective_to::text, '') as "effectiveTo", state, proposed_by as "proposedBy", ${iso(sql`proposed_at`)} as "proposedAt", reason, decided_by as "decidedBy",
      ${iso(sql`decided_at`)} as "decidedAt", decision_reason as "decisionReason", version
    from mapping_proposals where system_id = ${systemId} order by state = 'draft' desc, coalesce(decided_at, proposed_at) desc, proposal_id desc limit ${limit}`)
  return [...rows]
}
