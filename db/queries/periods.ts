import { sql } from 'drizzle-orm'
import type { PeriodState } from '#server/domain/period-state.ts'
import type { Transaction } from '../client.ts'

/** Returns the state before; open where nothing was said. Two at once on one period take turns. */
export async function savePeriodState(tx: Transaction, entity: string, period: string, state: PeriodState): Promise<PeriodState> {
  await tx.execute(
    sql`insert into period_states (entity, period, state) values (${entity}, ${period}, 'open') on conflict (entity, period) do nothing`,
  )
  const [before] = await tx.execute<{ state: PeriodState }>(
    sql`select state from period_states where entity = ${entity} and period = ${period} for update`,
  )
  await tx.execute(
    sql`update period_states set state = ${state}, changed_at = now() where entity = ${entity} and period = ${period} and state <> ${state}`,
  )
  return before!.state
}
