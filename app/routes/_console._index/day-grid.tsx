import type { ReactNode } from 'react'
import type { Grid, JobDay } from '#app/.server/reads.ts'
import { Opens } from '#app/components/open-figure.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, EmptyRow, HeadCell, Row, Table } from '#app/ui/table.tsx'
import { formatBusinessDate } from '#app/ui/time.tsx'
import { dayFigure } from './figures.ts'

type Days = Extract<Grid, { view: 'days' }>

/** Jobs down, days across, the worst run of each day; a day opens its runs. */
export function DayGrid({ grid: { days, rows }, scope, footer }: { grid: Days; scope: Scope; footer: ReactNode }) {
  return (
    <Table
      caption="Worst run of each job and day"
      scroll="own"
      className="day-grid [&>.table-scroll]:relative"
      footer={
        <div className="grid gap-1">
          <p className="meta flex flex-wrap gap-x-4 gap-y-1">
            {(Object.keys(LOOK) as JobDay['worst'][]).map((worst) => (
              <span key={worst} className="inline-flex items-center gap-1.5">
                <span className="day-mark" data-worst={worst} aria-hidden>
                  {LOOK[worst].letter}
                </span>
                {LOOK[worst].word}
              </span>
            ))}
            <span>days are in UTC; empty: no run</span>
          </p>
          {footer}
        </div>
      }
    >
      <thead>
        <tr>
          <HeadCell sticky>Job</HeadCell>
          {days.map((day, i) => (
            <HeadCell key={day} align="centre" title={formatBusinessDate(day)}>
              {i === 0 || day.endsWith('-01') ? `${Number.parseInt(day.slice(8), 10)}/${day.slice(5, 7)}` : day.slice(8)}
            </HeadCell>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.length === 0 && (
          <EmptyRow columns={days.length + 1}>
            <EmptyState title="There is no job yet">A job appears here as soon as its definition is imported.</EmptyState>
          </EmptyRow>
        )}
        {rows.map(({ job, title, days: ofJob }) => (
          <Row key={job}>
            <Cell head sticky>
              <Link href={paths.job(job)} className="link-quiet mono block max-w-[28ch] truncate" title={title}>
                {job}
              </Link>
            </Cell>
            {days.map((day, i) => (
              <Cell key={day} align="centre">
                <Mark day={ofJob[i] ?? null} scope={scope} />
              </Cell>
            ))}
          </Row>
        ))}
      </tbody>
    </Table>
  )
}

const LOOK: Record<JobDay['worst'], { letter: string; word: string }> = {
  failed: { letter: '×', word: 'a run failed' },
  held: { letter: '‖', word: 'a load was held' },
  going: { letter: '›', word: 'a run goes on' },
  cancelled: { letter: '–', word: 'cancelled' },
  fine: { letter: '✓', word: 'all ended well' },
}

function Mark({ day, scope }: { day: JobDay | null; scope: Scope }) {
  if (!day) return <span className="visually-hidden">no run</span>
  const { letter, word } = LOOK[day.worst]
  const words = `${formatBusinessDate(day.day)}: ${counted(day.runs, 'run')}, ${word}`
  return (
    <Opens figure={dayFigure(day, scope)} className="day-mark" title={words} worst={day.worst}>
      <span aria-hidden>{letter}</span>
      <span className="visually-hidden">{words}</span>
    </Opens>
  )
}
