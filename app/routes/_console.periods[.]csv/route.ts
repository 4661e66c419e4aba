import { columns, csvAnswer } from '#app/.server/exports/export.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readPeriodsView } from '#app/.server/periods-search.ts'
import { readPeriods } from '#app/.server/reads.ts'
import { formatInstant } from '#app/ui/time.tsx'

const COLUMNS = [
  ...columns('text', 'entity', 'name'),
  ...columns('plain', 'calendar', 'period', 'starts_on', 'ends_on', 'cut_off_local', 'time_zone', 'cut_off_utc'),
  ...columns('count', 'working_days'),
  ...columns('plain', 'state', 'changed_at'),
  ...columns('count', 'records_held_back'),
]

export const loader = guarded('periods:read', async (given) => {
  const { context } = given.services
  const { grids } = await readPeriods(context.db, readPeriodsView(given).request, context.now())
  const cells = grids.flatMap(({ calendar, periods, rows }) =>
    rows.flatMap(({ entity, name, cells: states }) =>
      periods.map(({ period, startsOn, endsOn, cutOffAt, workingDays }, index) => {
        const { state = 'open', changedAt = null, waiting = [] } = states[index] ?? {}
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
  )
  return csvAnswer(given, { title: 'Periods', order: 'by calendar, entity and period', columns: COLUMNS, rows: cells })
})
