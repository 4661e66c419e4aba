import type { ReactNode } from 'react'
import type { CloseBoardRow } from '#app/.server/reads.ts'
import { Amount } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { Opens, type OpenFigure } from '#app/components/open-figure.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { StateMark } from '#app/routes/_console.periods/state-mark.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { formatBusinessDate, formatInstant } from '#app/ui/time.tsx'
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
      scroll="own"
      caption="The close, by entity and period"
      rows={rows.map((row): Row => ({ ...row, figures: closeFigures(row, scope), today: now.slice(0, 10) }))}
      rowKey={({ entity, period }) => `${entity} ${period}`}
      href={({ entity, period }) => paths.closePeriod(entity, period, { ...scope, entity: undefined, period: undefined })}
      columns={[
        {
          key: 'entity',
          head: 'Entity',
          cell: ({ entity, name }) => (
            <span className="grid w-[15ch]" title={name ?? undefined}>
              <span className="mono">{entity}</span>
              {name && <span className="meta truncate">{name}</span>}
            </span>
          ),
        },
        { key: 'period', head: 'Period', fit: true, cell: (row) => <PeriodCell row={row} /> },
        { key: 'feeds', head: 'Feeds', fit: true, cell: (row) => <Feeds row={row} /> },
        { key: 'open', head: 'Open', fit: true, cell: (row) => <Open row={row} /> },
        { key: 'reconciled', head: 'Reconciliations', fit: true, cell: (row) => <Reconciled row={row} /> },
        { key: 'unexplained', head: 'Unexplained', align: 'number', cell: (row) => <Unexplained row={row} /> },
        { key: 'due', head: 'Due and cut-off', cell: (row) => <Due row={row} /> },
        { key: 'blocked', head: 'Blocked by', wrap: true, cell: (row) => <BlockedBy row={row} scope={scope} /> },
      ]}
      {...frame}
    />
  )
}

function PeriodCell({ row: { period, endsOn, state, certainty } }: { row: Row }) {
  return (
    <span className="grid">
      <PeriodLabel period={period} month={endsOn.slice(0, 7)} />
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

/** Each a figure of its own: they are for different people. */
function Open({ row: { figures } }: { row: Row }) {
  return (
    <Notes
      of={[
        [figures.held, 'held'],
        [figures.business, 'business'],
        [figures.control, 'control'],
        [figures.technical, 'technical'],
        [figures.unclassified, 'unclassified'],
      ]}
    />
  )
}

function Reconciled({ row: { reconciliations: of, figures } }: { row: Row }) {
  if (of.defined === 0) return <span className="text-ink-3">none defined</span>
  const notes: Words = [
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
      <Notes of={notes} />
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
    <span className="grid meta whitespace-nowrap">
      {nextDueOn && (
        <span title={formatBusinessDate(nextDueOn)}>
          sign-off {withoutYear(formatBusinessDate(nextDueOn))}
          {nextDueOn < today && ', late'}
        </span>
      )}
      {cutOffAt === null ? (
        <span className="text-ink-3">no cut-off in its calendar</span>
      ) : (
        <span title={`${formatInstant(cutOffAt, timeZone)} ${timeZone}`}>
          cut-off {withoutYear(formatInstant(cutOffAt, timeZone))}
          {isPastCutOff && ', passed'}
        </span>
      )}
      {late.length > 0 && <Note figure={figures.published}>published after it</Note>}
    </span>
  )
}

type Words = readonly (readonly [OpenFigure, string])[]

function Notes({ of }: { of: Words }) {
  const shown = of.filter(([{ value }]) => value !== '0')
  if (shown.length === 0) return <span className="text-ink-3">–</span>
  return (
    <span className="flex max-w-[28ch] flex-wrap gap-x-3">
      {shown.map(([figure, word]) => (
        <Note key={word} figure={figure}>
          {word}
        </Note>
      ))}
    </span>
  )
}

/** The period says the year, and the title all of it. */
const withoutYear = (text: string) => text.replace(/ \d{4}\b/, '')

const Plain = ({ figure }: { figure: OpenFigure }) => <Opens figure={figure}>{figure.value}</Opens>

function Note({ figure, children }: { figure: OpenFigure; children: ReactNode }) {
  return (
    <Opens figure={figure} className="link-quiet meta leading-6! whitespace-nowrap">
      {figure.value} {children}
    </Opens>
  )
}
