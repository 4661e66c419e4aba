import type { Queryable } from '#db/client.ts'
import { findRate, listRates, listRateSources, type RateRow, type RatesFilter, type RateSource } from '#db/queries/fx-rates.ts'
import { EUR_CLOSING, translate, type FxPolicy, type FxRate, type Translation, type Untranslated } from '#server/domain/fx.ts'
import { EXPORT_REFERENCE_ROWS_MAX, wholeExport } from './whole-export.ts'

export type { RateRow, RateSource }

const PAGE_ROWS = 50

export type RatesListFilter = RatesFilter & { readonly before?: number | undefined; readonly after?: number | undefined }
export type RatesView = {
  readonly rows: readonly RateRow[]
  readonly sources: readonly RateSource[]
  readonly hasNewer: boolean
  readonly hasOlder: boolean
  readonly computedAt: string
}

/** One page of rates, the newest day first. They belong to no entity: everybody sees all. */
export async function readRates(db: Queryable, filter: RatesListFilter, now: Date): Promise<RatesView> {
  const backwards = filter.after !== undefined && filter.before === undefined
  const [found, sources] = await Promise.all([listRates(db, { ...filter, limit: PAGE_ROWS + 1 }), listRateSources(db)])
  const isMore = found.length > PAGE_ROWS
  return {
    rows: backwards ? found.slice(-PAGE_ROWS) : found.slice(0, PAGE_ROWS),
    sources,
    hasNewer: backwards ? isMore : filter.before !== undefined,
    hasOlder: backwards || isMore,
    computedAt: now.toISOString(),
  }
}

/** All rates of the view, for a file. */
export const readRatesForExport = (db: Queryable, filter: RatesFilter, max = EXPORT_REFERENCE_ROWS_MAX): Promise<RateRow[]> =>
  wholeExport(max, (limit) => listRates(db, { ...filter, limit }))

type Asked = {
  readonly minor: bigint
  readonly from: string
  readonly to: string
  readonly on: string
  /** Whose rates. */
  readonly system: string
  /** As they were known then. */
  readonly publication: number
  readonly policy?: FxPolicy
}

/** Translates an amount by the rates of one source, as of a publication. Nothing is translated unless it is asked for like this. */
export async function readTranslation(db: Queryable, asked: Asked): Promise<Translation | Untranslated> {
  const { minor, from, to, on, system, publication, policy = EUR_CLOSING } = asked
  const { kind, through } = policy
  const ways = [
    [from, to],
    [to, from],
    [from, through],
    [through, from],
    [to, through],
    [through, to],
  ] as const
  const found = await Promise.all(
    ways.map(
      async ([base, quote]) => [`${base}/${quote}`, await findRate(db, { base, quote, kind, on, system, publication })] as const,
    ),
  )
  const rates = new Map<string, FxRate | null>(found)
  return translate({ minor, currency: from }, to, on, (base, quote) => rates.get(`${base}/${quote}`) ?? undefined, policy)
}
