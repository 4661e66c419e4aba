import { sql, type SQL } from 'drizzle-orm'
import type { Bucket, ReconciliationState } from '#server/domain/reconciliation/state.ts'
import type { Queryable } from '../client.ts'
import { intArray } from '../int-array.ts'
import { iso } from '../iso.ts'
import { storedVersion } from './evidence.ts'
import { inScope } from './totals.ts'

/** Of one side beside the first, in one currency: units of the currency, side minus first. */
export type SideDifference = {
  readonly side: number
  readonly currency: string
  readonly difference: string
  /** Without regard to sign: two breaks never make up for each other. */
  readonly unexplained: string
  readonly explained: string
  /** Keys that are unexplained. */
  readonly breaks: number
}
export type ReconciliationRow = {
  readonly reconciliationId: number
  readonly name: string
  readonly title: string
  readonly owner: string
  readonly process: string
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly state: ReconciliationState
  /** It was certified, and what was certified moved. */
  readonly isSuperseded: boolean
  readonly dueOn: string | null
  readonly comparedAt: string
  readonly asOf: number
  /** Everybody whose signature it needed, in their order. */
  readonly certifiedBy: string | null
  readonly certifiedAt: string | null
  readonly preparedBy: string | null
  readonly differences: readonly SideDifference[]
}

export type ReconciliationsFilter = {
  readonly name?: string | undefined
  /** tied: no difference; explained: differences, and each accepted. */
  readonly state?: ReconciliationState | 'superseded' | 'overdue' | 'tied' | 'explained' | 'evidence_missing' | undefined
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly process?: string | undefined
  /** Whose signature the certification bears, or bore, that stood last. */
  readonly signer?: string | undefined
  readonly scope: readonly string[]
  /** ISO date: what was due before it and is not certified is overdue. */
  readonly today: string
  /** Those that sealed a file which is not there any more: the database cannot tell, its bytes have to be read. */
  readonly missing?: readonly number[]
}

/** Sixty working days are never as many days later: without a bound every day of decades is looked at. */
export const DUE_WITHIN_DAYS = 200

/** The day on which it is due: working days of the entity's calendar after the period has ended; null where no calendar says. */
const DUE = sql`(
  select min(day.day) from fiscal_periods f join calendar_days last on last.calendar = f.calendar and last.day = f.ends_on
    join calendar_days day on day.calendar = f.calendar and day.day > f.ends_on and day.day <= f.ends_on + ${DUE_WITHIN_DAYS}::int
      and day.working_days = last.working_days + (v.definition->'due'->>'workingDay')::int
  where f.period = r.period and f.calendar = coalesce((
    select m.attributes->>'calendar' from members m where m.dimension = 'entity' and m.code = r.entity and m.loaded_at_pub is not null and m.superseded_at_pub is null
    order by m.member_id desc limit 1), 'months'))`

const IS_SUPERSEDED = sql`(r.state <> 'certified' and r.certification_id is not null)`

const signedBy = (person: string): SQL => sql`exists (
  select from certifications k join sign_offs s on (s.reconciliation_id, s.comparison_id) = (k.reconciliation_id, k.comparison_id)
  where k.certification_id = r.certification_id and s.act <> 'rejected' and s.signed_by = ${person})`

