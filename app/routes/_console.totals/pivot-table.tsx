import { ChevronDown, ChevronRight, CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Amount } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { CodeAndName } from '#app/components/code-and-name.tsx'
import { Opens } from '#app/components/open-figure.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type TotalsSearch } from '#app/paths.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { Delta } from '#app/ui/delta.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Figure } from '#app/ui/figure.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, EmptyRow, HeadCell, Table } from '#app/ui/table.tsx'
import type { Certainty } from '#server/domain/certainty.ts'
import type { PivotCell, PivotFigure, PivotGroup, PivotKey, PivotRow } from '#server/domain/pivot.ts'
import type { ObjectType } from '#server/domain/record.ts'
import { CHECKPOINT_FIGURES, pivotFigure, type Narrowed, type PivotView } from './figures.ts'
import { digitsOf } from './slice-groups.tsx'

export type PivotProps = {
  view: PivotView
  by: 'entity' | 'period'
  below: 'entity' | 'period' | null
  across: 'entity' | 'period' | 'version' | null
  figure: PivotFigure
  /** Codes of groups that have rows below them, and of those that are open. */
  foldable: readonly string[]
  opened: readonly string[]
  /** The address of this view, for folding groups. */
  here: TotalsSearch
  given: Narrowed
  footer: ReactNode
}

export const FIGURE_WORDS: Record<PivotFigure, string> = {
  source: 'Source',
  accepted: 'Accepted',
  loaded: 'Loaded',
  target: 'Target',
  difference: 'Source − loaded',
  published: 'Published',
}
const MEASURE_WORDS = { records: 'Records', debit: 'Debit', credit: 'Credit', net: 'Net' } as const
/** Groups that fold, one row a version, kind and currency; breaks first. Each figure opens what it is the sum of. */
export function PivotTable(props: PivotProps) {
  const { view, by, below, across, figure, here, footer } = props
  const { pivot, measure } = view
  const columns = across ? pivot.columns : CHECKPOINT_FIGURES
  const width = columns.length + 3
  const isOpen = ({ code }: PivotGroup) => props.opened.includes(code)
  const digits = digitsOf(
    pivot.groups.flatMap(({ totals }) => totals.flatMap(({ cells }) => cells.map((cell) => cell?.source ?? cell?.published))),
  )
  const caption = across
    ? `${FIGURE_WORDS[figure]}, ${MEASURE_WORDS[measure].toLowerCase()}, by ${by} and ${across}`
    : `${MEASURE_WORDS[measure]} from the source to what is published, by ${by}`
  return (
    <Table caption={caption} scroll="own" className="pivot" footer={footer}>
      <thead>
        <tr>
          <HeadCell sticky>{below ? `${WORDS[by]}, ${WORDS[below].toLowerCase()}` : WORDS[by]}</HeadCell>
          <HeadCell>Version and kind</HeadCell>
          <HeadCell align="currency" hidden>
            Currency
          </HeadCell>
          {columns.map((name, i) => (
            <HeadCell key={name} align="number" title={HINTS[name as PivotFigure]} data-side={SIDES[name as PivotFigure]}>
              {across === 'period' ? <PeriodLabel period={name} /> : across ? name : FIGURE_WORDS[name as PivotFigure]}
              {across && <ColumnCertainty certainty={pivot.certainties[i]!} />}
            </HeadCell>
          ))}
        </tr>
      </thead>
      {pivot.groups.length === 0 && (
        <tbody>
          <EmptyRow columns={width}>
            <EmptyState
              title="Nothing came and nothing is published here"
              actions={<ButtonLink href={paths.totals()}>Show all totals</ButtonLink>}
            >
              No run brought lines with these filters, or they came after the publication that is looked at.
            </EmptyState>
          </EmptyRow>
        </tbody>
      )}
      {pivot.groups.map((group) => (
        <tbody key={group.code}>
          {group.totals.map((row, i) => (
            <tr key={rowKey(row.key)} data-level="1" data-broken={row.isBroken || undefined}>
              <Cell head sticky>
                {i === 0 ? (
                  <GroupHead group={group} {...props} isOpen={isOpen(group)} here={here} />
                ) : (
                  // For the eye the group stands above; a row that is only heard needs its name.
                  <span className="visually-hidden">{group.code}</span>
                )}
              </Cell>
              <Cells row={row} digits={digits} {...props} />
            </tr>
          ))}
          {isOpen(group) &&
            group.rows.map((row) => (
              <tr key={rowKey(row.key)} data-level="2" data-broken={row.isBroken || undefined}>
                <Cell head sticky>
                  <span className="ps-6">{nameOf(below, row.key, view.entityNames)}</span>
                </Cell>
                <Cells row={row} digits={digits} {...props} />
              </tr>
            ))}
        </tbody>
      ))}
    </Table>
  )
}

