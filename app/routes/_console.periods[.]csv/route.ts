import { csvResponse } from '#app/.server/csv.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readPeriodsView } from '#app/.server/periods-search.ts'
import { readPeriods } from '#app/.server/reads.ts'
import { formatInstant } from '#app/ui/time.tsx'

const HEAD = [
  'entity',
  'name',
  'calendar',
  'period',
  'starts_on',
  'ends_on',
  'cut_off_local',
  'time_zone',
  'cut_off_utc',
  'working_days',
  'state',
  'changed_at',
  'records_held_back',
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
  return csvResponse(`periods-${context.now().toISOString().slice(0, 10)}.csv`, HEAD, cells)
})
