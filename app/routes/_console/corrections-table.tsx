import type { ReactNode } from 'react'
import type { CorrectionOnScreen } from '#app/.server/reads.ts'
import { CorrectionBadge } from '#app/components/correction-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Time } from '#app/ui/time.tsx'
import { correctionSentence, fieldCapital } from './correction-words.ts'

type Props = {
  rows: readonly CorrectionOnScreen[]
  scope: Scope
  caption: string
  name?: string
  empty: ReactNode
  footer?: ReactNode
  pages?: ReactNode
}

/** What was corrected, by whom and how it stands: on the list, an exception and a line. */
export function CorrectionsTable({ rows, scope, caption, name, empty, footer, pages }: Props) {
  return (
    <DataTable
      {...(name && { name })}
      caption={caption}
      rows={rows}
      rowKey={({ correctionId }) => `${correctionId}`}
      href={({ correctionId }) => paths.correction(correctionId, scope)}
      columns={[
        { key: 'correction', head: 'Correction', fit: true, cell: ({ correctionId }) => correctionId },
        { key: 'standing', head: 'Stands', fit: true, cell: ({ standing }) => <CorrectionBadge standing={standing} /> },
        { key: 'record', head: 'Record', cell: ({ sourceKey }) => <span className="mono">{sourceKey}</span> },
        { key: 'field', head: 'Field', fit: true, cell: ({ field }) => fieldCapital(field) },
        {
          key: 'texts',
          head: 'As received, read as',
          cell: ({ found, corrected }) => (
            <span className="grid">
              <span className="text-ink-3">
                <SourceWord text={found} />
              </span>
              <SourceWord text={corrected} />
            </span>
          ),
        },
        {
          key: 'reason',
          head: 'Why, and how it stands',
          wrap: true,
          cell: (row) => (
            <span className="grid">
              <span>{row.reason}</span>
              <span className="text-ink-2">{correctionSentence(row)}</span>
            </span>
          ),
        },
        { key: 'who', head: 'Who', fit: true, cell: (row) => <Who row={row} /> },
      ]}
      empty={empty}
      footer={footer}
      pages={pages}
    />
  )
}

function Who({ row: { proposedBy, proposedAt, decidedBy, state, needsSecondPerson } }: { row: CorrectionOnScreen }) {
  return (
    <span className="grid">
      <span>
        {proposedBy}, <Time at={proposedAt} />
      </span>
      <span className="text-ink-2">
        {decidedBy
          ? `${decidedBy}, second person`
          : needsSecondPerson
            ? state === 'proposed' && 'a second person is needed'
            : 'needs no second person'}
      </span>
    </span>
  )
}

export function SourceWord({ text }: { text: string }) {
  return text === '' ? <span className="text-ink-3">empty</span> : <span className="mono whitespace-pre-wrap">{text}</span>
}
