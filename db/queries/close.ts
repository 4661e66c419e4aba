import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { inScope } from './totals.ts'

export type PeriodStateName = 'open' | 'soft_closed' | 'closed'

/** What people decided of periods; a period without a row is open. */
export async function listPeriodStates(
  db: Queryable,
  scope: readonly string[],
): Promise<{ entity: string; period: string; state: PeriodStateName }[]> {
  const rows = await db.execute<{ entity: string; period: string; state: PeriodStateName }>(sql`
    select entity, period, state from period_states p where ${inScope(sql`p.entity`, scope)} order by 1, 2`)
  return [...rows]
}
