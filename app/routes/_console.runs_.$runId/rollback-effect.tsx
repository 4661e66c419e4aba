import { Amount, Count } from '#app/components/amount.tsx'
import { DeliveryBadge } from '#app/components/delivery-badge.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { SignedBefore } from '#app/routes/_console/signed-before.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { RollbackPreview } from './screen.ts'
import { WhatItCovers } from './what-it-covers.tsx'

/** What a rollback would touch. */
export function RollbackEffect({ preview }: { preview: RollbackPreview }) {
  const { slices, members, membersRestored, laterPublication, isPartlyHidden, targets, waitingAgain, certifications } = preview
  return (
    <>
      {laterPublication !== null && (
        <Notice kind="attention" title={`Publication ${laterPublication} came later and changed some of these lines`}>
          Roll that one back first. Taking this one back alone would leave figures that no delivery ever stated.
        </Notice>
      )}
      {isPartlyHidden && (
        <Notice kind="attention" title="It touches entities outside your scope">
          Only those you may see are listed.
        </Notice>
      )}
      <p>
        What this run published ends, and what stood before comes back, as a new publication: whoever looks at the past still sees
        what was published then.
        {members > 0 && ` ${counted(members, 'member')} of dimensions would end as well.`}
        {membersRestored > 0 && ` ${counted(membersRestored, 'member')} of dimensions would come back.`}
      </p>
      {waitingAgain.records > 0 && (
        <p>
          {`${counted(waitingAgain.records, 'record')} that this run had let pass would wait again, and ${counted(waitingAgain.exceptions, 'exception')} would be open again with them.`}
        </p>
      )}
      <SignedBefore certifications={certifications} />
      <WhatItCovers verb="It touches" rows={slices.map((slice) => ({ ...slice, count: slice.ended + slice.restored }))} />
      <DataTable
        caption="By how much each total would move"
        captionShown
        rows={slices}
        rowKey={({ entity, period, version, currency }) => [entity, period, version, currency].join('|')}
        columns={[
          { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => entity },
          { key: 'period', head: 'Period', fit: true, cell: (slice) => <MarkedPeriod {...slice} /> },
          { key: 'version', head: 'Version', fit: true, cell: ({ version }) => version },
          { key: 'ended', head: 'Lines that end', align: 'number', cell: (slice) => <Count value={slice.ended} /> },
          { key: 'restored', head: 'Lines that come back', align: 'number', cell: (slice) => <Count value={slice.restored} /> },
          {
            key: 'debit',
            head: 'Debit moves by',
            align: 'number',
            cell: ({ debit, currency }) => <Amount value={debit} currency={currency} signed />,
          },
          {
            key: 'credit',
            head: 'Credit moves by',
            align: 'number',
            cell: ({ credit, currency }) => <Amount value={credit} currency={currency} signed />,
          },
          { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        ]}
        empty={<p className="py-3 text-ink-3">No line would move.</p>}
      />
      {targets.length > 0 && (
        <DataTable
          caption="What each target will be told"
          captionShown
          rows={targets}
          rowKey={({ deliveryId }) => `${deliveryId}`}
          columns={[
            { key: 'target', head: 'Target', cell: ({ system }) => system },
            {
              key: 'told',
              head: 'Of this publication it was told',
              fit: true,
              cell: ({ status }) => <DeliveryBadge status={status} />,
            },
            { key: 'put', head: 'Documents put back', align: 'number', cell: ({ put }) => <Count value={put} /> },
            {
              key: 'withdraw',
              head: 'Documents withdrawn',
              align: 'number',
              cell: ({ withdraw }) => <Count value={withdraw} />,
            },
          ]}
          empty={null}
        />
      )}
    </>
  )
}
