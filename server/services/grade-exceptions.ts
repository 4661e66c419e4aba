import type { Queryable } from '#db/client.ts'
import { listCalendars } from '#db/queries/definitions.ts'
import type { Actor } from '#server/domain/actor.ts'
import { calendarFinder, MONTHS } from '#server/domain/reference.ts'
import { dueAtOf, type Severity } from '#server/domain/severity.ts'
import type { Context } from './context.ts'
import { expectReason } from './reason.ts'
import { actOn, type Acted, type Decide, type Seen } from './triage/act-on.ts'

export type GradeExceptions = {
  readonly exceptions: readonly Seen[]
  readonly severity: Severity
  readonly reason: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/** Another severity than the rules gave, and with it another due time. Throws Refusal (reason_missing). */
export async function gradeExceptions(
  context: Pick<Context, 'db'>,
  { exceptions, severity, reason, actor, idempotencyKey }: GradeExceptions,
): Promise<Acted> {
  const act = {
    name: 'gradeException',
    event: 'graded',
    actor,
    exceptions,
    reason,
    request: { severity },
    idempotencyKey,
  } as const
  return actOn(context, act, await grading(context.db, severity, reason))
}

/** What becomes of each. Throws Refusal (reason_missing). */
export async function grading(db: Queryable, severity: Severity, reason: string | undefined): Promise<Decide> {
  expectReason(reason)
  const calendarOf = calendarFinder(await listCalendars(db))
  return (row) => {
    if (row.severity === severity) return 'it is so already'
    return { severity, dueAt: dueAtOf(row.openedOn, severity, calendarOf(row.calendar) ?? MONTHS).toISOString() }
  }
}
