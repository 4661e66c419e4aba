import { sql } from 'drizzle-orm'
import type { LineType } from '#server/domain/record.ts'
import type { Queryable, Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'
import { LINE_IDS_PER_LOAD } from './line-ids.ts'
import { publishMembers } from './members.ts'
import { isMissing, leftByStatements, type Reach } from './missing.ts'
import { refuseOlder } from './older-data.ts'
import { diffOf, dropLoadPlace, placeOf } from './places.ts'
import { endedSince, spanOfLine } from './repeats.ts'
import { closedPeriods, type LoadScope } from './settle-lines.ts'

/** From this many lines a load becomes a segment of its own: attaching costs the same for any size, inserting does not. */
export const SEGMENT_LINES_MIN = 50_000

/** One publication at a time, so that their numbers are the order in which they became visible. */
const PUBLISH_LOCK = 7_236_002

export type PublishPlan = {
  readonly load: LoadScope
  /** So many of its lines are new or changed, as it was proved: so many it brings. */
  readonly lines: number
  readonly hasDiff: boolean
  /** Attach the load's own place instead of copying its lines. Its segment is sealed. */
  readonly asSegment: boolean
  /** full extract: what is current in its reach and not in the load is withdrawn. */
  readonly withdrawMissing: boolean
  /** Bank statements of the load take the place of others: what they no longer have is withdrawn. */
  readonly replacesStatements: boolean
  readonly reach: Reach
  /** Newer data of the job may be put back to older up to this publication: whoever asked for this run knew of it. */
  readonly overNewerTo: number | null
  /** The diff was taken when this was the newest publication of the system. */
  readonly diffedAt: number
  /** A held load of earlier data: whatever was published since may be newer than all of it. */
  readonly isOfEarlier: boolean
}

/** Like a serialization failure, and with its code: transient, the run is tried again. */
export class StaleDiff extends Error {
  readonly code = '40001'
  constructor(why = 'another load of the same system was published since the difference was taken') {
    super(why)
  }
}

/** Numbers the next publication. Holds the publish lock until the transaction ends. */
export async function openPublication(
  tx: Transaction,
  row: { runId: number; loadId: number; systemId: number; withdraws?: number },
): Promise<number> {
  await lockPublications(tx)
  const [next] = await tx.execute<{ publication: number }>(sql`
    insert into publications (publication, run_id, load_id, system_id, withdraws)
    select coalesce(max(publication), 0) + 1, ${row.runId}, ${row.loadId}, ${row.systemId}, ${row.withdraws ?? null} from publications returning publication`)
  return next!.publication
}

/**
 * Makes a proved load current, in the caller's transaction. Throws StaleDiff when another load of the system was
 * published in between, or a period of it was closed; the run is tried again. Throws TechnicalError (newer_data_stands).
 */
export async function publishLoad(tx: Transaction, plan: PublishPlan): Promise<number> {
  const { load, hasDiff, asSegment } = plan
  // Of a place that is attached nobody says how many lines it has. Counted before others have to wait.
  const attached = asSegment ? await countPublishable(tx, load, hasDiff) : 0
  await lockPublications(tx)
  if ((await newestPublicationOf(tx, load.systemId)) !== plan.diffedAt && (await isStale(tx, plan))) throw new StaleDiff()
  const publication = await openPublication(tx, load)
  const place = placeOf(load.loadId)
  const diff = diffOf(load.loadId)
  const fresh = hasDiff
    ? sql`(select s.* from ${place} s where not exists (select from ${diff} d where d.line_id = s.line_id and d.is_same))`
    : place

  if (hasDiff) {
    await tx.execute(sql`
      update lines l set superseded_at_pub = ${publication} from ${diff} d
      where not d.is_same and l.line_id = d.old_line_id and l.segment = d.old_segment`)
  }
  if (plan.withdrawMissing) {
    await tx.execute(sql`
      update lines l set superseded_at_pub = ${publication} where ${isMissing(load, plan.reach)} and l.loaded_at_pub < ${publication}`)
  }
  if (plan.replacesStatements) {
    await tx.execute(sql`
      update lines l set superseded_at_pub = ${publication} from ${leftByStatements(load, plan.reach)} gone
      where l.line_id = gone.line_id and l.segment = gone.segment and l.loaded_at_pub < ${publication}`)
  }
  if (await touchesClosed(tx, plan, publication))
    throw new StaleDiff('a period that it touches was closed since its rules were asked')
  await rollTotalsForward(
    tx,
    load.systemId,
    load.objectType,
    publication,
    sql`
    select entity, period, version, currency, count, debit, credit from control_totals
    where run_id = ${load.runId} and object_type = ${load.objectType} and checkpoint in ('new', 'changed')`,
  )
  if (asSegment) {
    if (hasDiff) await tx.execute(sql`delete from ${place} s using ${diff} d where d.line_id = s.line_id and d.is_same`)
    await tx.execute(sql`select attach_load(${load.loadId}, ${publication})`)
  }
  const brought = asSegment ? attached : await insertLines(tx, fresh, load, publication)
  if (brought !== plan.lines) throw new Error(`${plan.lines} lines were proved, and ${brought} would be published`)
  await publishMembers(tx, load.loadId, load.systemId, publication)
  await refuseOlder(tx, load, publication, plan.overNewerTo)
  await dropLoadPlace(tx, load.loadId)
  return publication
}

/** What was closed since the rules were asked; setPeriodState waits for whoever publishes. Lines of closed periods were rejected then. */
async function touchesClosed(
  tx: Transaction,
  { load, reach: { closedStates, openedPeriods } }: PublishPlan,
  publication: number,
): Promise<boolean> {
  const [closed] = await tx.execute<{ there: boolean }>(sql`
    select exists (select from (${closedPeriods(closedStates, openedPeriods)}) closed
      where ((entity, period) in (select entity, period from control_totals where run_id = ${load.runId} and object_type = ${load.objectType} and checkpoint in ('new', 'changed'))
        or (entity, period) in (select distinct entity, period from lines where superseded_at_pub = ${publication}))) as there`)
  return closed!.there
}

/** Held until the transaction ends: nothing is published meanwhile. */
export const lockPublications = (tx: Transaction) => tx.execute(sql`select pg_advisory_xact_lock(${PUBLISH_LOCK})`)

/** So many keys of the load are looked up while others wait to publish, */
const LOOKED_UP_MAX = 1_000
/** or so many lines that others brought or ended since, in so many publications that brought any. */
const LATER_LINES_MAX = 10_000
const LATER_MAX = 50

/**
 * Whether what was published since may change how the load differs: it touched one of its keys or, where the load withdraws what it does
 * not bring, one of its slices. Many small jobs of one system would else send each other, and a large load, back without end.
 */
async function isStale(tx: Transaction, plan: PublishPlan): Promise<boolean> {
  const { load, withdrawMissing, replacesStatements, diffedAt, isOfEarlier, reach } = plan
  if (replacesStatements || isOfEarlier || (withdrawMissing && reach.partOf !== null)) return true
  const place = placeOf(load.loadId)
  const [size] = await tx.execute<{ lines: number; members: boolean }>(sql`
    select (select count(*)::int from (select from ${place} limit ${LOOKED_UP_MAX + 1}) few) as lines,
      exists (select from members where load_id = ${load.loadId}) or exists (select from repeats where load_id = ${load.loadId} and object_type <> ${load.objectType}) as members`)
  const later = await listLater(tx, load, diffedAt)
  if (size!.members && later.some(({ hasMembers }) => hasMembers)) return true
  if (withdrawMissing || size!.lines > LOOKED_UP_MAX) return isTouched(tx, plan, later)
  const [touched] = await tx.execute<{ there: boolean }>(sql`
    select exists (select from ${place} s cross join lateral (
      select from lines l where l.source_key = s.source_key and l.system_id = ${load.systemId} and l.object_type = ${load.objectType}
        and (l.loaded_at_pub > ${diffedAt} or l.superseded_at_pub > ${diffedAt}) offset 0) later)
      or exists (select from (${endedSince(diffedAt)}) l cross join ${spanOfLine(load.loadId)}) as there`)
  return touched!.there
}

type Later = { publication: number; loadId: number; firstLineId: number; lines: number; hasMembers: boolean }

/** What was published of the system since. `lines`: of the load's type that it brought; of a rollback, which may have brought some back, 1. */
async function listLater(tx: Transaction, { systemId, objectType }: LoadScope, since: number): Promise<readonly Later[]> {
  return tx.execute<Later>(sql`
    select p.publication, p.load_id as "loadId", l.first_line_id as "firstLineId",
      p.withdraws is not null or exists (select from members m where m.load_id = p.load_id) as "hasMembers",
      case when p.withdraws is not null then 1 else (select coalesce(sum(t.count), 0)::bigint from control_totals t
        where t.run_id = p.run_id and t.object_type = ${objectType} and t.checkpoint in ('new', 'changed')) end as lines
    from publications p join loads l on l.load_id = p.load_id where p.system_id = ${systemId} and p.publication > ${since}`)
}

/** Asked from the side of what came later, which is little beside a large load. */
async function isTouched(tx: Transaction, { load, withdrawMissing }: PublishPlan, later: readonly Later[]): Promise<boolean> {
  const bringing = later.filter(({ lines }) => lines > 0)
  if (bringing.length > LATER_MAX || bringing.reduce((sum, { lines }) => sum + lines, 0) > LATER_LINES_MAX) return true
  const ranges = bringing.map(({ firstLineId: id }) => sql`line_id >= ${id} and line_id < ${id + LINE_IDS_PER_LOAD}`)
  const columns = sql`line_id, segment, source_key, entity, period, version, system_id, object_type`
  // A load that was to be large is a segment of its own, however little of it the rules let pass.
  const segments = intArray([0, ...bringing.map(({ loadId }) => loadId)])
  const brought =
    ranges.length === 0
      ? sql``
      : sql`
    union all (select ${columns} from lines where segment = any(${segments}) and (${sql.join(ranges, sql` or `)}) limit ${LATER_LINES_MAX + 1})`
  const ofSlices = sql`exists (select from later where (entity, period, version) in (
    select entity, period, version from control_totals where run_id = ${load.runId} and object_type = ${load.objectType}))`
  const [found] = await tx.execute<{ lines: number; there: boolean }>(sql`
    with moved as materialized (
        (select ${columns} from lines where superseded_at_pub = any(${intArray(later.map(({ publication }) => publication))}) limit ${LATER_LINES_MAX + 1})
        ${brought}),
    later as materialized (select * from moved where system_id = ${load.systemId} and object_type = ${load.objectType})
    select (select count(*)::int from moved) as lines,
      exists (select from later k cross join lateral (select from ${placeOf(load.loadId)} s where s.source_key = k.source_key limit 1) s)
        or exists (select from later l cross join ${spanOfLine(load.loadId)}) or ${withdrawMissing ? ofSlices : sql`false`} as there`)
  return found!.there || found!.lines > LATER_LINES_MAX
}

/** The newest publication of a system, 0 before the first. A difference is taken against this. */
export async function newestPublicationOf(db: Queryable, systemId: number): Promise<number> {
  const [row] = await db.execute<{ newest: number }>(
    sql`select coalesce(max(publication), 0)::int as newest from publications where system_id = ${systemId}`,
  )
  return row!.newest
}

/** How many lines a load would add, and how many of the current ones it would close. */
export async function countPublishable(db: Queryable, load: LoadScope, hasDiff: boolean): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    hasDiff
      ? sql`select (select count(*) from ${placeOf(load.loadId)}) - (select count(*) from ${diffOf(load.loadId)} where is_same) as n`
      : sql`select count(*) as n from ${placeOf(load.loadId)}`,
  )
  return Number(row!.n)
}

