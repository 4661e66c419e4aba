import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import type { Screen } from './screen.ts'

/** Settings by their names in YAML, as they are in force and as they are to be. */
export function ChangesTable({ changes }: Pick<Screen, 'changes'>) {
  return (
    <DataTable
      caption="Settings that change"
      rows={changes}
      rowKey={({ path }) => path}
      columns={[
        { key: 'setting', head: 'Setting', fit: true, cell: ({ path }) => <span className="mono">{path}</span> },
        { key: 'before', head: 'In force', wrap: true, cell: ({ before }) => <Setting text={before} /> },
        { key: 'after', head: 'Proposed', wrap: true, cell: ({ after }) => <Setting text={after} /> },
        {
          key: 'loosens',
          head: 'Lets through',
          wrap: true,
          cell: ({ loosens }) => (loosens ? <Badge tone="attention">{loosens}</Badge> : 'nothing more'),
        },
      ]}
      empty={<EmptyState title="Nothing changes">It says what is in force already.</EmptyState>}
    />
  )
}

function Setting({ text }: { text: string | null }) {
  return text === null ? <span className="text-ink-3">not set</span> : <span className="mono">{text}</span>
}
