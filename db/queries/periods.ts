import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'

/** Returns the state before; open where nothing was said. */
export async function savePeriodState(tx: Transaction, entity: string, period: string, state: string): Promise<string> {
  const [before] = await tx.execute<{ state: string }>(
    sql`select state from period_states where entity = ${entity} and period = ${period} for update`,
  )
  await tx.execute(sql`
    insert into period_states (entity, period, state) values (${entity}, ${period}, ${state})
    on conflict (entity, period) do update set state = excluded.state, changed_at = now()`)
  return before?.state ?? 'open'
}