/** Reconciliations that this person signed, and that moved since. */
export async function countSupersededOf(db: Queryable, person: string, scope: readonly string[]): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from reconciliations r where ${IS_SUPERSEDED} and ${signedBy(person)} and ${inScope(sql`r.entity`, scope)}`,
  )
  return row!.count
}

const DIFFERS = sql`exists (select from comparison_parts x where x.comparison_id = r.comparison_id)`

const FROM = sql`from reconciliations r join reconciliation_definitions d using (definition_id) join comparisons c on c.comparison_id = r.comparison_id
  join reconciliation_versions v on v.definition_id = r.definition_id and v.version = c.definition_version`

const isMissing = (ids: readonly number[] = []): SQL => sql`r.reconciliation_id = any(${intArray(ids)})`

function chosenBy({ name, state, entity, period, version, process, signer, scope, today, missing }: ReconciliationsFilter): SQL {
  const parts = [inScope(sql`r.entity`, scope)]
  if (name) parts.push(sql`d.name = ${name}`)
  if (entity) parts.push(sql`r.entity = ${entity}`)
  if (period) parts.push(sql`r.period = ${period}`)
  if (version) parts.push(sql`r.version = ${version}`)
  if (process) parts.push(sql`v.definition->>'process' = ${process}`)
  if (signer) parts.push(signedBy(signer))
  if (state === 'superseded') parts.push(IS_SUPERSEDED)
  else if (state === 'overdue') parts.push(sql`r.state <> 'certified' and ${DUE} < ${today}::date`)
  else if (state === 'evidence_missing') parts.push(isMissing(missing))
  else if (state === 'tied') parts.push(sql`r.state <> 'breaks' and not ${DIFFERS}`)
  else if (state === 'explained') parts.push(sql`r.state <> 'breaks' and ${DIFFERS}`)
  else if (state) parts.push(sql`r.state = ${state}`)
  return sql.join(parts, sql` and `)
}

/** Newest period first; in it what breaks before what is ready, and what is certified last. */
export async function listReconciliations(
  db: Queryable,
  filter: ReconciliationsFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<ReconciliationRow[]> {
  const rows = await db.execute<ReconciliationRow>(sql`
    with page as materialized (
      select r.*, d.name, v.definition, c.as_of, c.compared_at, ${DUE} as due_on ${FROM} where ${chosenBy(filter)}
      order by r.period desc, array_position(array['breaks', 'ready', 'prepared', 'certified'], r.state), d.name, r.entity limit ${limit} offset ${offset})
    select p.reconciliation_id as "reconciliationId", p.name, p.definition->>'title' as title, p.definition->>'owner' as owner, p.definition->>'process' as process,
      p.entity, p.period, p.version, p.state, (p.state <> 'certified' and p.certification_id is not null) as "isSuperseded", p.due_on::text as "dueOn",
      ${iso(sql`p.compared_at`)} as "comparedAt", p.as_of as "asOf", signed.certified_by as "certifiedBy", ${iso(sql`signed.certified_at`)} as "certifiedAt",
      case when p.state in ('prepared', 'certified') then prepared.signed_by end as "preparedBy",
      coalesce((${differencesOf(sql`p.comparison_id`, sql`p.reconciliation_id`)}), '[]') as differences
    from page p
      left join lateral (select s.signed_by, s.sign_off_id from sign_offs s
        where s.reconciliation_id = p.reconciliation_id and s.comparison_id = p.comparison_id and s.act = 'prepared' order by s.sign_off_id desc limit 1) prepared on true
      left join lateral (select string_agg(s.signed_by, ', ' order by s.sign_off_id) as certified_by, max(s.signed_at) as certified_at from sign_offs s
        where s.reconciliation_id = p.reconciliation_id and s.comparison_id = p.comparison_id and s.act = 'certified' and p.state = 'certified'
          and s.sign_off_id > coalesce(prepared.sign_off_id, 0)) signed on true
    order by p.period desc, array_position(array['breaks', 'ready', 'prepared', 'certified'], p.state), p.name, p.entity`)
  return [...rows]
}

const differencesOf = (comparison: SQL, reconciliation: SQL): SQL => sql`
  select json_agg(json_build_object('side', q.side, 'currency', q.currency, 'difference', q.difference::text, 'breaks', q.breaks,
    'explained', q.explained::text, 'unexplained', q.gross::text) order by q.currency, q.side)
  from (
    select k.side, k.currency, sum(k.difference) as difference, sum(k.breaks) as breaks, sum(k.explained) as explained, sum(abs(k.unexplained - k.explained)) as gross
    from (
      select x.side, x.currency, sum(x.amount) as difference, count(*) filter (where x.bucket = 'unexplained') as breaks,
        coalesce(sum(x.amount) filter (where x.bucket = 'unexplained'), 0) as unexplained,
        case when bool_or(x.bucket = 'unexplained') then coalesce((select sum(e.amount) from explanations e where e.reconciliation_id = ${reconciliation} and e.withdrawn_at is null
          and (e.side, e.account_group, e.currency, e.key) = (x.side, x.account_group, x.currency, x.key)), 0) else 0 end as explained
      from comparison_parts x where x.comparison_id = ${comparison} group by x.side, x.account_group, x.currency, x.key) k group by k.side, k.currency) q`

export type StateCounts = Readonly<Record<ReconciliationState | 'superseded' | 'overdue' | 'evidence_missing', number>>

/** How many there are in each state, whatever state the filter says. */
export async function countReconciliations(db: Queryable, { state: _, ...filter }: ReconciliationsFilter): Promise<StateCounts> {
  const [row] = await db.execute<StateCounts>(sql`
    select count(*) filter (where r.state = 'breaks')::int as breaks, count(*) filter (where r.state = 'ready')::int as ready,
      count(*) filter (where r.state = 'prepared')::int as prepared, count(*) filter (where r.state = 'certified')::int as certified,
      count(*) filter (where ${IS_SUPERSEDED})::int as superseded,
      count(*) filter (where r.state <> 'certified' and ${DUE} < ${filter.today}::date)::int as overdue,
      count(*) filter (where ${isMissing(filter.missing)})::int as evidence_missing
    ${FROM} where ${chosenBy(filter)}`)
  return row!
}

/** A file that a certification sealed, and where its bytes are: none where no such file is kept, `version` another once they were touched. */
export type SealedFile = {
  readonly reconciliationId: number
  readonly sha256: string
  readonly artifactId: number | null
  readonly version: string
}

/** Of all of the filter, whatever state it says. */
export async function listSealedFiles(db: Queryable, { state: _, ...filter }: ReconciliationsFilter): Promise<SealedFile[]> {
  const rows = await db.execute<SealedFile>(sql`
    select distinct k.reconciliation_id as "reconciliationId", f.sha256, e.artifact_id as "artifactId", ${storedVersion(sql`e.artifact_id`)} as version
    from certifications k cross join lateral jsonb_to_recordset(k.seal::jsonb -> 'evidence') as f (name text, sha256 text)
      left join lateral (select e.artifact_id from evidence e join artifacts a on a.artifact_id = e.artifact_id
        where e.reconciliation_id = k.reconciliation_id and e.name = f.name and a.sha256 = f.sha256 order by e.evidence_id limit 1) e on true
    where jsonb_array_length(k.seal::jsonb -> 'evidence') > 0 and k.reconciliation_id in (select r.reconciliation_id ${FROM} where ${chosenBy(filter)})`)
  return [...rows]
}

export async function listReconciliationNames(db: Queryable): Promise<{ name: string; title: string; process: string }[]> {
  const rows = await db.execute<{ name: string; title: string; process: string }>(sql`
    select d.name, v.definition->>'title' as title, v.definition->>'process' as process from reconciliation_definitions d
      join reconciliation_versions v on v.definition_id = d.definition_id and v.version = d.current_version order by 1`)
  return [...rows]
}

export type BucketSum = {
  readonly side: number
  readonly account_group: string
  readonly currency: string
  readonly bucket: Bucket
  readonly amount: string
  readonly keys: number
  readonly parts: number
}

/** What the differences of a comparison are made of. */
export async function sumBuckets(db: Queryable, comparisonId: number): Promise<BucketSum[]> {
  const rows = await db.execute<BucketSum>(sql`
    select side, account_group, currency, bucket, sum(amount)::text as amount, sum(keys)::int as keys, count(*)::int as parts
    from comparison_parts where comparison_id = ${comparisonId} group by 1, 2, 3, 4 order by 3, 2, 1`)
  return [...rows]
}

export type PartItem = {
  readonly side: number
  readonly kind: 'line' | 'rejected'
  readonly itemId: number
  readonly amount: string
  readonly isEvidence: boolean
  readonly entity: string
  readonly period: string
  readonly account: string
  readonly document: string | null
  readonly sourceKey: string
  readonly on: string | null
  readonly runId: number | null
  readonly artifactId: number
  readonly position: number
}

/** The lines and rejected records behind a part. */
export async function listPartItems(db: Queryable, comparisonId: number, part: number, limit: number): Promise<PartItem[]> {
  const rows = await db.execute<PartItem>(sql`
    select i.side, i.kind, i.item_id as "itemId", i.amount::text as amount, i.is_evidence as "isEvidence", coalesce(l.entity, x.entity) as entity,
      coalesce(l.period, x.period) as period, coalesce(l.account, x.account) as account, coalesce(l.document, x.document) as document,
      coalesce(l.source_key, x.source_key) as "sourceKey", coalesce(l.effective_on, l.posted_on)::text as "on", x.run_id as "runId",
      coalesce(l.artifact_id, x.artifact_id) as "artifactId", coalesce(l.position, x.position) as position
    from comparison_items i left join lines l on i.kind = 'line' and l.line_id = i.item_id
      left join rejected_records x on i.kind = 'rejected' and x.rejected_id = i.item_id
    where i.comparison_id = ${comparisonId} and i.part = ${part} order by i.is_evidence, i.side, i.item_id limit ${limit}`)
  return rows.map((row) => ({ ...row, itemId: Number(row.itemId) }))
}
