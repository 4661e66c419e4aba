import { CircleAlert, CircleCheck, Lock, Stamp, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CloseRow } from '#app/.server/reads.ts'
import { Count } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { CodeAndName } from '#app/components/code-and-name.tsx'
import { Opens } from '#app/components/open-figure.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import type { Tone } from '#app/ui/tone.tsx'
import { closeFigures, type CloseFigures } from './figures.ts'
import { readinessOf, type Readiness as ReadinessOf } from './readiness.ts'

type Row = CloseRow & { readonly figures: CloseFigures }

/** What stands between each entity and the close of its newest ended period. */
export function CloseTable({ rows, scope, footer }: { rows: readonly CloseRow[]; scope: Scope; footer: ReactNode }) {
  return (
    <DataTable
      caption="What blocks the close, one row an entity"
      rows={rows.map((row): Row => ({ ...row, figures: closeFigures(row, scope) }))}
      rowKey={({ entity }) => entity}
      columns={[
        { key: 'entity', head: 'Entity', cell: ({ entity, name }) => <CodeAndName code={entity} name={name} /> },
        {
          key: 'period',
          head: 'Close period',
          fit: true,
          cell: ({ period, certainty }) => (
            <span className="grid">
              <PeriodLabel period={period} />
              <CertaintyMark certainty={certainty} />
            </span>
          ),
        },
        { key: 'ready', head: 'Readiness', fit: true, cell: (row) => <Readiness row={row} /> },
        blocker('missingFeeds', 'Missing feeds'),
        blocker('heldLoads', 'Held loads'),
        blocker('business', 'Business'),
        blocker('control', 'Control'),
        { key: 'before', head: 'Earlier, open', fit: true, cell: (row) => <OpenBefore row={row} /> },
      ]}
      empty={
        <EmptyState title="No entity to close yet">
          An entity appears here once figures of it are published and a period of its calendar has ended.
        </EmptyState>
      }
      footer={footer}
    />
  )
}

const blocker = (key: keyof CloseFigures, head: string): Column<Row> => ({
  key,
  head,
  align: 'number',
  cell: (row) => (
    <Opens figure={row.figures[key]}>
      <Count value={row[key]} />
    </Opens>
  ),
})

const LOOK: Readonly<Record<ReadinessOf, { readonly words: string; readonly tone: Tone; readonly icon: LucideIcon }>> = {
  closed: { words: 'Closed', tone: 'past', icon: Lock },
  blocked: { words: 'Blocked', tone: 'attention', icon: CircleAlert },
  unsigned: { words: 'Waits for signatures', tone: 'attention', icon: Stamp },
  ready: { words: 'Ready to close', tone: 'fine', icon: CircleCheck },
}

function Readiness({ row }: { row: CloseRow }) {
  const { words, tone, icon } = LOOK[readinessOf(row)]
  return (
    <Badge tone={tone} icon={icon}>
      {words}
      {row.state === 'soft_closed' ? ', soft-closed' : ''}
    </Badge>
  )
}

/** The periods themselves are the list, so it is shown rather than counted. */
function OpenBefore({ row: { entity, openBefore } }: { row: CloseRow }) {
  if (openBefore.length === 0) return <span className="text-ink-3">none</span>
  return (
    <Link
      href={paths.periods({ entity })}
      className="link-quiet"
      title={`Open: ${openBefore.join(', ')}`}
      data-periods={openBefore.length}
    >
      {openBefore.length === 1 ? <PeriodLabel period={openBefore[0]!} /> : counted(openBefore.length, 'period')}
    </Link>
  )
}
