import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { isStoppedBySystem } from './exception-filter.ts'
import { inScope } from './totals.ts'

/** Runs that were held or failed and whose exceptions are still open: somebody must mend, restart or replay them. */
export async function countStoppedRuns(db: Queryable, scope: readonly string[]): Promise<{ held: number; failed: number }> {
  const [row] = await db.execute<{ held: number; failed: number }>(sql`
    select count(*) filter (where status = 'held')::int as held, count(*) filter (where status = 'failed')::int as failed from runs r
    where (r.status = 'failed' or r.status = 'held' and not r.is_partial) and not r.is_preview and (${isStoppedBySystem(sql`r`)} or r.run_id in (
      select e.last_run_id from exceptions e
      where e.closed_at is null and (cardinality(e.entities) = 0 or exists (select from unnest(e.entities) x where ${inScope(sql`x`, scope)}))))`)
  return row!
}
