import type { CorrectionDraft } from '#app/.server/reads.ts'
import { Amount } from '#app/components/amount.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { fieldCapital } from '#app/routes/_console/correction-words.ts'
import { SourceWord } from '#app/routes/_console/corrections-table.tsx'
import { reasonWords } from '#app/routes/_console/reason-words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Screen = Pick<CorrectionDraft, 'record' | 'fields' | 'title'> & { readonly scope: Scope }

/** What the source sent, why it did not pass, and which of its fields may be corrected. */
export function RecordAsReceived({ screen: { record, fields, title, scope } }: { screen: Screen }) {
  const { artifactId, position, objectType, runId, job, reasons, debit, credit, currency } = record
  return (
    <>
      <Section title="The record">
        <KeyValue
          columns={2}
          items={[
            {
              key: 'Source record',
              value: (
                <Link href={paths.artifact(artifactId, position, objectType)} className="link">
                  artifact {artifactId}, position {position.toLocaleString('en')}
                </Link>
              ),
            },
            {
              key: 'Rejected by',
              value: (
                <Link href={paths.run(runId, scope)} className="link">
                  run {runId}
                </Link>
              ),
            },
            {
              key: 'Job',
              value: (
                <>
                  <Link href={paths.job(job, scope)} className="link mono">
                    {job}
                  </Link>{' '}
                  {title}
                </>
              ),
            },
            { key: 'Entity and period', value: [record.entity, record.period, record.version].filter(Boolean).join(' · ') },
            { key: 'Debit', value: <Amount value={debit} currency={currency} withCurrency inline /> },
            { key: 'Credit', value: <Amount value={credit} currency={currency} withCurrency inline /> },
            { key: 'Why it did not pass', value: reasons.map((reason) => reasonWords(reason)).join('; ') },
          ]}
        />
      </Section>
      <Section title="Fields that may be corrected" note="As the source wrote them">
        <DataTable
          caption="Fields that may be corrected"
          rows={fields}
          rowKey={({ field }) => field}
          columns={[
            { key: 'field', head: 'Field', fit: true, cell: ({ field }) => fieldCapital(field) },
            { key: 'found', head: 'As received', cell: ({ found }) => <SourceWord text={found} /> },
            {
              key: 'there',
              head: 'Correction',
              wrap: true,
              cell: ({ inForce }) =>
                inForce && (
                  <Link href={paths.correction(inForce.correctionId, scope)} className="link">
                    {inForce.state === 'active' ? 'read as' : 'proposed:'} “{inForce.corrected}”
                  </Link>
                ),
            },
            {
              key: 'who',
              head: 'Takes',
              cell: ({ needsSecondPerson }) =>
                needsSecondPerson ? 'a second person' : <span className="text-ink-2">one person</span>,
            },
          ]}
          empty={<EmptyState title="None">Why stands above.</EmptyState>}
        />
      </Section>
    </>
  )
}