const insertLinesStatement = (from: ReturnType<typeof sql>, load: LoadScope, publication: number) => sql`
  insert into lines (line_id, artifact_id, position, system_id, object_type, content_hash, source_key, entity, period, version, currency, debit, credit,
    account, cost_centre, project, counterparty, accounting_status, document, description, effective_on, posted_on, segment, loaded_at_pub)
  select line_id, artifact_id, position, ${load.systemId}::int, ${load.objectType}::text, content_hash, source_key, entity, period, version, currency, debit, credit,
    account, cost_centre, project, counterparty, accounting_status, document, description, effective_on, posted_on, 0, ${publication}::int
  from ${from} fresh`

/** With the ids, artifacts and positions they have in `from`. Returns how many. */
export async function insertLines(
  tx: Transaction,
  from: ReturnType<typeof sql>,
  load: LoadScope,
  publication: number,
): Promise<number> {
  return (await tx.execute(insertLinesStatement(from, load, publication))).count
}

/** New totals of every slice the publication touched: what stood, plus what came (`added`, slice by slice), minus what this publication closed. */
export async function rollTotalsForward(
  tx: Transaction,
  systemId: number,
  objectType: LineType,
  publication: number,
  added: ReturnType<typeof sql>,
): Promise<void> {
  await tx.execute(sql`
    with delta as (
      select entity, period, version, currency, sum(count) as count, sum(debit) as debit, sum(credit) as credit from (
        ${added}
        union all
        select entity, period, version, currency, -count(*), -sum(debit), -sum(credit) from lines
        where superseded_at_pub = ${publication} group by 1, 2, 3, 4) moved group by 1, 2, 3, 4),
    ended as (
      update slice_totals t set superseded_at_pub = ${publication} from delta d
      where t.system_id = ${systemId} and t.object_type = ${objectType} and t.superseded_at_pub is null
        and (t.entity, t.period, t.version, t.currency) = (d.entity, d.period, d.version, d.currency)
      returning t.*)
    insert into slice_totals (system_id, object_type, entity, period, version, currency, loaded_at_pub, count, debit, credit)
    select ${systemId}, ${objectType}, d.entity, d.period, d.version, d.currency, ${publication},
      d.count + coalesce(e.count, 0), d.debit + coalesce(e.debit, 0), d.credit + coalesce(e.credit, 0)
    from delta d left join ended e on (e.entity, e.period, e.version, e.currency) = (d.entity, d.period, d.version, d.currency)
    where d.count + coalesce(e.count, 0) > 0`)
}
