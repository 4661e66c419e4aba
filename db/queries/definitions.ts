import { sql } from 'drizzle-orm'
import type { CalendarDefinition, FiscalPeriod } from '#server/domain/calendar.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { workingDaysOf, type CalendarDay } from '#server/domain/working-days.ts'
import type { Database, Queryable, Transaction } from '../client.ts'
import { calendars } from '../schema/calendars.ts'
import { jobs, jobVersions, systems } from '../schema/systems.ts'
import { canonicalJson } from '#server/platform/hash.ts'

export async function saveSystem(tx: Transaction, system: JobDefinition['system']): Promise<number> {
  const [row] = await tx
    .insert(systems)
    .values(system)
    .onConflictDoUpdate({ target: systems.code, set: { name: system.name, kind: system.kind, simulated: system.simulated } })
    .returning({ systemId: systems.systemId })
  return row!.systemId
}

/** A new version of a job; the job itself when jobId is null. */
export async function saveJob(
  tx: Transaction,
  {
    definition,
    systemId,
    version,
    hash,
    actor,
    jobId,
    at,
  }: {
    definition: JobDefinition
    systemId: number
    version: number
    hash: string
    actor: string
    jobId: number | null
    at: Date
  },
): Promise<void> {
  let id = jobId
  if (id === null) {
    const [row] = await tx
      .insert(jobs)
      .values({ name: definition.job, systemId, currentVersion: version, createdAt: at })
      .returning({ jobId: jobs.jobId })
    id = row!.jobId
  } else {
    await tx.execute(sql`update jobs set current_version = ${version} where job_id = ${id}`)
  }
  await tx.insert(jobVersions).values({ jobId: id, version, definition, definitionHash: hash, createdBy: actor, createdAt: at })
}

/** Every calendar there is, for what is due by one. */
export async function listCalendars(db: Queryable): Promise<CalendarDefinition[]> {
  const rows = await db.select({ definition: calendars.definition }).from(calendars)
  return rows.map((row) => row.definition)
}

export async function saveCalendar(
  tx: Transaction,
  definition: CalendarDefinition,
  periods: readonly FiscalPeriod[],
  days: readonly CalendarDay[],
): Promise<'new' | 'changed' | 'unchanged'> {
  const [before] = await tx.select().from(calendars).where(sql`${calendars.code} = ${definition.calendar}`)
  if (before && canonicalJson(before.definition) === canonicalJson(definition)) return 'unchanged'
  await tx
    .insert(calendars)
    .values({ code: definition.calendar, definition })
    .onConflictDoUpdate({ target: calendars.code, set: { definition } })
  await tx.execute(sql`delete from fiscal_periods where calendar = ${definition.calendar}`)
  await tx.execute(sql`
    insert into fiscal_periods (calendar, period, starts_on, ends_on)
    select ${definition.calendar}, p.period, p."startsOn", p."endsOn" from jsonb_to_recordset(${JSON.stringify(periods)}::jsonb) as p (period text, "startsOn" date, "endsOn" date)`)
  await saveCalendarDays(tx, definition.calendar, days)
  return before ? 'changed' : 'new'
}

export async function saveCalendarDays(tx: Transaction, calendar: string, days: readonly CalendarDay[]): Promise<void> {
  await tx.execute(sql`delete from calendar_days where calendar = ${calendar}`)
  await tx.execute(sql`
    insert into calendar_days (calendar, day, working_days)
    select ${calendar}, d.day, d."workingDays" from jsonb_to_recordset(${JSON.stringify(days)}::jsonb) as d (day date, "workingDays" int) on conflict do nothing`)
}

/** Calendars from before their working days were kept get them. Several processes may do so at once. */
export async function fillCalendarDays(db: Database): Promise<void> {
  const rows = await db.execute<{ definition: CalendarDefinition }>(
    sql`select definition from calendars c where not exists (select from calendar_days d where d.calendar = c.code)`,
  )
  for (const { definition } of rows) {
    await db.transaction((tx) => saveCalendarDays(tx, definition.calendar, workingDaysOf(definition)))
  }
}
