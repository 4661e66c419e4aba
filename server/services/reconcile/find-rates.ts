import { listRatesBetween } from '#db/queries/fx-rates.ts'
import type { Queryable } from '#db/client.ts'
import type { SideLine } from '#db/queries/comparison-sides.ts'
import { daysBefore } from '#server/domain/day.ts'
import { EUR_CLOSING } from '#server/domain/fx.ts'
import type { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import type { Rate } from '#server/domain/reconciliation/rate.ts'

/** Rates by which one side may have translated what the other has: between the currencies of what differs, around its days. */
export async function findRates(
  db: Queryable,
  { rates }: ReconciliationDefinition,
  lines: readonly SideLine[],
  publication: number,
): Promise<Rate[]> {
  const currencies = [...new Set(lines.map(({ currency }) => currency))]
  const days = lines.flatMap(({ on }) => on ?? []).sort()
  if (!rates || currencies.length < 2 || days.length === 0) return []
  const from = daysBefore(days[0]!, EUR_CLOSING.oldestDays)
  const found = await listRatesBetween(db, { ...rates, currencies, from, to: days.at(-1)!, publication })
  return found.map(({ base, quote, rate, date, publication: version }) => ({
    from: base,
    to: quote,
    rate,
    on: date,
    version: `publication ${version}`,
  }))
}
