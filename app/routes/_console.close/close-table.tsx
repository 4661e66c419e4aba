import type { ReactNode } from 'react'
import type { CloseBoardRow } from '#app/.server/reads.ts'
import { Amount, Count } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { Opens, type OpenFigure } from '#app/components/open-figure.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { StateMark } from '#app/routes/_console.periods/state-mark.tsx'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { BusinessDate, Time } from '#app/ui/time.tsx'
import { BlockedBy } from './blocked-by.tsx'
import { closeFigures, type CloseFigures } from './figures.ts'

type Row = CloseBoardRow & { readonly figures: CloseFigures; readonly today: string }
type Props = {
  rows: readonly CloseBoardRow[]
  scope: Scope
  now: string
  empty: ReactNode
  footer: ReactNode
  pages: ReactNode
}

/** What is loaded, tied, signed, open and late, and what blocks the close: a row an entity and period. */
export function CloseTable({ rows, scope, now, ...frame }: Props) {
  return (
    <DataTable
      name="close"
      caption="The close, by entity and period"
      rows={rows.map((row): Row => ({ ...row, figures: closeFigures(row, scope), today: now.slice(0, 10) }))}
      rowKey={({ entity, period }) => `${entity} ${period}`}
      href={({ entity, period }) => paths.closePeriod(entity, period, { ...scope, entity: undefined, period: undefined })}
      columns={[
        {
          key: 'entity',
          head: 'Entity',
          fit: true,
          cell: ({ entity, name }) => (
            <span className="grid max-w-[18ch]" title={name ?? undefined}>
              <span className="mono">{entity}</span>
              {name && <span className="meta truncate">{name}</span>}
            </span>
          ),
        },
        { key: 'period', head: 'Period', fit: true, cell: (row) => <PeriodCell row={row} /> },
        { key: 'feeds', head: 'Feeds', fit: true, cell: (row) => <Feeds row={row} /> },
        number('held', 'Held', ({ held }) => held),
        number('business', 'Business', ({ business }) => business),
        number('control', 'Control', ({ control }) => control),
        { key: 'technical', head: 'Technical', align: 'number', cell: (row) => <Technical row={row} /> },
        { key: 'reconciled', head: 'Reconciliations', fit: true, cell: (row) => <Reconciled row={row} /> },
        { key: 'unexplained', head: 'Unexplained', align: 'number', cell: (row) => <Unexplained row={row} /> },
        { key: 'due', head: 'Due and cut-off', fit: true, cell: (row) => <Due row={row} /> },
        { key: 'blocked', head: 'Blocked by', wrap: true, cell: (row) => <BlockedBy row={row} scope={scope} /> },
      ]}
      {...frame}
    />
  )
}

const number = (key: 'held' | 'business' | 'control', head: string, of: (row: Row) => number): Column<Row> => ({
  key,
  head,
  align: 'number',
  cell: (row) => (
    <Opens figure={row.figures[key]}>
      <Count value={of(row)} />
    </Opens>
  ),
})

function PeriodCell({ row: { period, state, certainty } }: { row: Row }) {
  return (
    <span className="grid">
      <PeriodLabel period={period} />
      <StateMark state={state} />
      <CertaintyMark certainty={certainty} always />
    </span>
  )
}

function Feeds({ row: { feeds, figures } }: { row: Row }) {
  if (feeds.feeds === 0) return <span className="text-ink-3">none expected</span>
  return (
    <span className="grid">
      <span>
        <Plain figure={figures.came} /> of <Plain figure={figures.feeds} /> came
      </span>
      {feeds.missing > 0 && <Note figure={figures.missing}>missing</Note>}
      {feeds.late > 0 && <Note figure={figures.feedsLate}>late</Note>}
    </span>
  )
}

/** A failure that nobody could name is IT's as well; the two are never one figure. */
function Technical({ row: { technical, unclassified, figures } }: { row: Row }) {
  return (
    <span className="grid justify-items-end">
      <Opens figure={figures.technical} title="Of the entity: a technical failure knows no period">
        <Count value={technical} />
      </Opens>
      {unclassified > 0 && <Note figure={figures.unclassified}>unclassified</Note>}
    </span>
  )
}

function Reconciled({ row: { reconciliations: of, figures } }: { row: Row }) {
  if (of.defined === 0) return <span className="text-ink-3">none defined</span>
  const notes: readonly (readonly [OpenFigure, string])[] = [
    [figures.tied, 'tie'],
    [figures.explained, 'explained'],
    [figures.breaks, 'with breaks'],
    [figures.notCompared, 'not compared'],
    [figures.prepared, 'prepared'],
    [figures.superseded, 'superseded'],
    [figures.overdue, 'late'],
  ]
  return (
    <span className="grid">
      <span>
        <Plain figure={figures.certified} /> of <Plain figure={figures.defined} /> certified
      </span>
      <span className="meta flex max-w-[26ch] flex-wrap gap-x-2">
        {notes
          .filter(([{ value }]) => value !== '0')
          .map(([figure, word]) => (
            <Note key={word} figure={figure}>
              {word}
            </Note>
          ))}
      </span>
    </span>
  )
}

function Unexplained({ row: { unexplained, figures } }: { row: Row }) {
  if (unexplained.length === 0) return <span className="text-ink-3">–</span>
  return (
    <span className="grid">
      {unexplained.map(({ currency, amount }, index) => (
        <Opens key={currency} figure={figures.unexplained[index]!}>
          <Amount value={amount} currency={currency} withCurrency />
        </Opens>
      ))}
    </span>
  )
}

function Due({ row: { reconciliations, cutOffAt, isPastCutOff, timeZone, late, figures, today } }: { row: Row }) {
  const { nextDueOn } = reconciliations
  return (
    <span className="grid meta">
      {nextDueOn && (
        <span>
          sign-off <BusinessDate on={nextDueOn} />
          {nextDueOn < today && ', late'}
        </span>
      )}
      {cutOffAt === null ? (
        <span className="text-ink-3">no cut-off in its calendar</span>
      ) : (
        <span title={timeZone}>
          cut-off <Time at={cutOffAt} zone={timeZone} />
          {isPastCutOff && ', passed'}
        </span>
      )}
      {late.length > 0 && <Note figure={figures.published}>published after it</Note>}
    </span>
  )
}

const Plain = ({ figure }: { figure: OpenFigure }) => <Opens figure={figure}>{figure.value}</Opens>

function Note({ figure, children }: { figure: OpenFigure; children: ReactNode }) {
  return (
    <Opens figure={figure} className="link-quiet meta whitespace-nowrap">
      {figure.value} {children}
    </Opens>
  )
}
