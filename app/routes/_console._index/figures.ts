import type { OpenFigure } from '#app/components/open-figure.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { isZeroDecimal, subtractDecimals } from '#app/ui/decimal.ts'
import type { Tone } from '#app/ui/tone.tsx'
import type { Role } from '#server/domain/actor.ts'
import type { CloseRow, Grid, GridCell, JobDay, MoneyRow, TowerView } from '#app/.server/reads.ts'

/** Every figure of the tower and the list it opens. What must be acted on is as it stands now, so those lists are of now. */
export function towerFigures(tower: TowerView, scope: Scope): OpenFigure[] {
  return [
    ...tilesOf(tower, scope).flatMap(({ tiles }) => tiles),
    ...tower.money.flatMap((row) => Object.values(moneyFigures(row, scope)).filter((figure) => figure !== null)),
    ...tower.close.flatMap((row) => Object.values(closeFigures(row, scope))),
    ...gridFigures(tower.grid, scope),
  ]
}

export type Tile = OpenFigure & { readonly label: string; readonly tone: Tone }
export type TileGroup = { readonly name: string; readonly tiles: readonly Tile[] }

type Counted = Pick<TowerView, 'open' | 'stopped' | 'going' | 'feeds'>

/** Separate figures in groups; IT begins with what IT acts on. */
export function tilesOf(counted: Counted, scope: Scope, role?: Role | 'service'): TileGroup[] {
  const [exceptions, loads, feeds] = groupsOf(counted, scope)
  if (role !== 'it') return [exceptions, loads, feeds]
  const [business, control, technical, unclassified] = exceptions.tiles
  return [{ ...exceptions, tiles: [technical!, unclassified!, control!, business!] }, loads, feeds]
}

function groupsOf({ open, stopped, going, feeds }: Counted, scope: Scope): [TileGroup, TileGroup, TileGroup] {
  const now = ofNow(scope)
  const causes = (name: keyof TowerView['open'], label: string, tone: Tone): Tile => ({
    ...count(`open ${name}`, open[name], 'exceptions', paths.exceptions({ ...now, class: name })),
    label,
    tone,
  })
  const runs = (key: string, n: number, label: string, tone: Tone, search: { is: string; status?: string }): Tile => ({
    ...count(`runs ${key}`, n, 'runs', paths.runs({ ...now, ...search })),
    label,
    tone,
  })
  const feed = (state: keyof typeof feeds.counts, label: string, tone: Tone): Tile => ({
    ...count(`feeds ${state}`, feeds.counts[state], 'feeds', paths.feeds({ entity: scope.entity, state })),
    label,
    tone,
  })
  return [
    {
      name: 'Open exceptions',
      tiles: [
        causes('business', 'Business', 'attention'),
        causes('control', 'Control', 'held'),
        causes('technical', 'Technical', 'broken'),
        causes('unclassified', 'Unclassified', 'attention'),
      ],
    },
    {
      name: 'Loads',
      tiles: [
        runs('held', stopped.held, 'Held', 'held', { is: 'to_mend', status: 'held' }),
        runs('failed', stopped.failed, 'Failed', 'broken', { is: 'to_mend', status: 'failed' }),
        runs('going', going.count, 'Running', 'running', { is: 'going' }),
      ],
    },
    {
      name: 'Feeds',
      tiles: [feed('missing', 'Missing', 'broken'), feed('late', 'Came late', 'attention'), feed('expected', 'Expected', 'past')],
    },
  ]
}

export type MoneyFigures = Readonly<Record<'unexplained' | 'waiting' | 'held', OpenFigure | null>>

export function moneyFigures({ currency, unexplained, waiting, held }: MoneyRow, scope: Scope): MoneyFigures {
  const now = { ...ofNow(scope), currency }
  const figure = (key: string, value: string | null, href: string, opens: OpenFigure['opens']): OpenFigure | null =>
    value === null || isZeroDecimal(value) ? null : { key: `${key} ${currency}`, value, href, opens: { ...opens, currency } }
  return {
    unexplained: figure('unexplained', unexplained?.amount ?? null, paths.exceptions({ ...now, class: 'control' }), {
      list: 'exceptions',
      measure: 'amount',
    }),
    waiting: figure('waiting', larger(waiting), paths.waiting(now), { list: 'waiting records', measure: 'larger' }),
    held: figure('held', larger(held), paths.waiting({ ...now, what: 'loads' }), { list: 'held loads', measure: 'larger' }),
  }
}

export type CloseFigures = Readonly<Record<'missingFeeds' | 'heldLoads' | 'business' | 'control', OpenFigure>>

export function closeFigures(
  { entity, period, missingFeeds, heldLoads, business, control }: CloseRow,
  scope: Scope,
): CloseFigures {
  const of = { ...ofNow(scope), entity, period, version: undefined }
  const key = (what: string) => `close ${entity} ${period} ${what}`
  return {
    missingFeeds: count(key('missing feeds'), missingFeeds, 'feeds', paths.feeds({ entity, state: 'missing' })),
    heldLoads: count(key('held loads'), heldLoads, 'runs', paths.runs({ ...of, is: 'to_mend', status: 'held' })),
    business: count(key('business'), business, 'exceptions', paths.exceptions({ ...of, class: 'business' })),
    control: count(key('control'), control, 'exceptions', paths.exceptions({ ...of, class: 'control' })),
  }
}

export function gridFigures(grid: Grid, scope: Scope): OpenFigure[] {
  if (grid.view === 'days') return grid.rows.flatMap(({ days }) => days.flatMap((day) => (day ? [dayFigure(day, scope)] : [])))
  return grid.rows.flatMap(({ code, cells }) =>
    cells.flatMap((cell, i) => cellFigure(cell, grid.view, code, grid.columns[i]!.code, scope) ?? []),
  )
}

/** Null where nothing is counted: fine, or nothing there. */
export function cellFigure(
  cell: GridCell,
  view: 'periods' | 'jobs',
  entity: string,
  of: string,
  scope: Scope,
): OpenFigure | null {
  if (cell.status === 'fine' || cell.status === 'none') return null
  const at = view === 'periods' ? { period: of } : { job: of, period: undefined }
  const search = { ...ofNow(scope), version: undefined, entity, ...at }
  const key = `grid ${entity || 'whole job'} ${of} ${cell.status}`
  return cell.status === 'held'
    ? count(key, cell.count, 'runs', paths.runs({ ...search, is: 'to_mend', status: 'held' }))
    : count(key, cell.count, 'exceptions', paths.exceptions({ ...search, class: cell.status }))
}

export const dayFigure = ({ job, day, runs }: JobDay, _scope: Scope): OpenFigure =>
  count(`day ${job} ${day}`, runs, 'runs', paths.runs({ job, from: day, to: day }))

const count = (key: string, n: number, list: OpenFigure['opens']['list'], href: string): OpenFigure => ({
  key,
  value: `${n}`,
  href,
  opens: { list, measure: 'rows' },
})

const ofNow = ({ entity, period, version }: Scope): Scope => ({ entity, period, version })

const larger = (sums: { readonly debit: string; readonly credit: string } | null): string | null =>
  sums && (subtractDecimals(sums.debit, sums.credit).startsWith('-') ? sums.credit : sums.debit)
