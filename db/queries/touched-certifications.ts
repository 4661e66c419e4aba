import { sql, type SQL } from 'drizzle-orm'
import type { KeyField } from '#server/domain/reconciliation/definition.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { LINE_IDS_PER_LOAD } from '../load/line-ids.ts'

export type TouchedCertification = {
  readonly certificationId: number
  readonly reconciliationId: number
  readonly title: string
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly signedBy: string | null
  readonly isAutomatic: boolean
  readonly certifiedAt: string
  /** null: it stands. */
  readonly supersededAt: string | null
}

/** Those that a replay would supersede, as it was rehearsed: in force at that time; without one, now. */
export const listTouchedByReplay = (db: Queryable, bulkReplayId: number, at: Date | null): Promise<TouchedCertification[]> =>
  listTouched(
    db,
    sql`select y.code as system, t.object_type, t.entity, t.period, t.version, t.accounts, null::text[] as fields
      from rehearsed_totals t join runs o on o.run_id = t.origin_run_id join jobs j on j.job_id = o.job_id join systems y on y.system_id = j.system_id
      where t.bulk_replay_id = ${bulkReplayId} and not t.is_publication and t.accounts is distinct from '{}'`,
    at,
  )

/** Those that a rollback of this publication would supersede now. `firstLineId`: of the load that it published. */
export const listTouchedByRollback = (
  db: Queryable,
  { publication, firstLineId }: { readonly publication: number; readonly firstLineId: number },
): Promise<TouchedCertification[]> =>
  listTouched(
    db,
    sql`select y.code as system, l.object_type, l.entity, l.period, l.version, array_agg(distinct l.account) as accounts, l.fields from (
        select system_id, object_type, entity, period, version, account,
          case when sum(n) = 0 and sum(n * (debit - credit)) = 0 then array_remove(array[${sql.join(TOLD_OTHERWISE.map(fieldIfOther), sql`, `)}], null) end as fields
        from (
          select -1 as n, * from lines where line_id >= ${firstLineId} and line_id < ${firstLineId + LINE_IDS_PER_LOAD} and superseded_at_pub is null
          union all select 1, * from lines where superseded_at_pub = ${publication}) moved
        group by system_id, object_type, entity, period, version, account, currency, source_key) l join systems y on y.system_id = l.system_id
      where l.fields is distinct from '{}' group by 1, 2, 3, 4, 5, 7`,
    null,
  )

/** A line may say another of these and be the same line with the same amount: that moves only what has it in its key. */
const TOLD_OTHERWISE: readonly KeyField[] = ['document', 'cost_centre', 'project', 'counterparty']
const fieldIfOther = (field: KeyField) => {
  const said = sql`coalesce(${sql.identifier(field)}, '') collate "C"`
  return sql`case when min(${said}) <> max(${said}) then ${field}::text end`
}

/**
 * Certifications under which something moves: lines that its definition, as it was signed, compares. `moved` says them by system,
 * object_type, entity, period, version, accounts (null: any) and fields that alone are other (null: amounts are). What supersedes is decided by lines once they are published:
 * this is what is foretold of it.
 */
async function listTouched(db: Queryable, moved: SQL, at: Date | null): Promise<TouchedCertification[]> {
  const inForce = at
    ? sql`c.certified_at <= ${at.toISOString()} and (c.superseded_at is null or c.superseded_at > ${at.toISOString()})`
    : sql`c.superseded_at is null`
  const rows = await db.execute<TouchedCertification>(sql`
    with moved as materialized (${moved}),
    touched as (
      select distinct c.certification_id, v.definition ->> 'title' as title
      from moved m join reconciliations r on (r.entity, r.period, r.version) = (m.entity, m.period, m.version)
        join certifications c on c.reconciliation_id = r.reconciliation_id and ${inForce} join comparisons p on p.comparison_id = c.comparison_id
        join reconciliation_versions v on v.definition_id = r.definition_id and v.version = p.definition_version
        cross join lateral jsonb_array_elements(v.definition -> 'sides') s
      where (s ->> 'system', s ->> 'objectType') = (m.system, m.object_type) and (m.fields is null or v.definition -> 'key' ?| m.fields)
        and (m.accounts is null or s -> 'accounts' is null or exists (
          select from unnest(m.accounts) account cross join jsonb_array_elements_text(s -> 'accounts') range
          where account collate "C" between split_part(range, '-', 1) and coalesce(nullif(split_part(range, '-', 2), ''), range))))
    select c.certification_id as "certificationId", r.reconciliation_id as "reconciliationId", touched.title, r.entity, r.period, r.version,
      (select string_agg(distinct s.signed_by, ', ') from sign_offs s
        where s.comparison_id = c.comparison_id and s.act = 'certified' and s.signed_at <= c.certified_at) as "signedBy",
      c.is_automatic as "isAutomatic", ${iso(sql`c.certified_at`)} as "certifiedAt", ${iso(sql`c.superseded_at`)} as "supersededAt"
    from touched join certifications c using (certification_id) join reconciliations r using (reconciliation_id)
    order by r.entity, r.period, title, c.certification_id`)
  return [...rows]
}
