import type { ReactNode } from 'react'
import { Amount, Count } from '#app/components/amount.tsx'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Section } from '#app/ui/page-header.tsx'
import type { FailureClass } from '#server/domain/errors.ts'
import type { ReportedException } from '#app/.server/reads.ts'
import type { Screen } from './screen.ts'

type Shown = {
  readonly exceptionId: number
  readonly failureClass: FailureClass
  readonly title: string
  readonly detail: string
  readonly effect: string
  readonly occurrences: number | null
  readonly amounts: readonly { readonly currency: string; readonly amount: string }[]
}

/** What the run raised and what it settled. */
export function ExceptionsOfRun({ screen: { run, raised, closed, scope, isLive } }: { screen: Screen }) {
  const rows: Shown[] = [
    ...raised.map(({ exceptionId, failureClass, title, detail, openedRunId, closedByRunId, occurrences, amounts }) => ({
      exceptionId,
      failureClass,
      title,
      detail,
      occurrences,
      amounts,
      effect: `${openedRunId === run.runId ? 'Opened here' : openedRunId === null ? 'Seen again' : `Seen again, open since run ${openedRunId}`}${closedByRunId === null ? '' : `; closed by run ${closedByRunId}`}`,
    })),
    ...closed.map(({ exceptionId, failureClass, title, openedRunId }) => ({
      exceptionId,
      failureClass,
      title,
      detail: '',
      occurrences: null,
      amounts: [],
      effect: openedRunId === null ? 'Closed here' : `Closed here, opened by run ${openedRunId}`,
    })),
  ]
  const parts = [
    raised.length > 0 && `${raised.length.toLocaleString('en')} raised`,
    closed.length > 0 && `${closed.length.toLocaleString('en')} closed`,
  ].filter(Boolean)
  return (
    <Section
      title="Exceptions"
      note={parts.length > 0 ? `${parts.join(', ')}.` : isLive ? 'Known when it has ended.' : 'It raised none and closed none.'}
    >
      {rows.length > 0 && (
        <DataTable
          caption="Exceptions this run raised or closed"
          rows={rows}
          rowKey={({ exceptionId }) => `${exceptionId}`}
          href={({ exceptionId }) => paths.exception(exceptionId, scope)}
          columns={[
            { key: 'id', head: 'Exception', fit: true, cell: ({ exceptionId }) => exceptionId },
            {
              key: 'class',
              head: 'Class',
              fit: true,
              cell: ({ failureClass }) => <FailureClassBadge failureClass={failureClass} />,
            },
            { key: 'title', head: 'What is wrong', wrap: true, cell: (row) => <Words row={row} /> },
            { key: 'effect', head: 'What this run did', wrap: true, cell: ({ effect }) => effect },
            { key: 'occurrences', head: 'Records', align: 'number', cell: ({ occurrences }) => <Count value={occurrences} /> },
            { key: 'amount', head: 'At stake', align: 'number', cell: (row) => <AtStake row={row} /> },
          ]}
          empty={null}
        />
      )}
    </Section>
  )
}

function Words({ row: { title, detail } }: { row: Shown }): ReactNode {
  return (
    <>
      {title}
      {detail && <span className="block text-ink-3">{detail}</span>}
    </>
  )
}

function AtStake({ row: { amounts } }: { row: Shown }): ReactNode {
  if (amounts.length === 0) return <span className="text-ink-3">n/a</span>
  return (
    <span className="grid">
      {amounts.map(({ currency, amount }) => (
        <Amount key={currency} value={amount} currency={currency} withCurrency={currency !== ''} />
      ))}
    </span>
  )
}

/** A rehearsal opens none; it says which it would. */
export function ForeseenExceptions({ exceptions }: { exceptions: readonly ReportedException[] }) {
  return (
    <Section
      title="Exceptions it would open"
      note={
        exceptions.length === 0
          ? 'None about records. Figures that do not tie are listed above.'
          : `${counted(exceptions.length, 'cause')}.`
      }
    >
      {exceptions.length > 0 && (
        <DataTable
          caption="Exceptions the replay would open"
          rows={exceptions}
          rowKey={({ detail }) => detail}
          columns={[
            { key: 'title', head: 'What is wrong', wrap: true, cell: ({ detail }) => detail },
            { key: 'class', head: 'Class', fit: true, cell: (row) => <FailureClassBadge failureClass={row.class} /> },
            { key: 'records', head: 'Records', align: 'number', cell: ({ occurrences }) => <Count value={occurrences} /> },
          ]}
          empty={null}
        />
      )}
    </Section>
  )
}
