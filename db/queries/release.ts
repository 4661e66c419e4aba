import { sql } from 'drizzle-orm'
import type { HeldLoad, Rankable, Unsigned, Waiting } from '#server/domain/release-order.ts'
import type { Queryable } from '../client.ts'
import { intArray } from '../int-array.ts'
import { iso } from '../iso.ts'
import { inSlice, isOpen, matchesException, type ExceptionsFilter } from './exception-filter.ts'
import { holdings, isHeldStill } from './held.ts'
import { inScope } from './totals.ts'

/** All exceptions of a filter with what their order is made of. Amounts of these entities, period, version and currency. */
export async function listRankable(
  db: Queryable,
  filter: Omit<ExceptionsFilter, 'before' | 'after' | 'limit'>,
): Promise<Rankable[]> {
  const rows = await db.execute<Rankable>(sql`
    with chosen as materialized (
      select e.exception_id, e.severity, e.due_at, e.last_run_id from exceptions e join jobs j on j.job_id = e.job_id where ${matchesException(filter)}),
    amount as (
      select b.exception_id, x.currency, greatest(sum(x.debit), sum(x.credit)) as amount
      from waiting_records x cross join unnest(x.exception_ids) as b (exception_id) where ${inSlice(filter)} group by 1, 2
      union all
      select c.exception_id, c.currency, sum(abs(c.claimed - c.found)) from claims c join chosen on chosen.exception_id = c.exception_id and c.run_id = chosen.last_run_id
      where c.currency is not null group by 1, 2),
    stake as materialized (select exception_id, jsonb_object_agg(currency, amount::text) as amounts from amount group by 1)
    select c.exception_id as "exceptionId", c.severity, ${iso(sql`c.due_at`)} as "dueAt", coalesce(s.amounts, '{}') as amounts
    from chosen c left join stake s on s.exception_id = c.exception_id`)
  return [...rows]
}

/**
 * What waits behind any of these exceptions, by all it needs. Of these entities, period, version and currency. What a held load brings is
 * released with the load: after the controls that hold it, and where its job takes it whole, with the last of all its causes.
 */
export async function listWaiting(
  db: Queryable,
  exceptionIds: readonly number[],
  filter: Pick<ExceptionsFilter, 'entity' | 'period' | 'version' | 'currency' | 'scope'>,
): Promise<Waiting[]> {
  const rows = await db.execute<Waiting>(sql`
    with ${holding},
    load as materialized (
      select run_id, bool_or(is_whole) as is_whole, array_agg(distinct need order by need) as needs from holding where is_whole or is_control group by 1)
    select case when l.is_whole then l.needs else x.needs || l.needs end as needs, x.currency, sum(x.debit)::text as debit, sum(x.credit)::text as credit
    from waiting_records x left join load l on l.run_id = x.run_id
    where x.exception_ids && ${intArray(exceptionIds)} and ${inSlice(filter)} group by 1, 2`)
  return [...rows]
}

/** Loads that are held, with every open exception that holds them: of records and of controls. */
export async function listHeldLoads(db: Queryable, exceptionIds: readonly number[]): Promise<HeldLoad[]> {
  const rows = await db.execute<HeldLoad>(sql`
    with ${holding}
    select run_id as "runId", array_agg(distinct need order by need) as needs from holding group by 1 having array_agg(need) && ${intArray(exceptionIds)} order by 1`)
  return [...rows]
}

/**
 * Reconciliations that are not certified and whose difference has records rejected for any of these, with every cause of such records that is
 * not fixed. As they were last compared.
 */
export async function listUnsignedBehind(
  db: Queryable,
  exceptionIds: readonly number[],
  scope: readonly string[],
): Promise<Unsigned[]> {
  const rows = await db.execute<Unsigned>(sql`
    with behind as (
      select r.reconciliation_id, v.definition->>'title' || ', ' || r.entity || ' ' || r.period as title, need::int as need
      from reconciliations r join comparisons c on c.comparison_id = r.comparison_id
        join reconciliation_versions v on v.definition_id = r.definition_id and v.version = c.definition_version
        join comparison_parts p on p.comparison_id = r.comparison_id and p.bucket = 'rejected'
        cross join jsonb_array_elements_text(p.because->'exceptionIds') need
      where r.state <> 'certified' and ${inScope(sql`r.entity`, scope)})
    select b.reconciliation_id as "reconciliationId", b.title, array_agg(distinct b.need order by b.need) as needs
    from behind b join exceptions e on e.exception_id = b.need and e.closed_at is null
    group by 1, 2 having array_agg(b.need) && ${intArray(exceptionIds)} order by 1`)
  return [...rows]
}

/** Held loads and each exception that holds them. */
const holding = sql`
    held as (
      select r.run_id, v.definition->>'onFailure' = 'hold' as is_whole from runs r join jobs j on j.job_id = r.job_id
        join job_versions v on v.job_id = j.job_id and v.version = j.current_version where ${isHeldStill}),
    holding as (
      select h.run_id, h.is_whole, false as is_control, need from held h join waiting_records w on w.run_id = h.run_id cross join unnest(w.needs) need
      union select h.run_id, h.is_whole, true, e.exception_id from held h join ${holdings} b on b.run_id = h.run_id join exceptions e on e.exception_id = b.exception_id
        where e.failure_class = 'control' and ${isOpen})`