type GroupHeadProps = PivotProps & { group: PivotGroup; isOpen: boolean }

function GroupHead({ group, view, by, here, isOpen, foldable, opened }: GroupHeadProps) {
  const name = nameOf(by, { [by]: group.code } as unknown as PivotKey, view.entityNames)
  const mark = group.isBroken && (
    <span className="inline-flex items-center text-attention" title="Something of it was lost on the way">
      <CircleAlert className="icon" aria-hidden />
      <span className="visually-hidden">does not tie</span>
    </span>
  )
  if (!foldable.includes(group.code))
    return (
      <span className="inline-flex items-center gap-2">
        {name}
        {mark}
      </span>
    )
  const Icon = isOpen ? ChevronDown : ChevronRight
  const next = isOpen ? opened.filter((code) => code !== group.code) : [...opened, group.code]
  return (
    <Link
      href={paths.totals({ ...here, open: next.length === 0 ? 'none' : next.join(',') })}
      keepScroll
      className="group-fold"
      aria-expanded={isOpen}
    >
      <Icon className="icon" aria-hidden />
      {name}
      {mark}
    </Link>
  )
}

type CellsProps = PivotProps & { row: PivotRow; digits: number }

/** Under the name of a column: in each cell it would be noise. */
const ColumnCertainty = ({ certainty }: { certainty: Certainty }) => (
  <span className="block">
    <CertaintyMark certainty={certainty} />
  </span>
)

function Cells({ row: { key, cells, held, certainty }, view, across, figure, given, digits }: CellsProps) {
  const { measure, pivot } = view
  const shown: [PivotKey, PivotFigure, PivotCell | null][] = across
    ? pivot.columns.map((code, i) => [{ ...key, [across]: code }, figure, cells[i] ?? null])
    : CHECKPOINT_FIGURES.map((name) => [key, name, cells[0] ?? null])
  return (
    <>
      <Cell title={OBJECT_WORDS[key.objectType as ObjectType][1]}>
        {key.version} <span className="pivot-kind">{OBJECT_WORDS[key.objectType as ObjectType][1]}</span>{' '}
        {!across && <CertaintyMark certainty={certainty} />}
        {held.map((runId) => (
          <Link key={runId} href={paths.run(runId)} className="link-quiet pivot-held" title="Nothing of this load is loaded">
            {' '}
            run {runId} held
          </Link>
        ))}
      </Cell>
      <Cell align="currency">{key.currency}</Cell>
      {shown.map(([of, name, cell], i) => (
        <Cell
          key={across ? pivot.columns[i] : name}
          align="number"
          className={name === 'difference' && /[1-9]/.test(cell?.difference ?? '') ? 'pivot-broken' : undefined}
        >
          <PivotAmount cell={cell} name={name} of={of} measure={measure} given={given} digits={digits} />
        </Cell>
      ))}
    </>
  )
}

type AmountProps = {
  cell: PivotCell | null
  name: PivotFigure
  of: PivotKey
  measure: PivotView['measure']
  given: Narrowed
  digits: number
}

function PivotAmount({ cell, name, of, measure, given, digits }: AmountProps) {
  const value = cell?.[name] ?? null
  if (cell === null) return <span className="text-ink-3">·</span>
  const isCount = measure === 'records'
  const text =
    name === 'difference' ? (
      <Delta value={value} of="source minus loaded" alignTo={isCount ? 0 : digits} />
    ) : isCount ? (
      <Figure value={value} />
    ) : (
      <Amount value={value} currency={of.currency} alignTo={digits} />
    )
  const figure = pivotFigure(of, name, cell, measure, given)
  return figure ? <Opens figure={figure}>{text}</Opens> : text
}

function nameOf(dimension: 'entity' | 'period' | null, key: PivotKey, names: PivotView['entityNames']): ReactNode {
  if (dimension === 'period') return key.period ? <PeriodLabel period={key.period} /> : 'no period'
  const code = key.entity ?? ''
  return (
    <span className="pivot-name" title={names[code] ?? undefined}>
      <CodeAndName code={code === '' ? 'no entity' : code} name={names[code] ?? null} />
    </span>
  )
}

const rowKey = (key: PivotKey) => Object.values(key).join(' ')
const WORDS = { entity: 'Entity', period: 'Period' } as const
const HINTS: Partial<Record<PivotFigure, string>> = {
  source: 'What the last run of each job found at the source; a run that was withdrawn does not count',
  accepted: 'What passed the rules of its records',
  loaded: 'What that run loaded; nothing where the load is held',
  target: 'What the target confirmed; n/a where the job has no target',
  difference: 'Source minus loaded',
  published: 'What is published as of now, by the last run and by those before it: opens its lines',
}
const SIDES: Partial<Record<PivotFigure, 'source' | 'target'>> = { source: 'source', loaded: 'target' }
