import { Check, CircleAlert, CircleHelp, CirclePause, CircleX, Scale, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Grid, GridCell } from '#app/.server/reads.ts'
import { CodeAndName } from '#app/components/code-and-name.tsx'
import { Opens } from '#app/components/open-figure.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, EmptyRow, HeadCell, Row, Table } from '#app/ui/table.tsx'
import type { Tone } from '#app/ui/tone.tsx'
import { cellFigure } from './figures.ts'

type StatusGridData = Exclude<Grid, { view: 'days' }>

/** Entities down, periods or jobs across, the worst of each cell; a cell opens exactly the rows it counts. */
export function StatusGrid({ grid, scope, footer }: { grid: StatusGridData; scope: Scope; footer: ReactNode }) {
  const { view, columns, rows, leftOut, openLeftOut } = grid
  const what = view === 'periods' ? 'period' : 'job'
  return (
    <Table
      caption={`Worst status by entity and ${what}`}
      scroll="own"
      className="[&>.table-scroll]:relative"
      footer={
        <div className="grid gap-1">
          <Legend />
          {footer}
          {leftOut > 0 && (
            <p className="meta">
              {counted(leftOut, view === 'periods' ? 'older period' : 'job')} left out
              {openLeftOut > 0 ? `, ${openLeftOut} with something open` : ', none with anything open'}.
              {view === 'periods' && ' Choose a period above to see it.'}
            </p>
          )}
        </div>
      }
    >
      <thead>
        <tr>
          <HeadCell sticky>Entity</HeadCell>
          {columns.map(({ code, title }) => (
            <HeadCell key={code} align="centre" title={title ?? undefined}>
              {view === 'periods' ? <PeriodLabel period={code} /> : <JobHead code={code} />}
            </HeadCell>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.length === 0 && (
          <EmptyRow columns={columns.length + 1}>
            <EmptyState
              title="Nothing is published here yet"
              actions={<ButtonLink href={paths.totals(scope)}>See control totals</ButtonLink>}
            >
              No entity and {what} you may see has figures at this publication.
            </EmptyState>
          </EmptyRow>
        )}
        {rows.map(({ code, name, cells }) => (
          <Row key={code}>
            <Cell head sticky>
              {code === '' ? (
                <span className="text-ink-3">Job as a whole</span>
              ) : (
                <Link href={paths.totals({ ...scope, entity: code })} className="link-quiet">
                  <span className="block max-w-[24ch] overflow-hidden [&>.code-name]:max-w-full" title={name ?? undefined}>
                    <CodeAndName code={code} name={name} />
                  </span>
                </Link>
              )}
            </Cell>
            {columns.map((column, i) => (
              <Cell key={column.code} align="centre" data-tone={LOOK[cells[i]!.status]?.tone} className="grid-cell">
                <Mark cell={cells[i]!} view={view} entity={code} of={column.code} scope={scope} />
              </Cell>
            ))}
          </Row>
        ))}
      </tbody>
    </Table>
  )
}

/** Worst first. */
const LOOK: Partial<Record<GridCell['status'], { tone: Tone; icon: LucideIcon; word: string; of: string }>> = {
  held: { tone: 'held', icon: CirclePause, word: 'Held', of: 'load' },
  technical: { tone: 'broken', icon: CircleX, word: 'Technical', of: 'technical cause' },
  control: { tone: 'held', icon: Scale, word: 'Control', of: 'control cause' },
  unclassified: { tone: 'attention', icon: CircleHelp, word: 'Unclassified', of: 'unclassified cause' },
  business: { tone: 'attention', icon: CircleAlert, word: 'Business', of: 'business cause' },
}

type MarkProps = { cell: GridCell; view: 'periods' | 'jobs'; entity: string; of: string; scope: Scope }

function Mark({ cell, view, entity, of, scope }: MarkProps) {
  const look = LOOK[cell.status]
  const figure = cellFigure(cell, view, entity, of, scope)
  if (!look || !figure) return <Quiet status={cell.status} view={view} entity={entity} of={of} scope={scope} />
  const also = cell.more.flatMap((status) => LOOK[status]?.word.toLowerCase() ?? [])
  const words = `${counted(cell.count, look.of)}${also.length > 0 ? `; also ${also.join(', ')}` : ''}`
  return (
    <Opens figure={figure} className="grid-mark" title={words}>
      <look.icon className="icon" aria-hidden />
      {look.word} {cell.count}
      {also.length > 0 && (
        <>
          <span aria-hidden>+</span>
          <span className="visually-hidden">, also {also.join(', ')}</span>
        </>
      )}
    </Opens>
  )
}

function Quiet({ status, view, entity, of, scope }: Omit<MarkProps, 'cell'> & { status: GridCell['status'] }) {
  if (status === 'none')
    return (
      <span className="text-ink-3" title="Nothing came yet">
        ·<span className="visually-hidden"> nothing yet</span>
      </span>
    )
  const href = view === 'periods' ? paths.totals({ ...scope, entity, period: of }) : paths.runs({ entity, job: of })
  return (
    <Link href={href} className="relative inline-flex p-1 text-ink-3" title="Nothing waits">
      <Check className="icon" aria-hidden />
      <span className="visually-hidden">fine</span>
    </Link>
  )
}

const JobHead = ({ code }: { code: string }) => (
  <span className="mono inline-block max-w-[20ch] truncate align-bottom" title={code}>
    {code}
  </span>
)

function Legend() {
  return (
    <p className="meta flex flex-wrap gap-x-4 gap-y-1">
      {Object.entries(LOOK).map(([status, { tone, icon: Icon, word }]) => (
        <span key={status} data-tone={tone} className="inline-flex items-center gap-1">
          <Icon className="icon text-[var(--tone)]" aria-hidden />
          {word}
        </span>
      ))}
      <span className="inline-flex items-center gap-1">
        <Check className="icon" aria-hidden /> Fine
      </span>
      <span>· nothing yet</span>
      <span>+ something else is open as well</span>
    </p>
  )
}
