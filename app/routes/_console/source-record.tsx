import { CodeBlock } from '#app/ui/code-block.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Source = {
  readonly text: string
  readonly cells: readonly { readonly column: string; readonly value: string }[]
  readonly firstLine: number | null
  readonly marked: readonly [number, number] | null
}

/** The record as it came: its text with its place marked, and its cells. */
export function SourceRecord({
  title,
  source,
  problem,
  withCells = false,
}: {
  title: string
  source: Source | null
  problem: string | null
  withCells?: boolean
}) {
  return (
    <Section title="Source record" note="As received; never edited">
      {problem && (
        <Notice kind="attention" title="The source record cannot be shown">
          {problem}
        </Notice>
      )}
      {source && (
        <CodeBlock
          title={title}
          text={source.text}
          firstLine={source.firstLine ?? 1}
          {...(source.marked && { marked: source.marked })}
          note={source.firstLine === null ? 'the record alone, its lines counted from 1' : 'numbers are lines of the file'}
        />
      )}
      {source && withCells && (
        <DataTable
          caption="Cells of the record"
          rows={source.cells}
          rowKey={({ column }) => column}
          columns={[
            { key: 'column', head: 'Column', fit: true, cell: ({ column }) => <span className="mono">{column}</span> },
            {
              key: 'value',
              head: 'What the source wrote',
              wrap: true,
              cell: ({ value }) =>
                value === '' ? (
                  <span className="text-ink-3">empty</span>
                ) : (
                  <span className="mono whitespace-pre-wrap text-source">{value}</span>
                ),
            },
          ]}
          empty={null}
        />
      )}
    </Section>
  )
}
