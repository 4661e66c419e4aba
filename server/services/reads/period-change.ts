import type { Queryable } from '#db/client.ts'
import { countExceptions } from '#db/queries/exceptions.ts'
import {
  listCalendars,
  listDueFeeds,
  listEntities,
  listHeldBack,
  listPeriodStates,
  listPublishedOf,
  listRunsTouching,
  type DueFeedRow,
} from '#db/queries/period-screens.ts'
import { periodsOf } from '#server/domain/calendar.ts'
import type { NotReady } from '#server/domain/close.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { PeriodState } from '#server/domain/period-state.ts'
import { notReadyNow } from '../close/not-ready-now.ts'
import { describe, inUse, type CalendarPeriod, type PeriodCell } from './periods-view.ts'

export type ChosenPeriod = PeriodCell & {
  readonly entity: string
  readonly name: string | null
  readonly calendar: string
  readonly timeZone: string
  readonly facts: CalendarPeriod
  readonly published: readonly { readonly currency: string; readonly records: number }[]
  readonly business: number
  readonly control: number
  readonly notReady: readonly NotReady[]
  readonly runs: readonly { readonly runId: number; readonly job: string; readonly status: string }[]
}

/** What a change of these periods would hold back or let in, as it stands now. */
export type PeriodChange = {
  readonly chosen: readonly ChosenPeriod[]
  readonly states: readonly PeriodState[]
  readonly due: readonly DueFeedRow[]
  readonly computedAt: string
}

export const PERIODS_MAX = 100
const DUE_MAX = 10

/** `names` are written 'NO01 2026-03'. Throws Refusal (period_not_found, input_invalid). */
export async function readPeriodChange(
  db: Queryable,
  { names, scope }: { readonly names: readonly string[]; readonly scope: readonly string[] },
  now: Date,
): Promise<PeriodChange> {
  if (names.length > PERIODS_MAX) throw new Refusal('input_invalid', `at most ${PERIODS_MAX} periods are changed at once`)
  const asked = [...new Set(names)].map((name) => {
    const [entity = '', period = ''] = name.split(' ')
    return { entity, period }
  })
  const [calendars, entities, states, heldBack, published, going, due, notReady] = await Promise.all([
    listCalendars(db),
    listEntities(db, scope),
    listPeriodStates(db, scope),
    listHeldBack(db, scope),
    listPublishedOf(db, asked),
    listRunsTouching(db, asked),
    listDueFeeds(db, [...new Set(asked.map(({ entity }) => entity))], DUE_MAX),
    notReadyNow(db, asked, now),
  ])
  const grids = inUse(calendars, entities)
  const chosen = await Promise.all(
    asked.map(async ({ entity, period }): Promise<ChosenPeriod> => {
      const grid = grids.find(({ members }) => members.some((member) => member.entity === entity))
      const fiscal = grid && periodsOf(grid.calendar).find((one) => one.period === period)
      if (!grid || !fiscal) throw new Refusal('period_not_found', `${entity} ${period}`)
      const said = states.find((row) => row.entity === entity && row.period === period)
      const open = await countExceptions(db, { state: 'open', entity, period, scope })
      const isHere = (row: { entity: string; period: string }) => row.entity === entity && row.period === period
      return {
        entity,
        period,
        name: grid.members.find((member) => member.entity === entity)?.name ?? null,
        calendar: grid.calendar.calendar,
        timeZone: grid.calendar.timeZone,
        facts: describe(grid.calendar, [fiscal], now)[0]!,
        state: said?.state ?? 'open',
        changedAt: said?.changedAt ?? null,
        waiting: heldBack.filter(isHere).map(({ currency, records, amount }) => ({ currency, records, amount })),
        published: published.filter(isHere).map(({ currency, records }) => ({ currency, records })),
        business: open.business,
        control: open.control,
        notReady: notReady({ entity, period }),
        runs: going.filter(isHere).map(({ runId, job, status }) => ({ runId, job, status })),
      }
    }),
  )
  return { chosen, states: [...new Set(chosen.map(({ state }) => state))], due, computedAt: now.toISOString() }
}
