import { sql } from 'drizzle-orm'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable } from '../client.ts'
import { inSlice, standing, type ExceptionsFilter } from './exceptions.ts'

export type RejectedRecord = {
  rejectedId: number
  runId: number
  objectType: ObjectType
  artifactId: number
  position: number
  sourceKey: string
  document: string | null
  entity: string
  period: string
  version: string
  currency: string
  account: string
  debit: string
  credit: string
  reasons: { code: string; field: string; value: string; detail: string }[]
}

/** Rejected records with every reason: of a run, or those that wait behind an exception. Keyset by id. */
export async function listRejected(
  db: Queryable,
  filter: Pick<ExceptionsFilter, 'entity' | 'period' | 'version' | 'scope'> & {
    runId?: number
    exceptionId?: number
    after?: number | undefined
    limit: number
  },
): Promise<RejectedRecord[]> {
  const { runId, exceptionId, after, limit } = filter
  const parts = [inSlice(filter)]
  if (runId !== undefined) parts.push(sql`x.run_id = ${runId}`)
  if (exceptionId !== undefined)
    parts.push(
      sql`x.rejected_id in (select r.rejected_id from exceptions e cross join lateral ${standing()} r where e.exception_id = ${exceptionId})`,
    )
  if (after !== undefined) parts.push(sql`x.rejected_id > ${after}`)
  const rows = await db.execute<RejectedRecord>(sql`
    select x.rejected_id as "rejectedId", x.run_id as "runId", x.object_type as "objectType", x.artifact_id as "artifactId", x.position, x.source_key as "sourceKey", x.document,
      x.entity, x.period, x.version, x.currency, x.account, x.debit::text as debit, x.credit::text as credit,
      (select jsonb_agg(jsonb_build_object('code', r.code, 'field', r.field, 'value', r.value, 'detail', r.detail) order by r.code, r.field) from rejections r where r.rejected_id = x.rejected_id) as reasons
    from rejected_records x where ${sql.join(parts, sql` and `)} order by x.rejected_id limit ${limit}`)
  return [...rows]
}
