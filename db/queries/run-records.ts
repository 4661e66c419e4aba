import { sql, type SQL } from 'drizzle-orm'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable } from '../client.ts'
import type { RejectedRecord } from './rejected.ts'
import { inScope } from './totals.ts'

export type RejectedCause = { code: string; records: number }

/** How many rejected records of a run carry each reason; a record may carry several. */
export async function countRejectedByCode(db: Queryable, runId: number, scope: readonly string[]): Promise<RejectedCause[]> {
  const rows = await db.execute<RejectedCause>(sql`
    select r.code, count(distinct r.rejected_id)::int as records from rejections r join rejected_records x on x.rejected_id = r.rejected_id
    where r.run_id = ${runId} and ${inScope(sql`x.entity`, scope)} group by 1 order by 2 desc, 1`)
  return [...rows]
}

export type RejectedRow = Omit<RejectedRecord, 'runId' | 'reasons'> & {
  reasons: (RejectedRecord['reasons'][number] & { exceptionId: number | null; replacedByRunId: number | null })[]
}

export type RowsFilter = {
  readonly runId: number
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly scope: readonly string[]
}

/** Rejected records of a run, each with every reason. Keyset by id. */
export async function listRejectedRows(
  db: Queryable,
  filter: RowsFilter & { code?: string | undefined; after?: number | undefined; limit: number },
): Promise<RejectedRow[]> {
  const parts = [sql`x.run_id = ${filter.runId}`, ...sliceParts(filter)]
  if (filter.code)
    parts.push(sql`exists (select from rejections r where r.rejected_id = x.rejected_id and r.code = ${filter.code})`)
  if (filter.after !== undefined) parts.push(sql`x.rejected_id > ${filter.after}`)
  const rows = await db.execute<RejectedRow>(sql`
    select x.rejected_id as "rejectedId", x.object_type as "objectType", x.artifact_id as "artifactId", x.position, x.source_key as "sourceKey", x.document, x.entity, x.period,
      x.version, x.currency, x.account, x.debit::text as debit, x.credit::text as credit,
      (select coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'field', r.field, 'value', r.value, 'detail', r.detail, 'exceptionId', r.exception_id,
        'replacedByRunId', r.replaced_by_run_id) order by r.code, r.field), '[]') from rejections r where r.rejected_id = x.rejected_id) as reasons
    from rejected_records x where ${sql.join(parts, sql` and `)} order by x.rejected_id limit ${filter.limit}`)
  return [...rows]
}

export type SumRow = { currency: string; count: number; debit: string; credit: string; net: string }

/** Count and sums of what listRejectedRows lists, per currency. */
export async function sumRejectedRows(db: Queryable, filter: RowsFilter & { code?: string | undefined }): Promise<SumRow[]> {
  const parts = [sql`x.run_id = ${filter.runId}`, ...sliceParts(filter)]
  if (filter.code)
    parts.push(sql`exists (select from rejections r where r.rejected_id = x.rejected_id and r.code = ${filter.code})`)
  return sums(
    await db.execute<SumText>(
      sql`${SUMS} from rejected_records x where ${sql.join(parts, sql` and `)} group by x.currency order by x.currency`,
    ),
  )
}

/** Where a page of repeats ends. A position alone does not name a record: XML counts each kind of object apart. */
export type RepeatKey = {
  readonly outcome: string
  readonly artifactId: number
  readonly position: number
  readonly objectType: string
}

export type RepeatRow = {
  outcome: 'unchanged' | 'duplicate'
  objectType: ObjectType
  artifactId: number
  position: number
  sourceKey: string
  entity: string
  period: string
  version: string
  currency: string
  debit: string
  credit: string
  lineId: number | null
}

