import { sql, type SQL } from 'drizzle-orm'
import type { Correction, Reading } from '#server/domain/correction.ts'
import type { Queryable } from '../client.ts'
import { placeOf } from './places.ts'

/** The corrections of a job that apply, by the key of the record they are about; null where there are none. */
export async function readCorrections(db: Queryable, jobId: number): Promise<ReadonlyMap<string, readonly Correction[]> | null> {
  const rows = await db.execute<Correction>(sql`
    select correction_id as "correctionId", source_key as "sourceKey", field, found, corrected from corrections
    where job_id = ${jobId} and state = 'active' order by correction_id`)
  if (rows.length === 0) return null
  const byKey = new Map<string, Correction[]>()
  for (const row of rows) {
    const others = byKey.get(row.sourceKey)
    if (others) others.push(row)
    else byKey.set(row.sourceKey, [row])
  }
  return byKey
}

export type CorrectedRow = {
  readonly record_id: number
  readonly artifact_id: number
  readonly position: number
  readonly object_type: string
  readonly source_key: string
  readonly correction_ids: readonly number[]
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
  readonly account: string
  readonly document: string | null
  readonly debit: string
  readonly credit: string
  readonly corrected_entity: string
  readonly corrected_period: string
  readonly corrected_version: string
  readonly corrected_currency: string
  readonly corrected_debit: string
  readonly corrected_credit: string
}
export type ReadingRow = Reading & { readonly artifactId: number; readonly position: number }

export async function insertCorrected(
  db: Queryable,
  { runId, loadId }: { runId: number; loadId: number },
  records: readonly CorrectedRow[],
  readings: readonly ReadingRow[],
): Promise<void> {
  if (records.length > 0)
    await db.execute(sql`
      insert into corrected_records
      select r.record_id, ${runId}, ${loadId}, r.artifact_id, r.position, r.object_type, r.source_key,
        array(select jsonb_array_elements_text(r.correction_ids)::int), r.entity, r.period, r.version, r.currency, r.account, r.document, r.debit, r.credit,
        r.corrected_entity, r.corrected_period, r.corrected_version, r.corrected_currency, r.corrected_debit, r.corrected_credit
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as r (record_id bigint, artifact_id int, position int, object_type text,
        source_key text, correction_ids jsonb, entity text, period text, version text, currency text, account text, document text, debit numeric, credit numeric,
        corrected_entity text, corrected_period text, corrected_version text, corrected_currency text, corrected_debit numeric, corrected_credit numeric)`)
  await db.execute(sql`
    insert into correction_readings (correction_id, run_id, artifact_id, position, says, is_applied)
    select r."correctionId", ${runId}, r."artifactId", r.position, r.says, r."isApplied"
    from jsonb_to_recordset(${JSON.stringify(readings)}::jsonb) as r ("correctionId" int, "artifactId" int, position int, says text, "isApplied" boolean)`)
}

/** What corrections moved, cell by cell: what was judged minus what the source said. Nothing where they moved no money and no record. */
export async function insertCorrectedTotals(db: Queryable, runId: number): Promise<void> {
  await db.execute(sql`
    insert into control_totals (run_id, checkpoint, object_type, entity, period, version, currency, count, debit, credit)
    select ${runId}, 'corrected', object_type, entity, period, version, currency, sum(n), sum(debit), sum(credit)
    from ${movedByCorrections} where run_id = ${runId} group by object_type, entity, period, version, currency
    having sum(n) <> 0 or sum(debit) <> 0 or sum(credit) <> 0`)
}

/** A row for each side of each corrected record: for the place of a table. */
export const movedByCorrections: SQL = sql`(
  select run_id, object_type, entity, period, version, currency, -1 as n, -debit as debit, -credit as credit from corrected_records
  union all select run_id, object_type, corrected_entity, corrected_period, corrected_version, corrected_currency, 1, corrected_debit, corrected_credit
    from corrected_records) moved`

/** Keys of the load's place that came both with and without a correction, or with several: at the source those records differ. */
export const correctedApart = (loadId: number): SQL => sql`
  select p.source_key from ${placeOf(loadId)} p left join corrected_records c on c.record_id = p.line_id
  where p.source_key in (select source_key from corrected_records where load_id = ${loadId})
  group by 1 having count(distinct coalesce(c.correction_ids, '{}')) > 1`

/** Of a query with records at `at` (artifact, position): those that were read as they came. Hashed, whatever the planner expects. */
export const asSent = (runId: number, at: SQL): SQL =>
  sql`(${at}) not in (select artifact_id, position from corrected_records where run_id = ${runId})`

/** The others, as they came. `artifact`: what claims are told apart by. */
export const sentFromCorrected = (runId: number, artifact: SQL): { total: SQL; movement: SQL } => ({
  total: sql`select ${artifact}, object_type, currency, document, debit, credit from corrected_records where run_id = ${runId}`,
  movement: sql`select ${artifact}, account, debit, credit from corrected_records where run_id = ${runId}`,
})
