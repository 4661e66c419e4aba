import type { Queryable } from '#db/client.ts'
import {
  listCloseFeeds,
  listCloseHeld,
  listCloseReconciliations,
  listCloseUnexplained,
  listNotCompared,
  listOpenFailures,
  type CloseCell,
  type CloseFeeds,
  type CloseHeld,
  type CloseReconciliations,
  type CloseUnexplained,
} from '#db/queries/close-board.ts'
import { listLatePublications, type LatePublication } from '#db/queries/late-publications.ts'
import { listOpenByPeriod } from '#db/queries/status-grid.ts'
import { notReadyOf, type NotReady } from '#server/domain/close.ts'

/** What stands between an entity and the close of a period. */
export type CloseFigures = {
  readonly feeds: Omit<CloseFeeds, 'entity' | 'period' | 'missingNames'>
  readonly held: number
  readonly business: number
  readonly control: number
  /** Of the entity, whatever the period. */
  readonly technical: number
  readonly unclassified: number
  readonly reconciliations: Omit<CloseReconciliations, 'entity' | 'period' | `${string}Names`> & {
    /** Defined, and not compared because no side has figures. */
    readonly notCompared: number
    readonly defined: number
  }
  readonly unexplained: readonly { readonly currency: string; readonly amount: string }[]
  readonly late: readonly LatePublication[]
  readonly notReady: readonly NotReady[]
}

type Asked = { readonly scope: readonly string[]; readonly version?: string | undefined; readonly today: string }

/** The figures of all these entities and periods, in a handful of statements however many they are. */
export async function closeFiguresOf(
  db: Queryable,
  cells: readonly CloseCell[],
  { scope, version, today }: Asked,
): Promise<(cell: Pick<CloseCell, 'entity' | 'period'>) => CloseFigures> {
  const [feeds, held, open, failures, compared, notCompared, unexplained, late] = await Promise.all([
    listCloseFeeds(db, cells),
    listCloseHeld(db, cells, scope),
    listOpenByPeriod(db, scope),
    listOpenFailures(db, scope),
    listCloseReconciliations(db, cells, { version, today }),
    listNotCompared(db, cells, version),
    listCloseUnexplained(db, cells, version),
    listLatePublications(db, cells),
  ])
  const found = {
    feeds: firstBy(feeds, nameOf),
    held: firstBy(held, nameOf),
    open: new Map(open.map((cell) => [`${cell.entity} ${cell.of} ${cell.failureClass}`, cell.count])),
    failures: new Map(failures.map((row) => [`${row.entity} ${row.failureClass}`, row.count])),
    compared: firstBy(compared, nameOf),
    notCompared: groupedBy(notCompared, nameOf),
    unexplained: groupedBy(unexplained, nameOf),
    late: groupedBy(late, nameOf),
  }
  return (cell) => figuresOf(cell, found)
}

type Found = {
  readonly feeds: ReadonlyMap<string, CloseFeeds>
  readonly held: ReadonlyMap<string, CloseHeld>
  readonly open: ReadonlyMap<string, number>
  readonly failures: ReadonlyMap<string, number>
  readonly compared: ReadonlyMap<string, CloseReconciliations>
  readonly notCompared: ReadonlyMap<string, readonly { readonly title: string }[]>
  readonly unexplained: ReadonlyMap<string, readonly CloseUnexplained[]>
  readonly late: ReadonlyMap<string, readonly LatePublication[]>
}

function figuresOf(cell: Pick<CloseCell, 'entity' | 'period'>, found: Found): CloseFigures {
  const name = nameOf(cell)
  const { missingNames = [], entity: _, period: __, ...feeds } = found.feeds.get(name) ?? NO_FEEDS
  const held = found.held.get(name)
  const compared = found.compared.get(name) ?? NOTHING_COMPARED
  const { breakNames, readyNames, preparedNames, entity: ___, period: ____, ...reconciled } = compared
  const notCompared = found.notCompared.get(name) ?? []
  const counts = {
    feeds_missing: feeds.missing,
    loads_held: held?.count ?? 0,
    technical: found.failures.get(`${cell.entity} technical`) ?? 0,
    unclassified: found.failures.get(`${cell.entity} unclassified`) ?? 0,
    business: found.open.get(`${name} business`) ?? 0,
    control: found.open.get(`${name} control`) ?? 0,
    not_compared: notCompared.length,
    with_breaks: reconciled.breaks,
    not_prepared: reconciled.ready,
    not_certified: reconciled.prepared,
  }
  return {
    feeds,
    held: counts.loads_held,
    business: counts.business,
    control: counts.control,
    technical: counts.technical,
    unclassified: counts.unclassified,
    reconciliations: {
      ...reconciled,
      notCompared: notCompared.length,
      defined: reconciled.compared + notCompared.length,
    },
    unexplained: (found.unexplained.get(name) ?? []).map(({ currency, amount }) => ({ currency, amount })),
    late: found.late.get(name) ?? [],
    notReady: notReadyOf(counts, {
      feeds_missing: missingNames,
      loads_held: held?.names ?? [],
      not_compared: notCompared.map(({ title }) => title),
      with_breaks: breakNames,
      not_prepared: readyNames,
      not_certified: preparedNames,
    }),
  }
}

const nameOf = ({ entity, period }: { readonly entity: string; readonly period: string }) => `${entity} ${period}`
function groupedBy<T>(rows: readonly T[], key: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) if (!groups.get(key(row))?.push(row)) groups.set(key(row), [row])
  return groups
}
const firstBy = <T>(rows: readonly T[], key: (row: T) => string) => new Map(rows.map((row) => [key(row), row]))

const NO_FEEDS: CloseFeeds = { entity: '', period: '', feeds: 0, came: 0, late: 0, missing: 0, missingNames: [] }
const NOTHING_COMPARED: CloseReconciliations = {
  entity: '',
  period: '',
  compared: 0,
  tied: 0,
  explained: 0,
  breaks: 0,
  ready: 0,
  prepared: 0,
  certified: 0,
  superseded: 0,
  overdue: 0,
  nextDueOn: null,
  breakNames: [],
  readyNames: [],
  preparedNames: [],
}
