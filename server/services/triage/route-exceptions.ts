import { Temporal } from 'temporal-polyfill'
import type { Transaction } from '#db/client.ts'
import { listCalendars } from '#db/queries/definitions.ts'
import { listRoutable, readRoutingRules, saveRoutes, type RoutableRow, type Route } from '#db/queries/triage.ts'
import type { CalendarDefinition } from '#server/domain/calendar.ts'
import { calendarFinder, MONTHS } from '#server/domain/reference.ts'
import { routeOf, type RoutingRule } from '#server/domain/routing.ts'
import { dueAtOf, severityOf } from '#server/domain/severity.ts'
import { stateWith, teamOf } from '#server/domain/triage.ts'

/**
 * Who gets these exceptions, how much each matters and by when it is due, by the rules as they stand. Asked again whenever a run sees
 * them, until somebody has touched them. `heldRunId`: the run that is about to end held because of them. `isRenamed`: it is another
 * cause now, whoever touched it before.
 */
export async function routeExceptions(
  tx: Transaction,
  exceptionIds: readonly number[],
  heldRunId: number | null = null,
  isRenamed = false,
): Promise<void> {
  const rows = await listRoutable(tx, exceptionIds, heldRunId, isRenamed)
  if (rows.length === 0) return
  const rules = await readRoutingRules(tx)
  const calendarOf = calendarFinder(await listCalendars(tx))
  await saveRoutes(
    tx,
    rows.map((row) => routed(row, rules, calendarOf(row.calendar ?? MONTHS.calendar) ?? MONTHS)),
  )
}

function routed(row: RoutableRow, rules: readonly RoutingRule[], calendar: CalendarDefinition): Route {
  const rule = routeOf(rules, row)
  const severity = rule?.severity ?? severityOf(row.code, row.failureClass, row.holdsLoad)
  const assignee = rule?.assignee ?? row.earlierAssignee
  const openedOn = Temporal.Instant.from(row.openedAt).toZonedDateTimeISO(calendar.timeZone).toPlainDate().toString()
  return {
    exceptionId: row.exceptionId,
    team: rule?.team ?? teamOf(row.failureClass),
    assignee,
    state: stateWith(assignee),
    severity,
    calendar: calendar.calendar,
    openedOn,
    dueAt: dueAtOf(openedOn, severity, calendar).toISOString(),
    routedBy: rule?.name ?? '',
  }
}
