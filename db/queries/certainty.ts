import { sql } from 'drizzle-orm'
import type { Signed } from '#server/domain/certainty.ts'
import type { Queryable } from '../client.ts'
import { textArray } from '../text-array.ts'
import { inScope } from './totals.ts'

export type CertaintyFilter = {
  readonly entity?: string | undefined
  readonly period?: string | undefined
  /** Of these alone: a board of one period an entity need not read three years. */
  readonly periods?: readonly string[] | undefined
  readonly version?: string | undefined
  readonly scope: readonly string[]
}
export type SignedSlice = Signed & { readonly entity: string; readonly period: string; readonly version: string }

/**
 * How many reconciliations are defined for each entity, period and version, and how many of them stood certified as of a publication: signed
 * on figures of then or before, and nothing under them moved up to then. What a publication touched and nobody has looked at since does
 * not count as certified. Slices of which nothing is defined are left out.
 */
export async function listSigned(db: Queryable, filter: CertaintyFilter, asOf: number): Promise<SignedSlice[]> {
  const { entity, period, periods, version, scope } = filter
  const of = (slice: ReturnType<typeof sql>, versionOf: ReturnType<typeof sql>) =>
    sql.join(
      [
        inScope(sql`${slice}.entity`, scope),
        ...(entity ? [sql`${slice}.entity = ${entity}`] : []),
        ...(period ? [sql`${slice}.period = ${period}`] : []),
        ...(periods ? [sql`${slice}.period = any(${textArray(periods)}::text[])`] : []),
        ...(version ? [sql`${versionOf} = ${version}`] : []),
      ],
      sql` and `,
    )
  const rows = await db.execute<SignedSlice>(sql`
    with compared as materialized (
      select r.* from reconciliations r where ${of(sql`r`, sql`r.version`)} and exists (select from comparisons c where c.reconciliation_id = r.reconciliation_id and c.as_of <= ${asOf})),
    stood as materialized (
      select r.*, v.definition, case when s.superseded_at is null then greatest(r.looked_as_of, s.as_of) else s.as_of end as checked
      from compared r join certifications s on s.reconciliation_id = r.reconciliation_id and s.as_of <= ${asOf} join comparisons c on c.comparison_id = s.comparison_id
        join reconciliation_versions v on v.definition_id = r.definition_id and v.version = c.definition_version
      where s.superseded_by is null or (select n.as_of from comparisons n where n.comparison_id = s.superseded_by) > ${asOf}),
    certified as materialized (
      select distinct reconciliation_id from stood s where s.checked >= ${asOf} or not exists (
        select from jsonb_array_elements(s.definition->'sides') side join systems y on y.code = side->>'system'
          join slice_totals t on t.system_id = y.system_id and t.object_type = side->>'objectType' and (t.entity, t.period, t.version) = (s.entity, s.period, s.version)
        where t.loaded_at_pub > s.checked and t.loaded_at_pub <= ${asOf} or t.superseded_at_pub > s.checked and t.superseded_at_pub <= ${asOf})),
    first as materialized (
      select r.definition_id, r.entity, r.version, min(r.period collate "C") as period from reconciliations r
      where exists (select from comparisons c where c.reconciliation_id = r.reconciliation_id and c.as_of <= ${asOf}) group by 1, 2, 3)
    select entity, period, version, count(*)::int as defined, count(*) filter (where is_certified)::int as certified
    from (
      select r.entity, r.period, r.version, exists (select from certified c where c.reconciliation_id = r.reconciliation_id) as is_certified from compared r
      -- Compared in an earlier period, and in this one no side of it has figures: nobody vouches for that either.
      union all select p.entity, p.period, f.version, false
      from (select distinct t.entity, t.period from slice_totals t where t.loaded_at_pub <= ${asOf} and ${of(sql`t`, sql`t.version`)}) p
        join first f on f.entity = p.entity and f.period <= p.period collate "C" ${version ? sql`and f.version = ${version}` : sql``}
      where not exists (select from reconciliations r where (r.definition_id, r.entity, r.period, r.version) = (f.definition_id, p.entity, p.period, f.version)
        and exists (select from comparisons c where c.reconciliation_id = r.reconciliation_id and c.as_of <= ${asOf}))) x
    group by 1, 2, 3`)
  return [...rows]
}
