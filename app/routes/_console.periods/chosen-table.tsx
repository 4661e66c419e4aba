import { Amount } from '#app/components/amount.tsx'
import type { ChosenPeriod } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { blockWords } from '#server/domain/close.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { formatInstant, Time } from '#app/ui/time.tsx'
import type { PeriodState } from '#server/domain/period-state.ts'
import { StateMark } from './state-mark.tsx'

/** Each chosen period with what stands and waits in it; every figure opens its rows. */
export function ChosenTable({ chosen, to }: { chosen: readonly ChosenPeriod[]; to: PeriodState }) {
  return (
    <DataTable
      caption="The chosen periods"
      scroll="own"
      rows={chosen}
      rowKey={({ entity, period }) => `${entity} ${period}`}
      columns={[
        {
          key: 'period',
          head: 'Period',
          fit: true,
          cell: ({ entity, period, facts, timeZone }) => (
            <span className="grid">
              <span>
                <span className="mono">{entity}</span> <span className="period">{period}</span>
              </span>
              <span className="meta" title={`Cut-off ${formatInstant(facts.cutOffAt)} UTC`}>
                cut-off <Time at={facts.cutOffAt} zone={timeZone} showZone />
              </span>
            </span>
          ),
        },
        {
          key: 'state',
          head: 'State',
          fit: true,
          cell: ({ state, changedAt }) => (
            <span className="grid">
              <span className="flex items-center gap-1.5">
                <StateMark state={state} />
                {state !== to && (
                  <>
                    <span aria-hidden>→</span>
                    <span className="visually-hidden">becomes</span>
                    <StateMark state={to} />
                  </>
                )}
              </span>
              {changedAt && (
                <span className="meta">
                  since <Time at={changedAt} />
                </span>
              )}
            </span>
          ),
        },
        { key: 'unready', head: 'Not ready', wrap: true, cell: (one) => <Unready one={one} /> },
        { key: 'published', head: 'Published', fit: true, cell: (one) => <Published one={one} /> },
        { key: 'waiting', head: 'Held back', fit: true, cell: (one) => <Waiting one={one} /> },
        { key: 'open', head: 'Open exceptions', fit: true, cell: (one) => <Open one={one} /> },
        {
          key: 'runs',
          head: 'Runs held or going on',
          wrap: true,
          cell: ({ runs }) =>
            runs.length === 0 ? (
              <None />
            ) : (
              runs.map(({ runId, status }) => (
                <span key={runId} className="me-2 whitespace-nowrap">
                  <Link href={paths.run(runId)} className="link">
                    Run {runId}
                  </Link>{' '}
                  <span className="text-ink-3">{status}</span>
                </span>
              ))
            ),
        },
        {
          key: 'audit',
          head: 'Changes',
          fit: true,
          cell: ({ entity, period }) => (
            <Link href={paths.audit({ object: `period ${entity} ${period}` })} className="link">
              Audit
            </Link>
          ),
        },
      ]}
      empty={null}
    />
  )
}

const None = () => <span className="text-ink-3">none</span>

/** Opens the page of the close, where each figure has its list. */
function Unready({ one: { entity, period, notReady } }: { one: ChosenPeriod }) {
  if (notReady.length === 0) return <None />
  return (
    <Link href={paths.closePeriod(entity, period)} className="link-quiet">
      {notReady.map(blockWords).join('; ')}
    </Link>
  )
}

function Published({ one: { entity, period, published } }: { one: ChosenPeriod }) {
  if (published.length === 0) return <None />
  return (
    <span className="grid">
      {published.map(({ currency, records }) => (
        <Link key={currency} href={paths.lines({ entity, period, currency })} className="link-quiet">
          {counted(records, 'line')} <span className="amount-currency">{currency}</span>
        </Link>
      ))}
    </span>
  )
}

function Waiting({ one: { entity, period, waiting } }: { one: ChosenPeriod }) {
  if (waiting.length === 0) return <None />
  return (
    <span className="grid">
      {waiting.map(({ currency, records, amount }) => (
        <Link
          key={currency}
          href={paths.exceptions({ entity, period, class: 'business', code: 'period_closed' })}
          className="link-quiet"
        >
          {counted(records, 'record')}, <Amount value={amount} currency={currency} withCurrency inline />
        </Link>
      ))}
    </span>
  )
}

function Open({ one: { entity, period, business, control } }: { one: ChosenPeriod }) {
  if (business + control === 0) return <None />
  return (
    <span className="grid">
      {business > 0 && (
        <Link href={paths.exceptions({ entity, period, class: 'business' })} className="link-quiet">
          {business} business
        </Link>
      )}
      {control > 0 && (
        <Link href={paths.exceptions({ entity, period, class: 'control' })} className="link-quiet">
          {control} control
        </Link>
      )}
    </span>
  )
}
