import { sql, type SQL } from 'drizzle-orm'
import type { ReplayAsked } from '#server/domain/replay-asked.ts'
import type { ReplayRules } from '#server/domain/run.ts'
import { isSamePage } from '../load/statements.ts'
import { matchesException } from './exception-filter.ts'
import { WITHDRAWN } from './overtaken.ts'
import { inScope } from './totals.ts'

export type SelectionRequest = {
  readonly asked: ReplayAsked
  readonly rules: ReplayRules
  readonly intoClosed: boolean
  /** Entities whoever asks may change. */
  readonly scope: readonly string[]
}

/**
 * The records that were asked for and what is judged with them, each once, as the common table `chosen`: `excluded` and `why` say of
 * some that they are not to be replayed. The estimate counts it and the bulk replay keeps it, so they cannot differ.
 *
 * Judged together: the records of a document, and those of one key, of which nobody knows which is right. What belongs to a set is
 * asked with `in` beside an `or`, which is looked up in a hash: of rows just written the planner expects one, and would compare each
 * with each. For the same reason rows are looked up one by one behind `offset 0`.
 */
export function chosenRecords({ asked, rules, intoClosed, scope }: SelectionRequest): SQL {
  const version = rules === 'original' ? sql`n.job_version` : sql`j.current_version`
  // A document is judged whole, so what keeps one of its records out keeps out all.
  const together = sql`partition by w.run_id, w.entity, coalesce(w.document, w.rejected_id::text)`
  return sql`
    asked as materialized (
      select distinct on (r.rejected_id) r.rejected_id, r.run_id, r.exception_id, x.entity, x.document
      from exceptions e join jobs j on j.job_id = e.job_id
        join rejections r on r.exception_id = e.exception_id and r.replaced_by_run_id is null
        join rejected_records x on x.rejected_id = r.rejected_id join runs n on n.run_id = r.run_id
      where ${matchesException({ state: 'open', job: asked.job, code: asked.code, scope })} and ${meets(asked)}
      order by r.rejected_id, r.code = 'document_incomplete', r.exception_id),
    origins as materialized (
      select n.run_id, n.job_id, j.system_id, j.paused_at is not null as is_paused, k.run_id as root_run_id, coalesce(k.as_of_publication, 0) as as_of,
        n.status = 'held' and not n.is_partial and n.settled_by_run_id is null and k.publication is null as is_whole, v.definition->>'extract' = 'full' as is_full,
        case when v.definition->'rules'->>'softClosed' = 'reject' then array['closed', 'soft_closed'] else array['closed'] end as closed_states
      from (select distinct run_id from asked) a join runs n on n.run_id = a.run_id join jobs j on j.job_id = n.job_id
        join job_versions v on v.job_id = j.job_id and v.version = ${version} join runs k on k.run_id = root_run(n.run_id)),
    slices as materialized (
      select o.run_id, c.object_type, c.entity, c.period, c.version, ${newerOfSlice} as newer,
        exists (select from period_states s where (s.entity, s.period) = (c.entity, c.period) and s.state = any(o.closed_states)) as is_closed,
        not ${inScope(sql`c.entity`, scope)} as is_outside
      from origins o join (select distinct run_id, object_type, entity, period, version from control_totals where checkpoint = 'extracted') c on c.run_id = o.run_id
      where o.is_whole or o.is_full),
    near as materialized (
      select x.rejected_id, x.run_id, x.source_key from origins o join rejected_records x on x.run_id = o.run_id
      where o.is_whole or x.rejected_id in (select rejected_id from asked)
        or (x.run_id, x.entity, x.document) in (select run_id, entity, document from asked where document is not null)),
    mates as materialized (
      select x.rejected_id, x.run_id, x.entity, x.document from origins o join rejected_records x on x.run_id = o.run_id
      where x.rejected_id in (select rejected_id from near) or (x.run_id, x.source_key) in (select run_id, source_key from near where source_key <> '')),
    wide as materialized (
      select x.*, o.job_id, o.is_whole, o.is_full, o.is_paused, o.root_run_id, o.as_of, o.system_id, o.closed_states,
        x.rejected_id not in (select rejected_id from asked) as is_widened, cause.*
      from origins o join rejected_records x on x.run_id = o.run_id
        cross join lateral (
          select r.exception_id, r.code, r.field, r.value from (select * from rejections where rejected_id = x.rejected_id offset 0) r
          where r.replaced_by_run_id is null and r.exception_id is not null
          order by r.exception_id not in (select exception_id from asked), r.code = 'document_incomplete', r.code, r.field, r.value limit 1) cause
      where x.rejected_id in (select rejected_id from mates)
        or (x.run_id, x.entity, x.document) in (select run_id, entity, document from mates where document is not null)),
    judged as (
      select w.*, max(case when w.is_whole then whole.newer else coalesce(own.newer, slice.newer) end) over together as newer,
        bool_or(case when w.is_whole then whole.is_outside else not ${inScope(sql`w.entity`, scope)} end) over together as is_outside,
        min(case when w.is_whole then whole.closed when closed.state is not null then w.entity || ' ' || w.period end) over together as closed_period
      from wide w left join lateral (select ${newerOfKey} as newer where not w.is_whole) own on true
        left join slices slice on w.is_full and not w.is_whole and (slice.run_id, slice.object_type, slice.entity, slice.period, slice.version)
          = (w.run_id, w.object_type, w.entity, w.period, w.version)
        left join (
          select run_id, max(newer) as newer, bool_or(is_outside) as is_outside, min(case when is_closed then entity || ' ' || period end) as closed
          from slices group by 1) whole on whole.run_id = w.run_id
        left join period_states closed on (closed.entity, closed.period) = (w.entity, w.period) and closed.state = any(w.closed_states)
      window together as (${together})),
    chosen as materialized (
      select j.*, case when is_outside or is_paused then 'not_allowed' when newer is not null then 'skipped'
          when closed_period is not null and not ${intoClosed} then 'not_allowed' end as excluded,
        case when is_outside then 'outside_entity_scope' when is_paused then 'job_paused' when newer is not null then 'overtaken ' || newer
          when closed_period is not null and not ${intoClosed} then 'period_closed ' || closed_period end as why
      from judged j)`
}

