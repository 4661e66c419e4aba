import { sql } from 'drizzle-orm'
import type { CalendarDefinition } from '#server/domain/calendar.ts'
import type { NotReady } from '#server/domain/close.ts'
import type { PeriodState } from '#server/domain/period-state.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { heldRuns } from './held.ts'
import { inScope } from './totals.ts'

export async function listCalendars(db: Queryable): Promise<CalendarDefinition[]> {
  const rows = await db.execute<{ definition: CalendarDefinition }>(sql`select definition from calendars order by code`)
  return rows.map(({ definition }) => definition)
}

/** calendar: '' where the entity goes by calendar months. */
export type EntityRow = { entity: string; name: string | null; calendar: string }

/** Entities as they stand: those that are members, and those that figures were published of all the same. */
export async function listEntities(db: Queryable, scope: readonly string[]): Promise<EntityRow[]> {
  const rows = await db.execute<EntityRow>(sql`
    with member as (
      select distinct on (code) code, name, coalesce(attributes->>'calendar', '') as calendar from members
      where dimension = 'entity' and loaded_at_pub is not null and superseded_at_pub is null order by code, member_id desc),
    known as (select code from member union select distinct entity from slice_totals where entity <> '' union select entity from period_states)
    select k.code as entity, m.name, coalesce(m.calendar, '') as calendar from known k left join member m on m.code = k.code
    where ${inScope(sql`k.code`, scope)} order by 1`)
  return [...rows]
}

export type StateRow = {
  entity: string
  period: string
  state: PeriodState
  changedAt: string
  changedBy: string | null
  reason: string | null
  /** What was not ready when it was closed all the same. */
  notReady: NotReady[]
}

/** What was said of periods; whatever is not here is open. */
export async function listPeriodStates(db: Queryable, scope: readonly string[]): Promise<StateRow[]> {
  const rows = await db.execute<StateRow>(sql`
    select entity, period, state, ${iso(sql`changed_at`)} as "changedAt", changed_by as "changedBy", reason, not_ready as "notReady" from period_states p where ${inScope(sql`p.entity`, scope)}`)
  return [...rows]
}

/** Records that wait because their period is closed, per currency. Amount: the larger of debit and credit, a decimal string. */
export type HeldBackRow = { entity: string; period: string; currency: string; records: number; amount: string }

export async function listHeldBack(db: Queryable, scope: readonly string[]): Promise<HeldBackRow[]> {
  const rows = await db.execute<HeldBackRow>(sql`
    select x.entity, x.period, x.currency, count(*)::int as records, greatest(sum(abs(x.debit)), sum(abs(x.credit)))::text as amount
    from rejections r join exceptions e on e.exception_id = r.exception_id join rejected_records x on x.rejected_id = r.rejected_id
    where r.code = 'period_closed' and e.code = 'period_closed' and r.replaced_by_run_id is null and e.closed_at is null and ${inScope(sql`x.entity`, scope)}
    group by 1, 2, 3 order by 1, 2, 3`)
  return [...rows]
}

export type DueFeedRow = { job: string; title: string; expectedBy: string; entities: string[] }

/** Feeds still expected of jobs that have brought lines of these entities before: what will knock at a door that is closed. */
export async function listDueFeeds(db: Queryable, entities: readonly string[], limit: number): Promise<DueFeedRow[]> {
  if (entities.length === 0) return []
  const rows = await db.execute<DueFeedRow>(sql`
    select j.name as job, v.definition->>'title' as title, ${iso(sql`min(f.expected_by)`)} as "expectedBy", t.entities
    from feeds f join jobs j on j.job_id = f.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
      join lateral (select array_agg(distinct c.entity order by c.entity) as entities from runs r join control_totals c on c.run_id = r.run_id
        where r.job_id = j.job_id and r.publication is not null and c.entity in ${entities}) t on t.entities is not null
    where f.state = 'expected' and j.paused_at is null group by 1, 2, 4 order by 3, 1 limit ${limit}`)
  return [...rows]
}

export type GoingRow = { runId: number; job: string; status: string; entity: string; period: string }

/** Runs that are going on or held and touched these periods; what they bring is judged when it is published or replayed. */
export async function listRunsTouching(
  db: Queryable,
  periods: readonly { entity: string; period: string }[],
): Promise<GoingRow[]> {
  if (periods.length === 0) return []
  const wanted = JSON.stringify(periods)
  const rows = await db.execute<GoingRow>(sql`
    select distinct r.run_id as "runId", j.name as job, r.status, c.entity, c.period
    from jsonb_to_recordset(${wanted}::jsonb) as w (entity text, period text)
      join control_totals c on c.entity = w.entity and c.period = w.period join runs r on r.run_id = c.run_id join jobs j on j.job_id = r.job_id
    where not r.is_preview and (r.status in ('queued', 'running', 'waiting', 'blocked')
      or r.run_id in ${heldRuns(['*'])}) order by 1`)
  return [...rows]
}

export type PublishedRow = { entity: string; period: string; currency: string; records: number }

/** Current lines of these periods per currency. */
export async function listPublishedOf(
  db: Queryable,
  periods: readonly { entity: string; period: string }[],
): Promise<PublishedRow[]> {
  const rows = await db.execute<PublishedRow>(sql`
    select t.entity, t.period, t.currency, sum(t.count)::int as records
    from jsonb_to_recordset(${JSON.stringify(periods)}::jsonb) as w (entity text, period text)
      join slice_totals t on t.entity = w.entity and t.period = w.period
    where t.superseded_at_pub is null group by 1, 2, 3 order by 1, 2, 3`)
  return [...rows]
}
