import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'

/** What working on one exception asks of it, beyond its row in the list. */
export type CaseRow = {
  /** All it concerns, whoever looks. */
  entities: string[]
  calendar: string
  timeZone: string
  /** Business days from today to the day it is due, on the wall of its calendar; below zero: it was due. */
  dueIn: number
  isLate: boolean
  /** Who asked for the runs that opened and last saw it: they do not decide on its ending. */
  runsAskedBy: string[]
}

export async function findCase(db: Queryable, exceptionId: number, now: Date): Promise<CaseRow | null> {
  const at = sql`${now.toISOString()}::timestamptz`
  const workingDaysUntil = (instant: ReturnType<typeof sql>) =>
    sql`coalesce((select d.working_days from calendar_days d where d.calendar = e.calendar and d.day = (${instant} at time zone z.zone)::date), 0)`
  const [row] = await db.execute<CaseRow>(sql`
    select e.entities, e.calendar, z.zone as "timeZone", ${workingDaysUntil(sql`e.due_at`)} - ${workingDaysUntil(at)} as "dueIn", e.due_at < ${at} as "isLate",
      coalesce((select array_agg(distinct r.requested_by) from runs r where r.run_id in (e.opened_run_id, e.last_run_id)), '{}') as "runsAskedBy"
    from exceptions e left join calendars c on c.code = e.calendar cross join lateral (select coalesce(c.definition->>'timeZone', 'UTC') as zone) z
    where e.exception_id = ${exceptionId}`)
  return row ?? null
}
