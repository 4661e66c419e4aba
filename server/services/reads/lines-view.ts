import type { Queryable } from '#db/client.ts'
import { sumLinesByKind, type LineSum } from '#db/queries/line-screens.ts'
import { listLines, type LineRow, type LinesFilter } from '#db/queries/lines.ts'
import { sumPublishedTotals, type KindTotal } from '#db/queries/total-screens.ts'
import { certaintyOfAll, type Certainty } from '#server/domain/certainty.ts'
import { listSliceNames } from '#db/queries/totals.ts'
import { Refusal } from '#server/domain/errors.ts'
import { subtractDecimals } from '#server/domain/money.ts'
import { readCertainty, type Certain } from './certainty.ts'
import { readNames } from './member-names.ts'

const PAGE_ROWS = 100
/** Up to this many rows are added up while one waits; more of them when one asks for it. */
const ADD_UP_ROWS_MAX = 50_000
/** What a spreadsheet can open. A larger view is exported in parts. */
export const EXPORT_LINES_MAX = 1_000_000
const EXPORT_PAGE_ROWS = 5_000

/** One kind of line in one currency: what the published total says, and what the rows come to. */
export type LinesTotal = {
  readonly objectType: KindTotal['objectType']
  readonly currency: string
  /** Null where there is no published total of exactly these filters. */
  readonly stated: KindTotal | null
  /** Null where the rows were not added up. */
  readonly found: LineSum | null
  readonly ties: boolean | null
}

export type LinesView = {
  readonly rows: readonly Certain<LineRow & { readonly entityName: string | null; readonly accountName: string | null }>[]
  readonly totals: readonly LinesTotal[]
  readonly count: number
  readonly isAddedUp: boolean
  readonly hasEarlier: boolean
  readonly hasLater: boolean
  readonly exportRefusal: string | null
  /** Of all figures of these filters, not of this page. */
  readonly certainty: Certainty
  readonly computedAt: string
}

export type LinesRequest = {
  readonly filter: LinesFilter
  readonly publication: number
  readonly after?: number | undefined
  readonly before?: number | undefined
  readonly addUp: boolean
}

/** One page of lines as of a publication, with the figures the whole list adds up to. */
export async function readLines(
  db: Queryable,
  { filter, publication, after, before, addUp }: LinesRequest,
  now: Date,
): Promise<LinesView> {
  const isWholeSlices = !filter.account && !filter.document && !filter.costCentre && filter.publication === undefined
  const backwards = before !== undefined
  const [stated, found] = await Promise.all([
    sumPublishedTotals(db, filter, publication),
    listLines(db, filter, publication, { ...(backwards ? { before } : { after }), limit: PAGE_ROWS + 1 }),
  ])
  const statedRows = stated.reduce((sum, { count }) => sum + count, 0)
  const isAddedUp = addUp || !isWholeSlices || statedRows <= ADD_UP_ROWS_MAX
  const isMore = found.length > PAGE_ROWS
  const rows = backwards ? found.slice(-PAGE_ROWS) : found.slice(0, PAGE_ROWS)
  const at = { publication, scope: filter.scope }
  const [sums, slices, certainty, entityName, accountName] = await Promise.all([
    isAddedUp ? sumLinesByKind(db, filter, publication) : null,
    listSliceNames(db, filter, publication),
    readCertainty(db, filter, publication),
    readNames(
      db,
      'entity',
      rows.map((row) => row.entity),
      at,
    ),
    readNames(
      db,
      'account',
      rows.map((row) => row.account),
      at,
    ),
  ])
  const totals = compare(isWholeSlices ? stated : null, sums)
  const count = totals.reduce((sum, { stated: s, found: f }) => sum + (f ?? s)!.count, 0)
  return {
    rows: rows.map((row) => ({
      ...row,
      lineId: Number(row.lineId),
      certainty: certainty(row),
      entityName: entityName(row.entity),
      accountName: accountName(row.account, row.system),
    })),
    totals,
    count,
    isAddedUp,
    hasEarlier: backwards ? isMore : after !== undefined,
    hasLater: backwards || isMore,
    exportRefusal: refusalOf(count),
    certainty: certaintyOfAll(slices.map(certainty)),
    computedAt: now.toISOString(),
  }
}

/** Every line of a view, in order, a batch at a time. Throws Refusal (input_invalid) for more than a spreadsheet can open. */
export async function readLinesForExport(
  db: Queryable,
  filter: LinesFilter,
  publication: number,
): Promise<{ lines: AsyncIterable<LineRow>; certainty: (line: LineRow) => Certainty }> {
  const sums = await sumLinesByKind(db, filter, publication)
  const refusal = refusalOf(sums.reduce((sum, { count }) => sum + count, 0))
  if (refusal) throw new Refusal('input_invalid', refusal)
  return { lines: allLines(db, filter, publication), certainty: await readCertainty(db, filter, publication) }
}

async function* allLines(db: Queryable, filter: LinesFilter, publication: number): AsyncGenerator<LineRow> {
  // As of a publication nothing moves, so the pages fit together whatever is loaded meanwhile.
  for (let after: number | undefined; ; ) {
    const rows = await listLines(db, filter, publication, { after, limit: EXPORT_PAGE_ROWS })
    yield* rows
    if (rows.length < EXPORT_PAGE_ROWS) return
    after = Number(rows.at(-1)!.lineId)
  }
}

const refusalOf = (count: number): string | null =>
  count > EXPORT_LINES_MAX
    ? `This view has ${count.toLocaleString('en')} lines and an export holds ${EXPORT_LINES_MAX.toLocaleString('en')}: narrow the filters.`
    : null

function compare(stated: readonly KindTotal[] | null, found: readonly LineSum[] | null): LinesTotal[] {
  const kinds = new Map(
    [...(stated ?? []), ...(found ?? [])].map(({ objectType, currency }) => [
      `${objectType} ${currency}`,
      { objectType, currency },
    ]),
  )
  return [...kinds.values()].map((kind) => {
    const same = (total: KindTotal) => total.objectType === kind.objectType && total.currency === kind.currency
    const [s, f] = [stated?.find(same) ?? null, found?.find(same) ?? null]
    const ties =
      stated && found
        ? s !== null && f !== null && s.count === f.count && isSame(s.debit, f.debit) && isSame(s.credit, f.credit)
        : null
    return { ...kind, stated: s, found: f, ties }
  })
}

const isSame = (a: string, b: string) => /^-?[0.]*$/.test(subtractDecimals(a, b))
