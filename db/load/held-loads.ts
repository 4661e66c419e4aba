import { sql, type SQL } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'
import { holdings, isHeldStill } from '../queries/held.ts'
import { lane } from '../queries/queue.ts'
import { placeOf } from './places.ts'
import { spannedLines, spanOfLine } from './repeats.ts'
import type { LoadScope } from './settle-lines.ts'

/** A run that was judged: `place` is where its accepted lines stand, `isDelta`: its job brings what changed, and not all there is. */
export type JudgedLoad = LoadScope & { readonly jobId: number; readonly place: SQL; readonly isDelta: boolean }

type HeldRun = {
  readonly runId: number
  readonly rootRunId: number
  readonly loadId: number
  readonly hasPlace: boolean
  readonly isControlled: boolean
}

/**
 * Loads of the job that were held before this run and of which nothing is wanted any more: it replayed them, or is the next full extract, or
 * all that passed in them has come; where a control holds them, all of their records, since those that were short of it are known by the others.
 * Input that is older than theirs settles none. Records that did not pass wait by themselves then. Returns their runs.
 */
export async function settleHeldLoads(tx: Transaction, judged: JudgedLoad): Promise<number[]> {
  const { runId, jobId, isDelta } = judged
  const older = await tx.execute<HeldRun & { isSameInput: boolean }>(sql`
    select r.run_id as "runId", root.id as "rootRunId", coalesce(l.load_id, 0) as "loadId", coalesce(l.has_own_place, false) as "hasPlace", root.id = own.id as "isSameInput",
      exists (select from ${holdings} h join exceptions e on e.exception_id = h.exception_id where h.run_id = r.run_id and e.failure_class = 'control') as "isControlled"
    from runs o cross join (select root_run(${runId}) as id offset 0) own join runs r on r.job_id = o.job_id and r.run_id <> o.run_id and ${isHeldStill}
      cross join lateral (select root_run(r.run_id) as id offset 0) root
      left join lateral (select load_id, has_own_place from loads where run_id = r.run_id order by load_id desc limit 1) l on true
    where o.run_id = ${runId} and r.job_id = ${jobId} and root.id <= own.id and (${isDelta} or root.id = own.id or ${lane(sql`r`)} = ${lane(sql`o`)})`)
  const settled: number[] = []
  for (const { isSameInput, ...held } of older)
    if (!isDelta || isSameInput || (await hasCome(tx, judged, held))) settled.push(held.runId)
  if (settled.length > 0)
    await tx.execute(sql`update runs set settled_by_run_id = ${runId} where run_id = any(${intArray(settled)})`)
  return settled
}

/** What settled them was withdrawn. */
export async function unsettleHeldLoads(tx: Transaction, withdrawnRunId: number): Promise<void> {
  await tx.execute(sql`update runs set settled_by_run_id = null where settled_by_run_id = ${withdrawnRunId}`)
}

/** So many of its records are looked for first: all of a load of millions would be gone through each time another file of the job comes. */
const LOOKED_FOR_FIRST = 100

async function hasCome(tx: Transaction, judged: JudgedLoad, held: HeldRun): Promise<boolean> {
  // What passed in it is not known any more, so nobody can say that it has come.
  if (!held.hasPlace && (await hadAccepted(tx, held.runId))) return false
  if (held.hasPlace && (await lacksSome(tx, judged, held, LOOKED_FOR_FIRST))) return false
  if (!(await hasRecords(tx, held, judged.objectType))) return statesTheSame(tx, judged.runId, held)
  return !(await lacksSome(tx, judged, held, null))
}

async function hadAccepted(tx: Transaction, runId: number): Promise<boolean> {
  const rows = await tx.execute(
    sql`select from control_totals where run_id = ${runId} and checkpoint = 'accepted' and count > 0 limit 1`,
  )
  return rows.length > 0
}

