import type { ReactNode } from 'react'
import { CodeAndName } from '#app/components/code-and-name.tsx'
import { paths, type PeriodsSearch } from '#app/paths.ts'
import { calendarWords } from '#app/routes/_console/calendar-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Cell, HeadCell, Row, Table } from '#app/ui/table.tsx'
import { formatBusinessDate, formatInstant } from '#app/ui/time.tsx'
import type { CalendarGrid, PeriodCell } from '#app/.server/reads.ts'
import { StateMark } from './state-mark.tsx'

type Props = { grid: CalendarGrid; view: PeriodsSearch; form: string | null; footer: ReactNode }

/** Entities down, periods of their calendar across. Each cell opens its period; the boxes choose several for one change. */
export function StateGrid({ grid: { calendar, periods, rows }, view, form, footer }: Props) {
  return (
    <Section
      title={
        <Link href={paths.calendar(calendar.calendar)} className="link-quiet">
          <span className="mono">{calendar.calendar}</span>
        </Link>
      }
      note={calendarWords(calendar)}
    >
      <Table caption={`States of periods, calendar ${calendar.calendar}`} scroll="own" footer={footer}>
        <thead>
          <tr>
            <HeadCell sticky>Entity</HeadCell>
            {periods.map(({ period, startsOn, endsOn, cutOffAt, workingDays, isNow }, index) => (
              <HeadCell key={period} data-now={isNow || undefined} className="period-head">
                <span className="flex items-center gap-1.5">
                  {form && <ChooseAll of={`column-${index}`} label={`Choose ${period} of all entities`} />}
                  <span className="period">{period}</span>
                  {isNow && <span className="now-mark">now</span>}
                </span>
                <span
                  className="period-dates"
                  title={`${formatBusinessDate(startsOn)} to ${formatBusinessDate(endsOn)}. Cut-off ${formatInstant(cutOffAt, calendar.timeZone)} ${calendar.timeZone}, ${formatInstant(cutOffAt)} UTC`}
                >
                  {formatBusinessDate(startsOn).slice(0, -5)} – {formatBusinessDate(endsOn).slice(0, -5)}
                </span>
                <span className="period-dates">{counted(workingDays, 'working day')}</span>
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ entity, name, cells }) => (
            <Row key={entity}>
              <Cell head sticky>
                <span className="flex items-center gap-2">
                  {form && <ChooseAll of={`row-${entity}`} label={`Choose all periods shown of ${entity}`} />}
                  <span
                    className="block max-w-[17ch] min-[1400px]:max-w-[22ch] 2xl:max-w-[40ch] overflow-hidden [&>.code-name]:max-w-full"
                    title={name ?? undefined}
                  >
                    <CodeAndName code={entity} name={name} />
                  </span>
                </span>
              </Cell>
              {cells.map((cell, index) => (
                <Cell key={cell.period}>
                  <span className="flex items-center gap-2">
                    {form && (
                      <input
                        type="checkbox"
                        className="check"
                        name="cell"
                        form={form}
                        value={`${entity} ${cell.period}`}
                        aria-label={`Choose ${entity} ${cell.period}`}
                        data-column={`column-${index}`}
                        data-row={`row-${entity}`}
                      />
                    )}
                    <Link
                      href={paths.periods({ ...view, do: 'change', cell: `${entity} ${cell.period}` })}
                      keepScroll
                      className="link-quiet"
                      aria-label={`${entity} ${cell.period}: ${cell.state.replace('_', '-')}`}
                    >
                      <StateMark state={cell.state} />
                    </Link>
                    <Waiting entity={entity} cell={cell} />
                  </span>
                </Cell>
              ))}
            </Row>
          ))}
        </tbody>
      </Table>
    </Section>
  )
}

/** Records held back by the closed period: opens them. */
function Waiting({ entity, cell: { period, waiting } }: { entity: string; cell: PeriodCell }) {
  const records = waiting.reduce((n, sum) => n + sum.records, 0)
  if (records === 0) return null
  return (
    <Link
      href={paths.exceptions({ entity, period, class: 'business', code: 'period_closed' })}
      className="badge"
      data-tone="attention"
      title={`${counted(records, 'record')} held back: opens the exception`}
    >
      {records.toLocaleString('en')} wait
    </Link>
  )
}

/** Checks or clears a row or a column. Without a script the single boxes remain. */
function ChooseAll({ of, label }: { of: string; label: string }) {
  return (
    <input
      type="checkbox"
      className="check"
      aria-label={label}
      onChange={({ currentTarget }) => {
        const boxes = currentTarget.closest('table')?.querySelectorAll<HTMLInputElement>('input[name=cell]') ?? []
        for (const box of boxes) {
          if (box.dataset.column === of || box.dataset.row === of) box.checked = currentTarget.checked
        }
      }}
    />
  )
}
