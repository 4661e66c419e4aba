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
      note={others ?? (isForetold && named.length > 0 ? 'each is compared again and has to be signed anew' : undefined)}
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

const NAMED_MAX = 3

/** For whoever confirms it: which signatures are lost. Counted whole, named as far as they are seen. */
export function SignedBefore({ screen: { certifications } }: { screen: Pick<Screen, 'certifications'> }) {
  const { named = [], outside = 0 } = certifications ?? {}
  const count = named.length + outside
  if (count === 0) return <p>It would supersede no certified reconciliation.</p>
  const shown = named.slice(0, NAMED_MAX)
  const others = count - shown.length
  return (
    <div>
      <p>
        {`It would supersede ${counted(count, 'certified reconciliation')}. ${count === 1 ? 'It is' : 'Each is'} compared again, and has to be signed again:`}
      </p>
      <ul className="ms-4 list-disc">
        {shown.map(({ certificationId, title, entity, period, isAutomatic, signedBy }) => (
          <li key={certificationId}>
            {title}, <span className="mono">{entity}</span> {period}, signed by {isAutomatic ? 'its rule' : signedBy}
          </li>
        ))}
        {others > 0 && (
          <li>
            {shown.length === 0
              ? `${others.toLocaleString('en')} of entities you do not see`
              : `and ${others.toLocaleString('en')} more`}
          </li>
        )}
      </ul>
    </div>
  )
}
