import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

/** What is signed and would not be any more; once the replay has begun, what became of it. */
export function Superseded({ screen }: { screen: Screen }) {
  const { certifications, pass, scope } = screen
  if (!certifications) return null
  const { named, outside } = certifications
  const isForetold = pass === 'rehearsed'
  const others = outside > 0 ? `and ${outside.toLocaleString('en')} of entities you do not see` : undefined
  return (
    <Section
      title={isForetold ? 'Certified reconciliations it would supersede' : 'Certified reconciliations it was to supersede'}
      note={others ?? (isForetold && named.length > 0 ? 'each is compared again and needs a new signature' : undefined)}
    >
      <DataTable
        caption="Certified reconciliations under which the rehearsal moves something"
        rows={named}
        rowKey={({ certificationId }) => `${certificationId}`}
        href={({ reconciliationId, certificationId }) => paths.certification(reconciliationId, certificationId, scope)}
        columns={[
          { key: 'title', head: 'Reconciliation', cell: ({ title }) => title },
          { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => <span className="mono">{entity}</span> },
          { key: 'period', head: 'Period', fit: true, cell: ({ period }) => <PeriodLabel period={period} /> },
          { key: 'version', head: 'Version', fit: true, cell: ({ version }) => version },
          { key: 'by', head: 'Signed by', fit: true, cell: ({ isAutomatic, signedBy }) => (isAutomatic ? 'its rule' : signedBy) },
          { key: 'at', head: 'Signed', fit: true, cell: ({ certifiedAt }) => <Time at={certifiedAt} showZone /> },
          {
            key: 'stands',
            head: 'Now',
            fit: true,
            cell: ({ supersededAt }) =>
              supersededAt ? <Badge tone="held">Superseded</Badge> : <Badge tone="fine">Stands</Badge>,
          },
        ]}
        empty={
          <EmptyState title={outside > 0 ? 'None of entities you see' : 'None'}>
            {outside > 0
              ? `${counted(outside, 'certification')} of other entities ${outside === 1 ? 'stands' : 'stand'} on figures it moves.`
              : 'Nothing that is signed stands on a figure it moves.'}
          </EmptyState>
        }
      />
    </Section>
  )
}

/** Why a second person decides; null: nobody has to. */
export function whyApproval({ replay, certifications }: Pick<Screen, 'replay' | 'certifications'>): string | null {
  const closed = replay.closedPeriods.length > 0 ? `goes into closed periods (${replay.closedPeriods.join(', ')})` : null
  const signed =
    certifications && certifications.signed > 0
      ? `moves figures of ${counted(certifications.signed, 'reconciliation')} that people signed`
      : null
  return [closed, signed].filter(Boolean).join(' and ') || null
}
