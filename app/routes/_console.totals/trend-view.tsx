import type { ReactNode } from 'react'
import { Amount } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { LazyBars } from '#app/components/bars.tsx'
import { Opens } from '#app/components/open-figure.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type TotalsSearch } from '#app/paths.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { ChartFrame } from '#app/ui/chart-frame.tsx'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { Delta } from '#app/ui/delta.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Figure } from '#app/ui/figure.tsx'
import type { PivotCell, PivotFigure } from '#server/domain/pivot.ts'
import type { ObjectType } from '#server/domain/record.ts'
import { pivotFigure, type Narrowed, type TrendView as View } from './figures.ts'
import { FIGURE_WORDS } from './pivot-table.tsx'
import { digitsOf } from './slice-groups.tsx'

type Props = { view: View; given: Narrowed; here: TotalsSearch; footer: ReactNode }
type Point = View['trend']['points'][number]

/** Totals over periods: source beside loaded, of one version, kind and currency. */
export function TrendView({ view, given, here, footer }: Props) {
  const { trend, measure } = view
  if (!trend.of)
    return (
      <EmptyState title="Nothing came and nothing is published here">
        No run brought lines with these filters, or they came after the publication that is looked at.
      </EmptyState>
    )
  const { version, objectType, currency } = trend.of
  const of = `${OBJECT_WORDS[objectType as ObjectType][1]}, ${version}`
  const words = measure === 'records' ? 'lines' : `${measure} in ${currency}`
  return (
    <>
      {trend.others > 0 && (
        <p className="text-ink-2">
          Shown: {of}, {currency}: the most periods and entities. {trend.others} more{' '}
          {trend.others === 1 ? 'combination' : 'combinations'} of version, kind and currency can be chosen above; they are never
          added up.
        </p>
      )}
      <ChartFrame
        title={`${of}: ${words} by period`}
        summary={`${words} that the last runs found at the source and loaded, one pair of bars a period.`}
        height={320}
        chart={() => (
          <LazyBars
            unit={measure === 'records' ? 'lines' : currency}
            series={[
              { key: 'source', label: 'Source', colour: 'source' },
              { key: 'loaded', label: 'Loaded', colour: 'target' },
            ]}
            bars={trend.points.map(({ period, source, loaded }) => ({
              label: period,
              href: paths.totals({ ...here, view: 'checkpoints', period, version, objectType, currency, measure }),
              values: { source, loaded },
            }))}
          />
        )}
        table={<TrendTable view={view} given={given} />}
        footer={footer}
      />
    </>
  )
}

function TrendTable({ view: { trend, measure }, given }: Pick<Props, 'view' | 'given'>) {
  const { version, objectType, currency } = trend.of!
  const digits = digitsOf(trend.points.map(({ source, published }) => source ?? published))
  const column = (name: Exclude<PivotFigure, 'accepted' | 'target'>): Column<Point> => ({
    key: name,
    head: FIGURE_WORDS[name],
    align: 'number',
    cell: ({ period, ...point }) => {
      const cell: PivotCell = { ...point, accepted: null, target: null }
      const figure = pivotFigure({ period, version, objectType, currency }, name, cell, measure, given)
      const text =
        name === 'difference' ? (
          <Delta value={point.difference} of="source minus loaded" alignTo={digits} />
        ) : measure === 'records' ? (
          <Figure value={point[name]} />
        ) : (
          <Amount value={point[name]} currency={currency} alignTo={digits} />
        )
      return figure ? <Opens figure={figure}>{text}</Opens> : text
    },
  })
  return (
    <DataTable
      caption={`${measure} by period, ${currency}`}
      rows={trend.points}
      rowKey={({ period }) => period}
      columns={[
        {
          key: 'period',
          head: 'Period',
          fit: true,
          cell: ({ period, certainty }) => (
            <>
              <PeriodLabel period={period} /> <CertaintyMark certainty={certainty} />
            </>
          ),
        },
        column('source'),
        column('loaded'),
        column('difference'),
        column('published'),
        { key: 'currency', head: 'Currency', align: 'currency', cell: () => currency },
      ]}
      empty={null}
    />
  )
}
