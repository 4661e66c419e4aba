import { Amount, Count } from '#app/components/amount.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { byteWords } from '#app/routes/_console/words.ts'
import type { Sealed } from './sealed.ts'

/** Figures, differences, explanations and signatures, read from the seal and from nothing else. */
export function SealedFigures({ sealed: { figures, parts, explanations, evidence, signOffs } }: { sealed: Sealed }) {
  return (
    <>
      <Section title="Figures as signed">
        <DataTable
          caption="Figures as signed"
          rows={figures}
          rowKey={({ side, accountGroup, currency }) => `${side} ${accountGroup} ${currency}`}
          columns={[
            { key: 'side', head: 'Side', cell: ({ side }) => side },
            { key: 'group', head: 'Account group', cell: ({ accountGroup }) => accountGroup },
            { key: 'lines', head: 'Lines', align: 'number', cell: ({ lines }) => <Count value={lines} /> },
            { key: 'keys', head: 'Keys', align: 'number', cell: ({ keys }) => <Count value={keys} /> },
            {
              key: 'amount',
              head: 'Amount',
              align: 'number',
              cell: ({ amount, currency }) => <Amount value={amount} currency={currency} />,
            },
            { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
          ]}
          empty={null}
        />
      </Section>
      <Section title="Differences as signed">
        <DataTable
          caption="Differences as signed"
          rows={parts}
          rowKey={({ side, accountGroup, currency, bucket, key }) => [side, accountGroup, currency, bucket, ...key].join(' ')}
          columns={[
            { key: 'key', head: 'Key', cell: ({ key }) => <span className="mono">{key.filter(Boolean).join(' · ')}</span> },
            { key: 'side', head: 'Side', cell: ({ side }) => side },
            { key: 'bucket', head: 'Part', cell: ({ bucket }) => bucket.replaceAll('_', ' ') },
            {
              key: 'amount',
              head: 'Amount',
              align: 'number',
              cell: ({ amount, currency }) => <Amount value={amount} currency={currency} />,
            },
            { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
          ]}
          empty={<EmptyState title="None">It tied.</EmptyState>}
        />
      </Section>
      <Section title="Explanations as signed">
        <DataTable
          caption="Explanations as signed"
          rows={explanations}
          rowKey={({ side, key, text }) => `${side} ${key.join(' ')} ${text}`}
          columns={[
            { key: 'key', head: 'Of', cell: ({ key }) => <span className="mono">{key.filter(Boolean).join(' · ')}</span> },
            { key: 'text', head: 'Explanation', wrap: true, cell: ({ text }) => text },
            {
              key: 'amount',
              head: 'Amount',
              align: 'number',
              cell: ({ amount, currency }) => <Amount value={amount} currency={currency} />,
            },
            { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
            { key: 'who', head: 'Who', cell: ({ explainedBy }) => explainedBy },
          ]}
          empty={<EmptyState title="None">Nothing needed one.</EmptyState>}
        />
      </Section>
      <Section title="Evidence as signed">
        <DataTable
          caption="Evidence as signed"
          rows={evidence}
          rowKey={({ name, sha256 }) => `${name} ${sha256}`}
          columns={[
            { key: 'name', head: 'File', wrap: true, cell: ({ name }) => name },
            { key: 'size', head: 'Size', align: 'number', fit: true, cell: ({ byteCount }) => byteWords(byteCount) },
            { key: 'sha256', head: 'SHA-256', cell: ({ sha256 }) => <span className="mono break-all">{sha256}</span> },
          ]}
          empty={<EmptyState title="None">No file was sealed.</EmptyState>}
        />
      </Section>
      <Section title="Who signed">
        <DataTable
          caption="Who signed"
          rows={signOffs}
          rowKey={({ signedAt, act }) => `${act} ${signedAt}`}
          columns={[
            { key: 'act', head: 'Act', cell: ({ act }) => act },
            { key: 'who', head: 'Who', cell: ({ signedBy }) => signedBy },
            { key: 'when', head: 'When', cell: ({ signedAt }) => <Time at={signedAt} seconds showZone /> },
            {
              key: 'comment',
              head: 'Comment',
              wrap: true,
              cell: ({ comment }) => comment || <span className="text-ink-3">none</span>,
            },
          ]}
          empty={null}
        />
      </Section>
    </>
  )
}
