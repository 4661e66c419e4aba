import { formatInstant } from '#app/ui/time.tsx'
import { readPeriods } from '#server/services/reads/periods-view.ts'
import type { Given } from '../guarded.ts'
import { readPeriodsView } from '../periods-search.ts'
import { columns, type Export } from './export.ts'

/** A row an entity and period, as the grid shows them. */
export async function periodsExport(given: Given): Promise<Export> {
  const { context } = given.services
  const { grids } = await readPeriods(context.db, readPeriodsView(given).request, context.now())
  return {
    title: 'Periods',
    order: 'by calendar, entity and period',
    columns: [
      ...columns('text', 'entity'),
      ...columns('text', 'name'),
      ...columns('plain', 'calendar', 'period', 'starts_on', 'ends_on', 'cut_off_local', 'time_zone', 'cut_off_utc'),
      ...columns('count', 'working_days'),
      ...columns('plain', 'state', 'changed_at'),
      ...columns('count', 'records_held_back'),
    ],
    rows: grids.flatMap(({ calendar, periods, rows }) =>
      rows.flatMap(({ entity, name, cells }) =>
        periods.map(({ period, startsOn, endsOn, cutOffAt, workingDays }, index) => {
          const { state = 'open', changedAt = null, waiting = [] } = cells[index] ?? {}
          return [
            entity,
            name,
            calendar.calendar,
            period,
            startsOn,
            endsOn,
            formatInstant(cutOffAt, calendar.timeZone),
            calendar.timeZone,
            cutOffAt,
            workingDays,
            state,
            changedAt,
            waiting.reduce((n, { records }) => n + records, 0),
          ]
        }),
      ),
    ),
  }
}
