import { sql } from 'drizzle-orm'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable } from '../client.ts'

export type RejectedRow = {
  rejected_id: number
  object_type: ObjectType
  artifact_id: number
  position: number
  source_key: string
  document: string | null
  entity: string
  period: string
  version: string
  currency: string
  account: string
  debit: string
  credit: string
}
export type RejectionRow = { rejected_id: number; code: string; field: string; value: string; detail: string }

/** Keeps rejected records with every reason, many at a time. */
export async function insertRejected(
  db: Queryable,
  runId: number,
  records: readonly RejectedRow[],
  reasons: readonly RejectionRow[],
): Promise<void> {
  await db.execute(sql`
    insert into rejected_records (rejected_id, run_id, object_type, artifact_id, position, source_key, document, entity, period, version,
      currency, account, debit, credit)
    select r.rejected_id, ${runId}, r.object_type, r.artifact_id, r.position, r.source_key, r.document, r.entity, r.period, r.version,
      r.currency, r.account, r.debit, r.credit
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as r (rejected_id bigint, object_type text, artifact_id int, position int,
      source_key text, document text, entity text, period text, version text, currency text, account text, debit numeric, credit numeric)`)
  await db.execute(sql`
    insert into rejections (rejected_id, run_id, code, field, value, detail)
    select r.rejected_id, ${runId}, r.code, r.field, r.value, r.detail
    from jsonb_to_recordset(${JSON.stringify(reasons)}::jsonb) as r (rejected_id bigint, code text, field text, value text, detail text)`)
}
