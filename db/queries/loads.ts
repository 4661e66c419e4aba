import { sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { LINE_IDS_PER_LOAD } from '../load/line-ids.ts'
import { dropLoadPlace } from '../load/places.ts'
import { holdings } from './held.ts'

export type Load = { loadId: number; runId: number; attempt: number; firstLineId: number; hasOwnPlace: boolean }

/** A load of its own place has it, empty, when this returns. */
export async function insertLoad(
  db: Queryable,
  runId: number,
  attempt: number,
  hasOwnPlace: boolean,
): Promise<{ loadId: number; firstLineId: number }> {
  const [row] = await db.execute<{ load_id: number; first_line_id: number }>(sql`
    with made as (
      insert into loads (run_id, attempt, first_line_id, has_own_place)
      values (${runId}, ${attempt}, nextval('line_id_block') * ${LINE_IDS_PER_LOAD}::bigint, ${hasOwnPlace}) returning *)
    select made.load_id, made.first_line_id, opened.* from made left join lateral (select open_load_place(made.load_id) where made.has_own_place) opened on true`)
  return { loadId: row!.load_id, firstLineId: Number(row!.first_line_id) }
}

/** Loads of a run that never became current and still keep their place. */
export async function listUnpublishedLoads(db: Queryable, runId: number): Promise<number[]> {
  const rows = await db.execute<{ load_id: number }>(sql`
    select load_id from loads l where run_id = ${runId} and has_own_place and not exists (select from publications p where p.load_id = l.load_id)`)
  return rows.map((row) => row.load_id)
}

/** So many held loads of a system and object type are looked at where something is compared: the newest ones. */
const HELD_LOOKED_AT_MAX = 20

/**
 * Loads whose run ended without them: the worker had died, or they were held and nobody looks at them any more. Each is a whole copy of
 * what came, and a load that is held night after night would fill the disk.
 * One that was settled is kept for some days: what settled it may be rolled back.
 */
export async function listForsakenLoads(db: Queryable): Promise<number[]> {
  const rows = await db.execute<{ load_id: number }>(sql`
    select load_id from (
      select l.load_id, l.run_id, r.status, coalesce(s.finished_at < now() - interval '7 days', true) as is_old, row_number() over (partition by j.system_id, v.definition->>'objectType', r.status order by s.run_id is null desc, l.load_id desc) as place
      from loads l join runs r on r.run_id = l.run_id join jobs j on j.job_id = r.job_id
        join job_versions v on v.job_id = r.job_id and v.version = r.job_version left join runs s on s.run_id = r.settled_by_run_id
      where l.has_own_place and r.status in ('failed', 'cancelled', 'held') and not exists (select from publications p where p.load_id = l.load_id)) l
    where status <> 'held' or place > ${HELD_LOOKED_AT_MAX} or is_old and run_id not in (select run_id from ${holdings} h)`)
  return rows.map((row) => row.load_id)
}

/** What earlier attempts of the run left: undone before it is done again. Published loads are never touched. */
export async function clearAttempt(db: Queryable, runId: number): Promise<void> {
  for (const loadId of await listUnpublishedLoads(db, runId)) await dropLoadPlace(db, loadId)
  await db.execute(
    sql`delete from members where load_id in (select load_id from loads where run_id = ${runId}) and loaded_at_pub is null`,
  )
  await db.execute(
    sql`delete from bank_statements where load_id in (select load_id from loads where run_id = ${runId}) and loaded_at_pub is null`,
  )
  for (const table of ['repeats', 'repeat_spans', 'bank_references'])
    await db.execute(
      sql`delete from ${sql.identifier(table)} where load_id in (select load_id from loads where run_id = ${runId})`,
    )
  for (const table of ['corrected_records', 'correction_readings', 'rejections', 'rejected_records', 'claims', 'control_totals'])
    await db.execute(sql`delete from ${sql.identifier(table)} where run_id = ${runId}`)
}

export async function findPublishedLoad(
  db: Queryable,
  runId: number,
): Promise<{ publication: number; loadId: number; firstLineId: number } | null> {
  const [row] = await db.execute<{ publication: number; load_id: number; first_line_id: number }>(sql`
    select p.publication, p.load_id, l.first_line_id from publications p join loads l on l.load_id = p.load_id where p.run_id = ${runId}`)
  return row ? { publication: row.publication, loadId: row.load_id, firstLineId: Number(row.first_line_id) } : null
}

/** The loads of a run that failed: nobody needs them any more. */
export async function dropPlaces(tx: Transaction, runId: number): Promise<void> {
  for (const loadId of await listUnpublishedLoads(tx, runId)) await dropLoadPlace(tx, loadId)
}
