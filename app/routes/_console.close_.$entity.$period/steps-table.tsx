import { paths } from '#app/paths.ts'
import { closeFigures } from '#app/routes/_console.close/figures.ts'
import { withNames } from '#app/routes/_console.close/blocked-by.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { closeSteps, type CloseBlock, type CloseStepName } from '#server/domain/close.ts'
import type { Screen } from './screen.ts'

const STEP_WORDS: Readonly<Record<CloseStepName, string>> = {
  loaded: 'Everything has come and is loaded',
  mended: 'Exceptions are mended',
  compared: 'Reconciliations are compared',
  explained: 'Differences are explained',
  prepared: 'Reconciliations are prepared',
  certified: 'Reconciliations are certified',
  closed: 'The period is closed',
}

/** The way to a closed period, step by step: what blocks each, and what waits for it. */
export function StepsTable({ row, scope }: Pick<Screen, 'row' | 'scope'>) {
  const figures = closeFigures(row, scope)
  const { entity, period } = row
  const href: Readonly<Record<CloseBlock, string>> = {
    feeds_missing: figures.missing.href,
    loads_held: figures.held.href,
    technical: figures.technical.href,
    unclassified: figures.unclassified.href,
    business: figures.business.href,
    control: figures.control.href,
    not_compared: `${paths.closePeriod(entity, period, scope)}#reconciliations`,
    with_breaks: figures.breaks.href,
    not_prepared: paths.reconciliations({ entity, period, version: scope.version, state: 'ready' }),
    not_certified: figures.prepared.href,
  }
  return (
    <DataTable
      caption="What blocks what, on the way to a closed period"
      rows={closeSteps(row.notReady, row.state === 'closed')}
      rowKey={({ step }) => step}
      columns={[
        { key: 'step', head: 'Step', fit: true, cell: ({ step }) => STEP_WORDS[step] },
        {
          key: 'stands',
          head: 'Stands',
          fit: true,
          cell: ({ isDone, blockedBy, step }) =>
            isDone ? 'done' : blockedBy.length > 0 ? <strong>blocked</strong> : step === 'closed' ? 'not yet' : 'waits',
        },
        {
          key: 'blocked',
          head: 'Blocked by',
          wrap: true,
          cell: ({ blockedBy }) =>
            blockedBy.length === 0 ? (
              <span className="text-ink-3">nothing</span>
            ) : (
              <span className="grid">
                {blockedBy.map((block) => (
                  <Link key={block.what} href={href[block.what]} className="link-quiet">
                    {withNames(block)}
                  </Link>
                ))}
              </span>
            ),
        },
        {
          key: 'waits',
          head: 'Waits for',
          wrap: true,
          cell: ({ waitsFor }) => (waitsFor === null ? <span className="text-ink-3">nothing</span> : `“${STEP_WORDS[waitsFor]}”`),
        },
      ]}
      empty={null}
    />
  )
}