/** Records of a run that added no line. Ordered by outcome and place; `after` is where the page before ended. */
export async function listRepeatRows(
  db: Queryable,
  filter: RowsFilter & { outcome?: string | undefined; after?: RepeatKey | undefined; limit: number },
): Promise<RepeatRow[]> {
  const { after, outcome } = filter
  const parts = [ofRun(filter.runId), ...sliceParts(filter)]
  if (outcome) parts.push(sql`x.outcome = ${outcome}`)
  if (after)
    parts.push(
      sql`(x.outcome, x.artifact_id, x.position, x.object_type) > (${after.outcome}, ${after.artifactId}::int, ${after.position}::int, ${after.objectType})`,
    )
  const columns = sql`x.source_key as "sourceKey", x.entity, x.period, x.version, x.currency, x.debit::text as debit, x.credit::text as credit, x.line_id as "lineId"`
  const order = sql`order by outcome, "artifactId", position, "objectType" limit ${filter.limit}`
  const singly = sql`(select x.outcome, x.object_type as "objectType", x.artifact_id as "artifactId", x.position, ${columns}
    from repeats x where ${sql.join(parts, sql` and `)} ${order})`
  const spanned = sql` union all (${spannedRows(filter, columns)})`
  const hasSpanned = outcome === undefined || outcome === 'unchanged'
  const rows = await db.execute<RepeatRow>(sql`select * from (${singly}${hasSpanned ? spanned : sql``}) repeated ${order}`)
  return rows.map((row) => ({ ...row, lineId: row.lineId === null ? null : Number(row.lineId) }))
}

/** A page of unchanged lines, which are kept by the stretch: no more of a stretch is read than the page can show. */
function spannedRows(filter: RowsFilter & { after?: RepeatKey | undefined; limit: number }, columns: SQL): SQL {
  const after = filter.after?.outcome === 'unchanged' ? filter.after : { artifactId: 0, position: 0, objectType: '' }
  const ofSlice = sql.join([sql`true`, ...sliceParts(filter)], sql` and `)
  return sql`
    select 'unchanged', r."objectType", s.artifact_id, s.first_position + (r."lineId" - s.first_line_id)::int,
      r."sourceKey", r.entity, r.period, r.version, r.currency, r.debit, r.credit, r."lineId"
    from repeat_spans s cross join lateral (
      select x.object_type as "objectType", ${columns} from lines x
      where x.segment = s.segment and x.line_id < s.first_line_id + s.count and ${ofSlice}
        and x.line_id >= s.first_line_id + case when s.artifact_id = ${after.artifactId}::int then greatest(0, ${after.position}::int - s.first_position) else 0 end
        and (s.artifact_id, s.first_position + (x.line_id - s.first_line_id)::int, x.object_type) > (${after.artifactId}::int, ${after.position}::int, ${after.objectType})
      order by x.line_id limit ${filter.limit}) r
    where s.load_id = ${loadOf(filter.runId)} and (s.artifact_id, s.first_position + s.count) > (${after.artifactId}::int, ${after.position}::int)
    order by s.artifact_id, s.first_position, r."lineId" limit ${filter.limit}`
}

export async function sumRepeatRows(db: Queryable, filter: RowsFilter & { outcome?: string | undefined }): Promise<SumRow[]> {
  const parts = [ofRun(filter.runId), ...sliceParts(filter)]
  if (filter.outcome) parts.push(sql`x.outcome = ${filter.outcome}`)
  return sums(
    await db.execute<SumText>(
      sql`${SUMS} from all_repeats x where ${sql.join(parts, sql` and `)} group by x.currency order by x.currency`,
    ),
  )
}

type SumText = Omit<SumRow, 'count'> & { count: string }
const SUMS = sql`select x.currency, count(*)::text as count, sum(x.debit)::text as debit, sum(x.credit)::text as credit, sum(x.debit - x.credit)::text as net`
const sums = (rows: Iterable<SumText>): SumRow[] => [...rows].map((row) => ({ ...row, count: Number(row.count) }))

/** Of its attempts only the last kept what it found. */
const loadOf = (runId: number) => sql`(select max(load_id) from loads where run_id = ${runId})`
const ofRun = (runId: number) => sql`x.load_id = ${loadOf(runId)}`

const sliceParts = ({ entity, period, version, scope }: RowsFilter) => [
  inScope(sql`x.entity`, scope),
  ...(entity ? [sql`x.entity = ${entity}`] : []),
  ...(period ? [sql`x.period = ${period}`] : []),
  ...(version ? [sql`x.version = ${version}`] : []),
]
