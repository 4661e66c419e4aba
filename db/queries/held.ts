import { sql } from 'drizzle-orm'
import { inScope } from './totals.ts'

/** Controls of the load itself: nothing the source states. */
export const WITHOUT_CLAIM = ['conservation_broken', 'outside_entity_scope', 'statement_altered'] as const

/** Of runs as `r`: held as a whole, and nothing came in place of it yet. */
export const isHeldStill = sql`r.status = 'held' and not r.is_preview and not r.is_partial and r.settled_by_run_id is null`

/**
 * Loads that are held still, and what holds each: open exceptions about its records, and about its controls. Of those that no claim raised only
 * the first run and the last are kept: what was held between them and waits for nothing else waits for it.
 */
export const holdings = sql`(
  select r.run_id, b.exception_id from runs r cross join lateral (
    select unnest(w.exception_ids) as exception_id from waiting_records w where w.run_id = r.run_id
    union select c.exception_id from claims c where c.run_id = r.run_id
    union select o.exception_id from exceptions o where o.job_id = r.job_id and o.closed_at is null and o.failure_class = 'control'
      and (o.last_run_id = r.run_id or o.code in ${WITHOUT_CLAIM} and r.run_id between o.opened_run_id and o.last_run_id
        and not exists (select from waiting_records w where w.run_id = r.run_id) and not exists (select from claims c where c.run_id = r.run_id and c.exception_id is not null))) b
    join exceptions x on x.exception_id = b.exception_id and x.closed_at is null
  where ${isHeldStill})`

/** Loads that are held still behind what somebody in scope sees. */
export const heldRuns = (scope: readonly string[]) => sql`(
  select h.run_id from ${holdings} h join exceptions e on e.exception_id = h.exception_id where ${concerns(scope)})`

/** Of exceptions as `e`: about the job as a whole, or an entity in scope. */
export const concerns = (scope: readonly string[]) =>
  sql`(cardinality(e.entities) = 0 or exists (select from unnest(e.entities) x where ${inScope(sql`x`, scope)}))`
