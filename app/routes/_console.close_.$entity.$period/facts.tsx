import { Amount } from '#app/components/amount.tsx'
import { CodeAndName } from '#app/components/code-and-name.tsx'
import { Opens, type OpenFigure } from '#app/components/open-figure.tsx'
import { paths } from '#app/paths.ts'
import { closeFigures } from '#app/routes/_console.close/figures.ts'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { BusinessDate, Time } from '#app/ui/time.tsx'
import { blockWords } from '#server/domain/close.ts'
import type { Screen } from './screen.ts'

/** The period, its times, how it came to its state, and the figures that open their lists. */
export function Facts({ row }: Pick<Screen, 'row'>) {
  const { entity, name, period, calendar, timeZone, startsOn, endsOn, cutOffAt, isPastCutOff, changedAt, changedBy, reason } = row
  const figures = closeFigures(row, {})
  return (
    <KeyValue
      columns={2}
      items={[
        { key: 'Entity', value: <CodeAndName code={entity} name={name} /> },
        {
          key: 'Period',
          value: (
            <>
              <BusinessDate on={startsOn} /> to <BusinessDate on={endsOn} />, calendar{' '}
              <Link href={paths.calendar(calendar)} className="link mono">
                {calendar}
              </Link>
            </>
          ),
        },
        {
          key: 'Cut-off for posting',
          value:
            cutOffAt === null ? (
              'its calendar says none'
            ) : (
              <>
                <Time at={cutOffAt} zone={timeZone} showZone />
                {isPastCutOff && ', passed'}
              </>
            ),
        },
        {
          key: 'State',
          value: (
            <>
              {changedAt ? (
                <>
                  since <Time at={changedAt} />
                  {changedBy && `, by ${changedBy}`}
                  {reason && `: “${reason}”`}
                </>
              ) : (
                'open, and never closed'
              )}{' '}
              <Link href={paths.audit({ object: `period ${entity} ${period}` })} className="link">
                Audit
              </Link>
            </>
          ),
        },
        ...(row.closedOver.length > 0
          ? [{ key: 'Closed over what was not ready', value: row.closedOver.map(blockWords).join('; ') }]
          : []),
        {
          key: 'Feeds',
          value: (
            <Figures
              of={[
                [figures.came, 'came'],
                [figures.feeds, 'expected'],
                [figures.missing, 'missing'],
                [figures.feedsLate, 'late'],
              ]}
            />
          ),
        },
        {
          key: 'Open',
          value: (
            <Figures
              of={[
                [figures.held, 'loads held'],
                [figures.business, 'business'],
                [figures.control, 'control'],
                [figures.technical, 'technical of the entity'],
                [figures.unclassified, 'unclassified of the entity'],
              ]}
            />
          ),
        },
        {
          key: 'Unexplained',
          value:
            row.unexplained.length === 0
              ? 'nothing'
              : row.unexplained.map(({ currency, amount }, index) => (
                  <span key={currency} className="me-3">
                    <Opens figure={figures.unexplained[index]!} className="link">
                      <Amount value={amount} currency={currency} withCurrency inline />
                    </Opens>
                  </span>
                )),
        },
      ]}
    />
  )
}

/** Each a figure of its own; none of them is added to another. */
function Figures({ of }: { of: readonly (readonly [OpenFigure, string])[] }) {
  return (
    <span className="flex flex-wrap gap-x-3">
      {of.map(([figure, word]) => (
        <span key={figure.key}>
          <Opens figure={figure} className="link">
            {figure.value}
          </Opens>{' '}
          {word}
        </span>
      ))}
    </span>
  )
}
