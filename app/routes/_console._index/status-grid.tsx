import { Check, CircleAlert, CirclePause } from 'lucide-react'
import type { ReactNode } from 'react'
import { CodeAndName } from '#app/components/code-and-name.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, EmptyRow, HeadCell, Row, Table } from '#app/ui/table.tsx'

type Status = 'held' | 'exceptions' | 'fine' | 'none'
type GridCell = { readonly status: Status; readonly causes: number }
type Grid = {
  readonly periods: readonly string[]
  readonly rows: readonly { readonly entity: string; readonly name: string | null; readonly cells: readonly GridCell[] }[]
  readonly periodsLeftOut: number
  readonly openLeftOut: number
}

/** Entities down, periods across, the worst status in each cell; each opens its slices or its causes. */
export function StatusGrid({
  grid: { periods, rows, periodsLeftOut, openLeftOut },
  scope,
  footer,
}: {
  grid: Grid
  scope: Scope
  footer: ReactNode
}) {
  return (
    <Table
      caption="Worst status by entity and period"
      scroll="own"
      className="[&>.table-scroll]:relative"
      footer={
        <div className="grid gap-1">
          {footer}
          {periodsLeftOut > 0 && (
            <p className="meta">
              {counted(periodsLeftOut, 'older period')} left out
              {openLeftOut > 0 ? `, ${openLeftOut} of them with something open` : ', none of them with anything open'}. Choose a
              period above to see it.
            </p>
          )}
        </div>
      }
    >
      <thead>
        <tr>
          <HeadCell sticky>Entity</HeadCell>
          {periods.map((period) => (
            <HeadCell key={period} align="centre">
              <PeriodLabel period={period} />
            </HeadCell>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.length === 0 && (
          <EmptyRow columns={periods.length + 1}>
            <EmptyState
              title="Nothing is published here yet"
              actions={<ButtonLink href={paths.totals(scope)}>See control totals</ButtonLink>}
            >
              No entity and period you may see has figures at this publication.
            </EmptyState>
          </EmptyRow>
        )}
        {rows.map(({ entity, name, cells }) => (
          <Row key={entity}>
            <Cell head sticky>
              <Link href={paths.totals({ ...scope, entity })} className="link-quiet">
                <span className="block max-w-[22ch] overflow-hidden [&>.code-name]:max-w-full" title={name ?? undefined}>
                  <CodeAndName code={entity} name={name} />
                </span>
              </Link>
            </Cell>
            {periods.map((period, index) => (
              <Cell key={period} align="centre">
                <StatusMark cell={cells[index] ?? { status: 'none', causes: 0 }} scope={{ ...scope, entity, period }} />
              </Cell>
            ))}
          </Row>
        ))}
      </tbody>
    </Table>
  )
}

function StatusMark({ cell: { status, causes }, scope }: { cell: GridCell; scope: Scope }) {
  if (status === 'none')
    return (
      <span className="relative text-ink-3" title="Nothing published">
        ·<span className="visually-hidden"> nothing published</span>
      </span>
    )
  if (status === 'fine') {
    return (
      <Link href={paths.totals(scope)} className="relative inline-flex text-ink-3" title="Published, nothing waits">
        <Check className="icon" aria-hidden />
        <span className="visually-hidden">fine</span>
      </Link>
    )
  }
  const held = status === 'held'
  const Icon = held ? CirclePause : CircleAlert
  return (
    <Link
      href={paths.totals(scope)}
      className="badge relative"
      data-tone={held ? 'held' : 'attention'}
      title={`${counted(causes, 'open cause')}: opens the slices and what waits`}
    >
      <Icon className="icon" aria-hidden />
      {held ? 'Held' : causes}
      {!held && <span className="visually-hidden"> open causes</span>}
    </Link>
  )
}
