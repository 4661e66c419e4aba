import { sql } from 'drizzle-orm'
import type { CalendarDefinition } from '#server/domain/calendar.ts'
import type { PeriodState } from '#server/domain/period-state.ts'
import type { Queryable } from '../client.ts'
import { inScope } from './totals.ts'

/** What people decided of periods; a period without a row is open. */
export async function listPeriodStates(
  db: Queryable,
  scope: readonly string[],
): Promise<{ entity: string; period: string; state: PeriodState }[]> {
  const rows = await db.execute<{ entity: string; period: string; state: PeriodState }>(sql`
    select entity, period, state from period_states p where ${inScope(sql`p.entity`, scope)} order by 1, 2`)
  return [...rows]
}

/** The calendar each entity names, as of a publication, where it names one that is there. */
export async function listEntityCalendars(
  db: Queryable,
  asOf: number,
  scope: readonly string[],
): Promise<{ entity: string; definition: CalendarDefinition }[]> {
  const rows = await db.execute<{ entity: string; definition: CalendarDefinition }>(sql`
    select m.code as entity, c.definition from members m join calendars c on c.code = m.attributes->>'calendar'
    where m.dimension = 'entity' and m.loaded_at_pub <= ${asOf} and (m.superseded_at_pub is null or m.superseded_at_pub > ${asOf}) and ${inScope(sql`m.code`, scope)}
    order by m.member_id`)
  return [...rows]
}
