import { and, eq, sql } from 'drizzle-orm'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable, Transaction } from '../client.ts'
import { corrections } from '../schema/corrections.ts'
import { inScope } from './totals.ts'

export type CorrectionRow = typeof corrections.$inferSelect

/** Null where one of this record, field and text is proposed or active already. */
export async function insertCorrection(tx: Transaction, row: typeof corrections.$inferInsert): Promise<number | null> {
  const [made] = await tx.insert(corrections).values(row).onConflictDoNothing().returning({ id: corrections.correctionId })
  return made?.id ?? null
}

/** Locked until the transaction ends: one person at a time decides. */
export async function lockCorrection(tx: Transaction, correctionId: number): Promise<CorrectionRow | null> {
  const [row] = await tx.select().from(corrections).where(eq(corrections.correctionId, correctionId)).for('update')
  return row ?? null
}

export async function changeCorrection(
  tx: Transaction,
  correctionId: number,
  change: Pick<CorrectionRow, 'state'> & Partial<CorrectionRow>,
): Promise<void> {
  await tx
    .update(corrections)
    .set({ ...change, revision: sql`${corrections.revision} + 1` })
    .where(eq(corrections.correctionId, correctionId))
}

export type RejectedCase = {
  rejectedId: number
  runId: number
  jobId: number
  systemId: number
  job: string
  objectType: ObjectType
  artifactId: number
  position: number
  sourceKey: string
  entity: string
  period: string
  version: string
  currency: string
  account: string
  document: string | null
  debit: string
  credit: string
  reasons: { code: string; field: string; value: string; detail: string }[]
  /** The exceptions it waits behind. */
  exceptionIds: number[]
  /** Other records of the same run under the same key: nobody knows which of them is meant. */
  others: number
}

/** Of a run that was judged to its end: what another one wrote may be taken back by its next attempt. */
export async function findRejectedCase(
  db: Queryable,
  rejectedId: number,
  scope: readonly string[],
): Promise<RejectedCase | null> {
  const [row] = await db.execute<RejectedCase>(sql`
    select x.rejected_id as "rejectedId", x.run_id as "runId", j.job_id as "jobId", j.system_id as "systemId", j.name as job, x.object_type as "objectType",
      x.artifact_id as "artifactId", x.position, x.source_key as "sourceKey", x.entity, x.period, x.version, x.currency, x.account, x.document,
      x.debit::text as debit, x.credit::text as credit,
      (select coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'field', r.field, 'value', r.value, 'detail', r.detail) order by r.code, r.field), '[]')
        from rejections r where r.rejected_id = x.rejected_id) as reasons,
      array(select distinct r.exception_id from rejections r where r.rejected_id = x.rejected_id and r.exception_id is not null order by 1) as "exceptionIds",
      (select count(*)::int from rejected_records o where o.run_id = x.run_id and o.object_type = x.object_type and o.source_key = x.source_key
        and o.rejected_id <> x.rejected_id) as others
    from rejected_records x join runs n on n.run_id = x.run_id join jobs j on j.job_id = n.job_id
    where x.rejected_id = ${rejectedId} and n.status in ('succeeded', 'held') and not n.is_preview and ${inScope(sql`x.entity`, scope)}`)
  return row ? { ...row, rejectedId: Number(row.rejectedId) } : null
}

export type InForce = Pick<CorrectionRow, 'correctionId' | 'sourceKey' | 'field' | 'found' | 'corrected' | 'state'>

/** Those of one record that are proposed or active. */
export async function listInForce(db: Queryable, jobId: number, sourceKey: string): Promise<InForce[]> {
  const { correctionId, field, found, corrected, state } = corrections
  return db
    .select({ correctionId, sourceKey: corrections.sourceKey, field, found, corrected, state })
    .from(corrections)
    .where(and(eq(corrections.jobId, jobId), eq(corrections.sourceKey, sourceKey), sql`${state} in ('proposed', 'active')`))
    .orderBy(correctionId)
}
