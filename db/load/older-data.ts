import { sql, type SQL } from 'drizzle-orm'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Transaction } from '../client.ts'
import { stands } from '../queries/overtaken.ts'
import { linesOfLoad } from './line-ids.ts'
import { isSamePage } from './statements.ts'

/**
 * A load undoes nothing that a younger run of its job did: whatever kept it back (a retry, a restart, a queue), its input is older. So it
 * ends nothing that one brought, and brings nothing back that one ended or a bank deleted. What was published up to `overNewerTo` may
 * be undone: whoever asked for the run knew of it. Asked when all of the load is in place. Throws TechnicalError (newer_data_stands).
 */
export async function refuseOlder(
  tx: Transaction,
  { runId, loadId }: { readonly runId: number; readonly loadId: number },
  publication: number,
  overNewerTo: number | null,
): Promise<void> {
  const known = overNewerTo ?? 0
  const younger = await tx.execute(sql`select from (${youngerThan(runId)}) y limit 1`)
  if (younger.length === 0) return
  const [own] = await tx.execute<{ firstLineId: number }>(
    sql`select first_line_id as "firstLineId" from loads where load_id = ${loadId}`,
  )
  const brought = linesOfLoad(own!.firstLineId)
  const [size] = await tx.execute<{ lines: number }>(
    sql`select count(*)::int as lines from (select from ${brought} b limit ${LOOKED_UP_MAX + 1}) few`,
  )
  const [undone] = await tx.execute<{ runId: number | null; n: number }>(sql`
    with recursive younger as materialized (${youngerThan(runId)}),
      standing as materialized (select * from younger y where y.publication > ${known} and ${stands(sql`y.publication`)}),
      brought as materialized (select source_key, system_id, object_type from ${brought} b where source_key <> ''),
      restored_lines as (${firstBroughtBy('lines', 'line_id', publication)}),
      restored_members as (${firstBroughtBy('members', 'member_id', publication)})
    select max(run_id) as "runId", coalesce(sum(n), 0)::int as n from (
      select y.run_id, count(*) as n from lines l join younger y on y.publication = l.loaded_at_pub
        where l.superseded_at_pub = ${publication} and l.loaded_at_pub > ${known} group by 1
      union all select y.run_id, count(*) from members m join younger y on y.publication = m.loaded_at_pub
        where m.superseded_at_pub = ${publication} and m.loaded_at_pub > ${known} group by 1
      union all select y.run_id, count(distinct l.id) from restored_lines l join younger y on y.publication = l.brought_at
        where l.stood_from > ${known} group by 1
      union all select y.run_id, count(distinct m.id) from restored_members m join younger y on y.publication = m.brought_at
        where m.stood_from > ${known} group by 1
      union all select run_id, count(*) from (${size!.lines > LOOKED_UP_MAX ? ENDED_SINCE : LOOKED_UP}) back group by 1
      union all select y.run_id, count(*) from bank_statements s join bank_statements old on ${isSamePage} join standing y on y.load_id = old.load_id
        where s.load_id = ${loadId} and s.outcome in ('new', 'corrected', 'deleted') group by 1) undone`)
  if (undone!.runId !== null) throw new TechnicalError('newer_data_stands', `${undone!.n} of run ${undone!.runId}`)
}

/** So many keys are looked up while others wait to publish. */
const LOOKED_UP_MAX = 1_000

/** What younger runs ended of the keys that a load brought. Of few keys each is looked up. */
const LOOKED_UP = sql`
  select y.run_id from brought b cross join lateral (
    select y.run_id from lines gone join standing y on y.publication = gone.superseded_at_pub
    where gone.source_key = b.source_key and gone.system_id = b.system_id and gone.object_type = b.object_type limit 1 offset 0) y`

/** Of many, all that was ended is held against them. */
const ENDED_SINCE = sql`
  select max(gone.run_id) as run_id from (
    select y.run_id, l.source_key, l.system_id, l.object_type from standing y join lines l on l.superseded_at_pub = y.publication where l.source_key <> '' offset 0) gone
  join brought b using (source_key, system_id, object_type) group by source_key, system_id, object_type`

/** What was published of input of the same job that is younger than the run's. */
const youngerThan = (runId: number): SQL => sql`
  select p.publication, p.load_id, p.run_id from (select job_id, root_run(run_id) as root from runs where run_id = ${runId}::int) own
  join runs r on r.job_id = own.job_id and r.run_id > own.root join publications p on p.run_id = r.run_id and p.withdraws is null
  where root_run(r.run_id) > own.root`

/**
 * Of the rows that a publication ended and that a rollback had brought back (`stood_from`): who brought them at first, through any number of
 * rollbacks. A rollback brings back what the publication ended that it withdraws.
 */
const firstBroughtBy = (table: 'lines' | 'members', id: string, publication: number): SQL => sql`
  select l.${sql.identifier(id)} as id, l.artifact_id, l.position, w.withdraws, l.loaded_at_pub as brought_at, l.loaded_at_pub as stood_from
    from ${sql.identifier(table)} l join publications w on w.publication = l.loaded_at_pub and w.withdraws is not null where l.superseded_at_pub = ${publication}
  union all
  select b.id, f.artifact_id, f.position, w.withdraws, f.loaded_at_pub, b.stood_from from ${sql.identifier(`restored_${table}`)} b
    join ${sql.identifier(table)} f on f.superseded_at_pub = b.withdraws and f.artifact_id = b.artifact_id and f.position = b.position
    join publications w on w.publication = f.loaded_at_pub`
