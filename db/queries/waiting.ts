import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import type { RejectedRecord } from './rejected.ts'
import { matchesTotal, type TotalsFilter } from './totals.ts'

export type WaitingFilter = TotalsFilter & { readonly job?: string | undefined; readonly code?: string | undefined }

/** A record that did not pass and that no later run judged again. Decimal strings in units of the currency. */
export type WaitingRecord = Omit<RejectedRecord, 'reasons'> & {
  job: string
  reasons: (RejectedRecord['reasons'][number] & { exceptionId: number | null })[]
}

/** Records that wait, over all runs, in the order of their ids. `asOf`: as it stood at that publication; undefined is now. */
export async function listWaiting(
  db: Queryable,
  filter: WaitingFilter,
  { asOf, after, limit }: { readonly asOf?: number | undefined; readonly after?: number | undefined; readonly limit: number },
): Promise<WaitingRecord[]> {
  const rows = await db.execute<Omit<WaitingRecord, 'rejectedId'> & { rejectedId: string | number }>(sql`
    select t.rejected_id as "rejectedId", t.run_id as "runId", j.name as job, t.object_type as "objectType", t.artifact_id as "artifactId", t.position, t.source_key as "sourceKey",
      t.document, t.entity, t.period, t.version, t.currency, t.account, t.debit::text as debit, t.credit::text as credit,
      (select jsonb_agg(jsonb_build_object('code', q.code, 'field', q.field, 'value', q.value, 'detail', q.detail, 'exceptionId', q.exception_id) order by q.code, q.field)
        from rejections q where q.rejected_id = t.rejected_id) as reasons
    from ${SOURCES} where ${matchesWaiting(filter, asOf)} and ${after === undefined ? sql`true` : sql`t.rejected_id > ${after}`}
    order by t.rejected_id limit ${limit}`)
  return rows.map((row) => ({ ...row, rejectedId: Number(row.rejectedId) }))
}

/** What listWaiting lists in all, per currency: debit and credit without their signs. '' is what has no currency, such as members. */
export type WaitingSum = { currency: string; count: number; debit: string; credit: string; slices: SummedSlice[] }
/** Of what a sum is made up. */
export type SummedSlice = { entity: string; period: string; version: string }

export async function sumWaitingRecords(db: Queryable, filter: WaitingFilter, asOf?: number): Promise<WaitingSum[]> {
  return sumByCurrency(db, sql`count(*)`, sql`${SOURCES} where ${matchesWaiting(filter, asOf)}`)
}

/** Of slices first, then of currencies: many rows are put into a few groups once. `from` calls what it adds up `t`. */
export async function sumByCurrency(db: Queryable, count: SQL, from: SQL): Promise<WaitingSum[]> {
  const rows = await db.execute<WaitingSum>(sql`
    select currency, sum(count)::int as count, sum(debit)::text as debit, sum(credit)::text as credit,
      jsonb_agg(jsonb_build_object('entity', entity, 'period', period, 'version', version)) as slices
    from (select t.currency, t.entity, t.period, t.version, ${count} as count, sum(abs(t.debit)) as debit, sum(abs(t.credit)) as credit
      from ${from} group by 1, 2, 3, 4) x group by 1 order by 1`)
  return [...rows]
}

const SOURCES = sql`rejected_records t join runs r on r.run_id = t.run_id join jobs j on j.job_id = r.job_id join systems s on s.system_id = j.system_id`

/** Of a query with rejected records as `t`, their runs as `r`, jobs as `j` and systems as `s`. */
export function matchesWaiting({ job, code, ...filter }: WaitingFilter, asOf?: number) {
  const ended = asOf === undefined ? sql`true` : hadEnded(sql`r`, asOf)
  const stands =
    asOf === undefined
      ? sql`q.replaced_by_run_id is null`
      : sql`(q.replaced_by_run_id is null or not exists (select from runs o where o.run_id = q.replaced_by_run_id and ${hadEnded(sql`o`, asOf)}))`
  const parts = [
    sql`r.status in ('succeeded', 'held') and not r.is_preview`,
    ended,
    matchesTotal(filter),
    sql`exists (select from rejections q where q.rejected_id = t.rejected_id and ${stands})`,
  ]
  if (job) parts.push(sql`j.name = ${job}`)
  if (code)
    parts.push(sql`exists (select from rejections q where q.rejected_id = t.rejected_id and q.code = ${code} and ${stands})`)
  return sql.join(parts, sql` and `)
}

/** When a publication became current; before the first one nothing had happened yet. */
export const momentOf = (publication: number) =>
  sql`coalesce((select published_at from publications where publication = ${publication}), '-infinity')`

/** Whether a run had ended when that publication was the newest: it ends a moment after its own publication. */
export const hadEnded = (run: ReturnType<typeof sql>, publication: number) =>
  sql`(case when ${run}.publication is null then ${run}.finished_at <= ${momentOf(publication)} else ${run}.publication <= ${publication} end)`
