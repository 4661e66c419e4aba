import type { ReactNode } from 'react'
import { Amount } from '#app/components/amount.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import type { FieldSource } from '#server/domain/job.ts'
import { fieldWords } from '#server/domain/rules/catalogue.ts'

type Origin = {
  readonly field: string
  readonly value: string | null
  readonly from: FieldSource | null
  readonly wrote: string | null
}

/** Each canonical field, the column it came from and what stood there. Target is orange, source is blue. */
export function CanonicalBesideSource({
  origins,
  currency,
  corrections,
}: {
  origins: readonly Origin[]
  currency: string
  corrections: readonly { readonly field: string; readonly corrected: string }[]
}) {
  return (
    <DataTable
      caption="Canonical fields beside source columns"
      rows={origins}
      rowKey={({ field }) => field}
      columns={[
        { key: 'field', head: 'Field', cell: ({ field }) => capital(fieldWords(field)) },
        {
          key: 'value',
          head: <Side colour="text-target" name="Line" />,
          wrap: true,
          cell: ({ field, value }) => <Value field={field} value={value} currency={currency} />,
        },
        {
          key: 'wrote',
          head: <Side colour="text-source" name="Source record" />,
          wrap: true,
          cell: ({ wrote, from }) =>
            from && 'value' in from ? (
              <span className="text-ink-3">–</span>
            ) : wrote === null || wrote === '' ? (
              <span className="text-ink-3">empty</span>
            ) : (
              <span className="mono whitespace-pre-wrap">{wrote}</span>
            ),
        },
        { key: 'from', head: 'Comes from', cell: ({ from }) => <span className="text-ink-2">{originWords(from)}</span> },
        {
          key: 'same',
          head: 'Same text',
          cell: ({ field, value, wrote, from }) => {
            const correction = corrections.find((one) => one.field === field)
            return correction ? (
              <span className="text-ink-2">corrected to “{correction.corrected}”</span>
            ) : (
              sameness(value, wrote, from)
            )
          },
        },
      ]}
      empty={
        <EmptyState title="The source record cannot be read">
          So it cannot be set beside the line. The line itself stands above.
        </EmptyState>
      }
    />
  )
}

function Side({ colour, name }: { colour: string; name: string }) {
  return <span className={colour}>{name}</span>
}

function Value({ field, value, currency }: { field: string; value: string | null; currency: string }) {
  if (value === null) return <span className="text-ink-3">n/a</span>
  if (field === 'debit' || field === 'credit') return <Amount value={value} currency={currency} inline />
  return <span className="mono">{value}</span>
}

function originWords(from: FieldSource | null): ReactNode {
  if (from === null) return 'no column'
  if ('column' in from)
    return (
      <>
        column <span className="mono">{from.column}</span>
      </>
    )
  if ('firstOf' in from)
    return (
      <>
        first filled of <span className="mono">{from.firstOf.join(', ')}</span>
      </>
    )
  if ('calendar' in from)
    return (
      <>
        the entity’s calendar, by <span className="mono">{from.calendar}</span>
      </>
    )
  return 'fixed by the job'
}

function sameness(value: string | null, wrote: string | null, from: FieldSource | null): ReactNode {
  if (from === null || 'value' in from || wrote === null || wrote.trim() === '') return <span className="text-ink-3">–</span>
  if (value === wrote.trim()) return 'same'
  return <span className="text-ink-2">{'calendar' in from ? 'looked up' : 'translated by the mapping'}</span>
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