/** Of a query with rejections as `r`, their records as `x` and their runs as `n`. */
function meets({ exceptions, run, entity, period, version, currency, from, to }: ReplayAsked): SQL {
  const parts = [sql`n.status in ('succeeded', 'held')`]
  if (exceptions) parts.push(sql`r.exception_id in ${exceptions.length > 0 ? exceptions : [0]}`)
  // What was judged again by a replay stands there.
  if (run !== undefined)
    parts.push(sql`r.run_id in (
      with recursive family as (
        select ${run}::int as run_id union all select o.run_id from family f join runs o on o.origin_run_id = f.run_id and o.trigger = 'replay')
      select run_id from family)`)
  if (entity) parts.push(sql`x.entity = ${entity}`)
  if (period) parts.push(sql`x.period = ${period}`)
  if (version) parts.push(sql`x.version = ${version}`)
  if (currency) parts.push(sql`x.currency = ${currency}`)
  if (from) parts.push(sql`n.finished_at >= ${from}::date::timestamp at time zone 'UTC'`)
  if (to) parts.push(sql`n.finished_at < (${to}::date + 1)::timestamp at time zone 'UTC'`)
  return sql.join(parts, sql` and `)
}

/** Of these publications the newest that stands and brought something younger than what the root run read: no rollback does. */
const newest = (of: SQL, moved: SQL) => sql`(
  select max(p.publication) from (select distinct publication from (${moved}) m where publication > ${of}.as_of) m
    join publications p on p.publication = m.publication and p.withdraws is null and p.publication not in (${WITHDRAWN})
    where root_run(p.run_id) > ${of}.root_run_id)`

/**
 * The publication that brought newer data of the record's key, or withdrew it, or that ended the bank statement it stands in; null where
 * there is none. Of a query with records as `w` that know the system, root run and as-of publication of their run.
 */
export const newerOfKey = newest(
  sql`w`,
  sql`select unnest(array[l.loaded_at_pub, l.superseded_at_pub]) as publication from lines l
      where l.source_key = w.source_key and w.source_key <> '' and l.system_id = w.system_id and l.object_type = w.object_type
        and (l.loaded_at_pub > w.as_of or l.superseded_at_pub > w.as_of)
    union all select unnest(array[m.loaded_at_pub, m.superseded_at_pub]) from members m
      where m.source_key = w.source_key and w.source_key <> '' and m.system_id = w.system_id and m.dimension = w.object_type
    union all select unnest(array[old.loaded_at_pub, old.superseded_at_pub]) from run_artifacts a join runs r on r.run_id = a.run_id
      join publications u on u.publication = r.publication join bank_statements s on s.load_id = u.load_id and s.artifact_id = a.artifact_id
        and w.position between s.first_position and s.last_position
      join bank_statements old on ${isSamePage} where a.artifact_id = w.artifact_id and s.system_id = w.system_id
        and not exists (select from bank_statements c where (c.system_id, c.account, c.statement, c.page) = (s.system_id, s.account, s.statement, s.page)
          and c.loaded_at_pub is not null and c.superseded_at_pub is null and c.artifact_id = w.artifact_id)`,
)

/** The publication that brought newer data of a slice, or withdrew some. Of a query with runs as `o` and their slices as `c`. */
export const newerOfSlice = newest(
  sql`o`,
  sql`select unnest(array[t.loaded_at_pub, t.superseded_at_pub]) as publication from slice_totals t
      where t.system_id = o.system_id and (t.object_type, t.entity, t.period, t.version) = (c.object_type, c.entity, c.period, c.version)
    union all select unnest(array[m.loaded_at_pub, m.superseded_at_pub]) from members m
      where m.system_id = o.system_id and m.dimension = c.object_type and m.entity = c.entity`,
)
