import type { MovedLine, ReconciliationView } from '#app/.server/reads.ts'
import { Amount } from '#app/components/amount.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { keyWords } from './part-words.ts'

type Props = { rows: readonly MovedLine[]; definition: ReconciliationView['definition']; scope: Scope }

/** The lines that moved under a signature, as they were signed and as they were when that was found. */
export function MovedTable({ rows, definition, scope }: Props) {
  return (
    <DataTable
      caption="Lines that moved"
      rows={rows}
      rowKey={({ side, source_key }) => `${side} ${source_key}`}
      href={({ line_id }) => paths.line(line_id, scope)}
      columns={[
        { key: 'line', head: 'Line', cell: ({ source_key }) => <span className="mono">{source_key}</span> },
        { key: 'side', head: 'Side', fit: true, cell: ({ side }) => definition.sides[side]!.name },
        { key: 'key', head: 'Key', cell: ({ key }) => <span className="mono">{keyWords(key)}</span> },
        {
          key: 'before',
          head: 'As signed',
          align: 'number',
          cell: ({ before, currency }) =>
            before === null ? <span className="text-ink-3">not there</span> : <Amount value={before} currency={currency} />,
        },
        {
          key: 'after',
          head: 'When superseded',
          align: 'number',
          cell: ({ after, currency }) =>
            after === null ? <span className="text-ink-3">gone</span> : <Amount value={after} currency={currency} />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        { key: 'publication', head: 'Publication', align: 'number', cell: ({ publication }) => publication },
      ]}
      empty={null}
    />
  )
}
