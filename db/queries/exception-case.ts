import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { dueColumns, type Due } from './exception-filter.ts'

/** What working on one exception asks of it, beyond its row in the list. */
export type CaseRow = Due & {
  /** All it concerns, whoever looks. */
  entities: string[]
  calendar: string
  /** Who asked for the runs that opened and last saw it: they do not decide on its ending. */
  runsAskedBy: string[]
}

export async function findCase(db: Queryable, exceptionId: number, now: Date): Promise<CaseRow | null> {
  const [row] = await db.execute<CaseRow>(sql`
    select e.entities, e.calendar,
      coalesce((select array_agg(distinct r.requested_by) from runs r where r.run_id in (e.opened_run_id, e.last_run_id)), '{}') as "runsAskedBy",
      ${dueColumns(now)}
    from exceptions e where e.exception_id = ${exceptionId}`)
  return row ?? null
}