/** What must have come of it, as (source_key, object_type, content_hash): a hash where it passed, and is as good when it stands as it was. */
const wantedOf = ({ runId, loadId, hasPlace, isControlled }: HeldRun, objectType: string) => sql`(
  select source_key, dimension as object_type, content_hash from members where load_id = ${loadId}
  ${hasPlace ? sql`union all select source_key, ${objectType}, content_hash from ${placeOf(loadId)}` : sql``}
  ${
    isControlled
      ? sql`union all select source_key, object_type, null from rejected_records where run_id = ${runId}
        union all select source_key, object_type, null from repeats where load_id = ${loadId}
        union all select l.source_key, l.object_type, null from ${spannedLines(loadId)}`
      : sql``
  })`

/** Each record this run spoke of, but those that its stretches hold. */
const spokenOf = ({ runId, loadId, objectType, place }: JudgedLoad) => [
  sql`select source_key, ${objectType} as object_type from ${place} p`,
  sql`select source_key, dimension as object_type from members where load_id = ${loadId}`,
  sql`select source_key, object_type from rejected_records where run_id = ${runId}`,
  sql`select source_key, object_type from repeats where load_id = ${loadId}`,
]

/**
 * Whether something that is wanted is nowhere: this run did not speak of it, and what stands under its key is neither the same nor of input
 * that came later. `most`: of so many each is looked up by itself; null: of all, brought together by grouping, since of rows just written
 * the planner knows nothing, and would compare each with each.
 */
async function lacksSome(tx: Transaction, judged: JudgedLoad, held: HeldRun, most: number | null): Promise<boolean> {
  const { loadId, systemId, objectType } = judged
  const isSpoken = spokenOf(judged).map(
    (said) => sql`exists (select from (${said}) s where s.source_key = k.source_key and s.object_type = k.object_type)`,
  )
  const isSilent = sql`not (${sql.join(isSpoken, sql` or `)})`
  const unsaid = sql`select source_key, object_type, max(content_hash::text)::uuid as content_hash from (
      select *, true as is_wanted from ${wantedOf(held, objectType)} w
      union all select *, null, false from (${sql.join(spokenOf(judged), sql` union all `)}) s) together
    where source_key <> '' group by 1, 2 having bool_and(is_wanted)`
  const [found] = await tx.execute<{ lacks: boolean }>(sql`
    with later as materialized (${publicationsAfter(systemId, held)}),
    k as materialized (${most === null ? unsaid : sql`select * from ${wantedOf(held, objectType)} w where source_key <> '' limit ${most}`})
    select exists (select from k where ${most === null ? sql`true` : isSilent}
      and not exists (select from lines l left join ${spanOfLine(loadId)} on true where l.source_key = k.source_key and l.object_type = k.object_type
        and l.system_id = ${systemId} and l.superseded_at_pub is null
        and (s.load_id is not null or l.content_hash = k.content_hash or l.loaded_at_pub in (select publication from later)))
      and not exists (select from members m where m.source_key = k.source_key and m.dimension = k.object_type and m.system_id = ${systemId}
        and m.loaded_at_pub is not null and m.superseded_at_pub is null
        and (m.content_hash = k.content_hash or m.loaded_at_pub in (select publication from later)))) as lacks`)
  return found!.lacks
}

/** Of the system, by input that is younger than that of the held run. A rollback brings back what was before. */
const publicationsAfter = (systemId: number, { rootRunId }: HeldRun) => sql`
  select publication from publications where system_id = ${systemId} and withdraws is null and run_id > ${rootRunId} and root_run(run_id) > ${rootRunId}`

async function hasRecords(tx: Transaction, held: HeldRun, objectType: string): Promise<boolean> {
  const rows = await tx.execute(sql`select from ${wantedOf(held, objectType)} w where source_key <> '' limit 1`)
  return rows.length > 0
}

/** Of a load in which nothing came: whether this run states the totals that did not tie there, and they do here. */
async function statesTheSame(tx: Transaction, runId: number, held: HeldRun): Promise<boolean> {
  const [found] = await tx.execute<{ all: boolean | null }>(sql`
    select bool_and(exists (select from claims c where c.run_id = ${runId} and c.ties
      and (c.kind, c.measure, c.subject, coalesce(c.currency, ''), c.claimed) = (h.kind, h.measure, h.subject, coalesce(h.currency, ''), h.claimed))) as all
    from claims h where h.run_id = ${held.runId} and h.exception_id is not null`)
  return found!.all ?? !held.isControlled
}
