import { CircleCheck, CircleX } from 'lucide-react'
import type { Certain, ComparedSlice } from '#app/.server/reads.ts'
import { Amount, Count } from '#app/components/amount.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { isZeroDecimal, subtractDecimals } from '#app/ui/decimal.ts'
import { Delta } from '#app/ui/delta.tsx'

const OF = 'confirmed − delivered'

/** What was delivered beside what the target answered when it was asked, slice by slice and currency. What differs comes first. */
export function ComparedSlices({ slices, caption }: { slices: readonly Certain<ComparedSlice>[]; caption: string }) {
  const rows = [...slices.filter(differs), ...slices.filter((slice) => !differs(slice))]
  return (
    <DataTable
      caption={caption}
      scroll={rows.length > 15 ? 'own' : 'page'}
      {...(rows.length > 15 && { className: 'max-h-[420px] overflow-auto' })}
      rows={rows}
      rowKey={({ entity, period, version, currency }) => [entity, period, version, currency].join('|')}
      columns={[
        { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => <span className="mono">{entity}</span> },
        { key: 'period', head: 'Period', fit: true, cell: (slice) => <MarkedPeriod {...slice} /> },
        { key: 'version', head: 'Version', fit: true, cell: ({ version }) => version },
        { key: 'delivered', head: 'Delivered', align: 'number', cell: ({ delivered }) => <Count value={delivered} /> },
        { key: 'confirmed', head: 'Confirmed', align: 'number', cell: ({ confirmed }) => <Count value={confirmed} /> },
        {
          key: 'deliveredDebit',
          head: 'Delivered debit',
          align: 'number',
          cell: ({ deliveredDebit, currency }) => <Amount value={deliveredDebit} currency={currency} alignTo={2} />,
        },
        {
          key: 'debitDifference',
          head: 'Debit: confirmed − delivered',
          align: 'number',
          cell: (slice) => <Delta value={minus(slice.confirmedDebit, slice.deliveredDebit)} of={OF} alignTo={2} />,
        },
        {
          key: 'deliveredCredit',
          head: 'Delivered credit',
          align: 'number',
          cell: ({ deliveredCredit, currency }) => <Amount value={deliveredCredit} currency={currency} alignTo={2} />,
        },
        {
          key: 'creditDifference',
          head: 'Credit: confirmed − delivered',
          align: 'number',
          cell: (slice) => <Delta value={minus(slice.confirmedCredit, slice.deliveredCredit)} of={OF} alignTo={2} />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        { key: 'ties', head: 'Ties', fit: true, cell: (slice) => <Ties slice={slice} /> },
      ]}
      empty={<p className="py-3 text-ink-3">The target was not asked for its totals yet.</p>}
    />
  )
}

const minus = (confirmed: string | null, delivered: string) =>
  confirmed === null ? null : subtractDecimals(confirmed, delivered)

function differs({
  delivered,
  confirmed,
  deliveredDebit,
  confirmedDebit,
  deliveredCredit,
  confirmedCredit,
}: ComparedSlice): boolean {
  if (confirmed === null) return false
  const isOff = (a: string | null, b: string) => !isZeroDecimal(minus(a, b) ?? '0')
  return confirmed !== delivered || isOff(confirmedDebit, deliveredDebit) || isOff(confirmedCredit, deliveredCredit)
}

function Ties({ slice }: { slice: ComparedSlice }) {
  if (slice.confirmed === null) return <span className="text-ink-3">not yet</span>
  if (differs(slice))
    return (
      <span className="inline-flex items-center gap-1 text-broken font-strong">
        <CircleX className="icon" aria-hidden /> Does not tie
      </span>
    )
  return (
    <span className="inline-flex items-center gap-1 text-ink-2">
      <CircleCheck className="icon text-ink-3" aria-hidden /> Ties
    </span>
  )
}
