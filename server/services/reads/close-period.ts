import type { Queryable } from '#db/client.ts'
import { listNotCompared } from '#db/queries/close-board.ts'
import { listReopenings, type Reopening } from '#db/queries/periods.ts'
import { listReconciliations, type ReconciliationRow } from '#db/queries/reconciliation-screens.ts'
import { Refusal } from '#server/domain/errors.ts'
import { reopeningEffect, type ReopeningEffect } from '../close/reopening-effect.ts'
import { readCloseBoardForExport, type CloseBoardRow } from './close-board.ts'

export type ClosePeriodView = {
  readonly row: CloseBoardRow
  /** Those that were compared, and those that were not because no side has figures. */
  readonly reconciliations: readonly ReconciliationRow[]
  readonly notCompared: readonly { readonly name: string; readonly title: string }[]
  /** What reopening it would let happen; null where it is not closed. */
  readonly effect: ReopeningEffect | null
  readonly reopenings: readonly Reopening[]
  readonly computedAt: string
}
type Asked = {
  readonly entity: string
  readonly period: string
  readonly version?: string | undefined
  readonly publication: number
  readonly scope: readonly string[]
}

const RECONCILIATIONS_MAX = 500
const REOPENINGS_SHOWN = 20

/** One period of one entity, with everything behind the figures of the board. Throws Refusal (period_not_found). */
export async function readClosePeriod(db: Queryable, asked: Asked, now: Date): Promise<ClosePeriodView> {
  const { entity, period, version, scope } = asked
  const [row] = await readCloseBoardForExport(db, asked, now)
  if (!row) throw new Refusal('period_not_found', `${entity} ${period}`)
  const today = now.toISOString().slice(0, 10)
  const filter = { entity, period, version, scope, today }
  const [reconciliations, notCompared, effect, reopenings] = await Promise.all([
    listReconciliations(db, filter, { limit: RECONCILIATIONS_MAX, offset: 0 }),
    listNotCompared(db, [row], version),
    row.state === 'closed' ? reopeningEffect(db, { entity, period }) : null,
    listReopenings(db, entity, period, REOPENINGS_SHOWN),
  ])
  return {
    row,
    reconciliations,
    notCompared: notCompared.map(({ name, title }) => ({ name, title })),
    effect,
    reopenings,
    computedAt: now.toISOString(),
  }
}
