import type { Estimate } from '#app/.server/reads.ts'
import { Amount, Count } from '#app/components/amount.tsx'
import { whyWords } from '#app/routes/_console/replay-words.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Section } from '#app/ui/page-header.tsx'

/** What a replay would touch, and what it would leave alone. */
export function EstimateTables({ estimate }: { estimate: Estimate }) {
  const { parts, records, widened, exceptions, runs, loads, loadRecords, entities, periods, closedPeriods } = estimate
  return (
    <>
      <Section title="Records">
        <DataTable
          caption="Records that would be judged again, and those that are left"
          rows={parts}
          rowKey={({ excluded, why, currency }) => `${excluded} ${why} ${currency}`}
          columns={[
            { key: 'what', head: 'What', wrap: true, cell: ({ excluded, why }) => whatOf(excluded, why) },
            {
              key: 'count',
              head: 'Records',
              align: 'number',
              cell: ({ count }) => <Count value={count} />,
              total: <Count value={records} />,
            },
            {
              key: 'amount',
              head: 'Amount',
              align: 'number',
              cell: ({ amount, currency }) => currency && <Amount value={amount} currency={currency} alignTo={2} />,
            },
            { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
          ]}
          totalLabel="Selection"
          empty={null}
        />
      </Section>
      <Section title="What they belong to">
        <KeyValue
          items={[
            { key: 'Exceptions', value: counted(exceptions, 'exception') },
            {
              key: 'Runs',
              value:
                loads === 0
                  ? counted(runs, 'run')
                  : `${counted(runs, 'run')}, of which ${counted(loads, 'held load is', 'held loads are')} replayed whole: ${counted(loadRecords, 'record')}`,
            },
            {
              key: 'Widened',
              value:
                widened === 0
                  ? 'no: exactly what was asked for'
                  : `${counted(widened, 'record')} more: documents, records of one key and held loads are judged whole`,
            },
            { key: 'Entities', value: <span className="mono">{shortened(entities)}</span> },
            { key: 'Periods', value: <span className="mono">{shortened(periods) || 'none'}</span> },
            {
              key: 'Closed periods',
              value: closedPeriods.length === 0 ? 'none' : <span className="mono">{shortened(closedPeriods)}</span>,
            },
          ]}
        />
      </Section>
    </>
  )
}

function whatOf(excluded: string | null, why: string | null): string {
  if (excluded === null) return 'To be judged again'
  const because: Readonly<Record<string, string>> = {
    overtaken: 'newer data is published; rerun instead',
    period_closed: 'their period is closed',
  }
  return `${excluded === 'skipped' ? 'Skipped' : 'Not allowed'}: ${because[why ?? ''] ?? whyWords(why ?? '')}`
}

const NAMED_MAX = 24
const shortened = (codes: readonly string[]) =>
  codes.length > NAMED_MAX ? `${codes.slice(0, NAMED_MAX).join(', ')} and ${codes.length - NAMED_MAX} more` : codes.join(', ')
