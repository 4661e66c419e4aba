import { paths } from '#app/paths.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import type { SignOffAct } from '#server/domain/reconciliation/state.ts'
import type { Screen } from './screen.ts'

const ACT_WORDS: Readonly<Record<SignOffAct, string>> = { prepared: 'Prepared', certified: 'Certified', rejected: 'Sent back' }

/** Who signed what, and each certification with its seal. */
export function Signatures({ screen }: { screen: Screen }) {
  const { signOffs, certifications, comparison, comparisons, reconciliation, scope } = screen
  return (
    <div className="grid gap-4">
      <DataTable
        caption="Signatures, newest first"
        rows={signOffs}
        rowKey={({ signOffId }) => `${signOffId}`}
        columns={[
          { key: 'act', head: 'Act', fit: true, cell: ({ act }) => ACT_WORDS[act] },
          { key: 'who', head: 'Who', fit: true, cell: ({ signedBy }) => signedBy },
          { key: 'when', head: 'When', fit: true, cell: ({ signedAt }) => <Time at={signedAt} seconds showZone /> },
          {
            key: 'comment',
            head: 'Comment',
            wrap: true,
            cell: ({ comment }) => comment || <span className="text-ink-3">none</span>,
          },
          {
            key: 'about',
            head: 'About',
            fit: true,
            cell: ({ comparisonId }) =>
              comparisonId === comparison.comparisonId ? (
                'the figures above'
              ) : (
                <span className="text-ink-2">
                  earlier figures, as of publication{' '}
                  {comparisons.find((one) => one.comparisonId === comparisonId)?.asOf ?? 'before'}
                </span>
              ),
          },
        ]}
        empty={<EmptyState title="Nobody signed it yet">One person prepares it, another certifies it.</EmptyState>}
      />
      {certifications.length > 0 && (
        <DataTable
          caption="Certifications, newest first"
          captionShown
          rows={certifications}
          rowKey={({ certificationId }) => `${certificationId}`}
          href={({ certificationId }) => paths.certification(reconciliation.reconciliationId, certificationId, scope)}
          columns={[
            { key: 'number', head: 'Certification', fit: true, cell: ({ certificationId }) => certificationId },
            {
              key: 'stands',
              head: 'Stands',
              fit: true,
              cell: ({ supersededAt, missing }) => (
                <span className="inline-flex flex-wrap gap-1">
                  {supersededAt ? <Badge tone="held">Superseded</Badge> : <Badge tone="fine">Stands</Badge>}
                  {missing.length > 0 && <Badge tone="broken">Evidence missing</Badge>}
                </span>
              ),
            },
            { key: 'at', head: 'Certified', fit: true, cell: ({ certifiedAt }) => <Time at={certifiedAt} seconds showZone /> },
            { key: 'asOf', head: 'As of publication', align: 'number', cell: ({ asOf }) => asOf },
            {
              key: 'until',
              head: 'Superseded',
              fit: true,
              cell: ({ supersededAt }) => supersededAt && <Time at={supersededAt} />,
            },
            { key: 'seal', head: 'Seal', cell: ({ sealHash }) => <span className="mono">{sealHash.slice(0, 16)}…</span> },
          ]}
          empty={null}
        />
      )}
      <p className="text-ink-3">
        Every change of it is in the{' '}
        <Link href={paths.audit({ object: `reconciliation ${reconciliation.reconciliationId}` })} className="link">
          audit log
        </Link>
        .
      </p>
    </div>
  )
}
