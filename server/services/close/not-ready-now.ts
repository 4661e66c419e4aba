import type { Queryable } from '#db/client.ts'
import { listCalendars, listEntities } from '#db/queries/period-screens.ts'
import type { NotReady } from '#server/domain/close.ts'
import { closeCellsOf } from './close-cells.ts'
import { closeFiguresOf } from './close-figures.ts'

type Of = { readonly entity: string; readonly period: string }

/** What is not ready in each of these periods, over all that happens in them. */
export async function notReadyNow(db: Queryable, periods: readonly Of[], now: Date): Promise<(of: Of) => readonly NotReady[]> {
  if (periods.length === 0) return () => []
  const calendars = await listCalendars(db)
  const entities = await listEntities(db, [...new Set(periods.map(({ entity }) => entity))])
  const cells = [...new Set(periods.map(({ period }) => period))].flatMap((period) =>
    closeCellsOf(
      calendars,
      entities.filter(({ entity }) => periods.some((one) => one.entity === entity && one.period === period)),
      { period },
      now,
    ),
  )
  const figures = await closeFiguresOf(db, cells, { scope: ['*'], today: now.toISOString().slice(0, 10) })
  return (of) => figures(of).notReady
}
