import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { isStoppedBySystem, runsBehindOpen } from './exception-filter.ts'
import { seenIn } from './run-filter.ts'

/** Runs that were held or failed and whose exceptions are still open: somebody must mend, restart or replay them. */
export async function countStoppedRuns(db: Queryable, scope: readonly string[]): Promise<{ held: number; failed: number }> {
  const [row] = await db.execute<{ held: number; failed: number }>(sql`
    select count(*) filter (where status = 'held')::int as held, count(*) filter (where status = 'failed')::int as failed from runs r
    where (r.status = 'failed' or r.status = 'held' and not r.is_partial) and not r.is_preview and ${seenIn(scope)}
      and (${isStoppedBySystem(sql`r`)} or r.run_id in ${runsBehindOpen(scope)})`)
  return row!
}
