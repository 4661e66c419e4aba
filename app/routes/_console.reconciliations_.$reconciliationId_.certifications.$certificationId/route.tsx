import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readParams } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readSeal } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths } from '#app/paths.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { CodeBlock } from '#app/ui/code-block.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { EvidenceMissing } from '../_console.reconciliations_.$reconciliationId/evidence-missing.tsx'
import { SealedFigures } from './sealed-figures.tsx'
import { Sealed } from './sealed.ts'

const Params = z.object({ reconciliationId: Id, certificationId: Id })

export const loader = guarded('reconciliations:read', async ({ params, services: { context }, actor, scope }) => {
  const { reconciliation, certification, hashNow, missing, isTextHidden } = await readSeal(context.db, {
    ...readParams(params, Params),
    scope: actor.entityScope,
  })
  const { seal, ...rest } = certification
  return {
    reconciliation,
    certification: { ...rest, missing },
    sealed: Sealed.parse(JSON.parse(seal)),
    text: isTextHidden ? null : seal,
    hashNow,
    scope: scopeOf(scope),
  }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? `Certification ${data.certification.certificationId}` : 'Certification'} · Finance Control Tower` },
]

export default function Certification() {
  const { reconciliation, certification, sealed, text, hashNow, scope } = useLoaderData<typeof loader>()
  const { certificationId, sealHash, asOf, certifiedAt, supersededAt, isAutomatic } = certification
  const isWhole = hashNow === sealHash
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Reconciliations', href: paths.reconciliations(scope) },
              {
                label: `${sealed.reconciliation.title}: ${reconciliation.entity} ${reconciliation.period}`,
                href: paths.reconciliation(reconciliation.reconciliationId, scope),
              },
              { label: `Certification ${certificationId}` },
            ]}
          />
        }
        title={`${sealed.reconciliation.title}: ${reconciliation.entity} ${reconciliation.period}, as certified`}
        badge={
          <span className="inline-flex flex-wrap gap-1">
            {supersededAt ? <Badge tone="held">Superseded</Badge> : <Badge tone="fine">Stands</Badge>}
            {certification.missing.length > 0 && <Badge tone="broken">Evidence missing</Badge>}
          </span>
        }
        state={sealed.statement}
        actions={
          <DownloadLink href={paths.evidencePack(reconciliation.reconciliationId, { certification: certificationId })}>
            Evidence pack
          </DownloadLink>
        }
      />
      {!isWhole && (
        <Notice kind="broken" title="The seal is not what was signed">
          Its text gives another hash than the one that was kept. Tell the auditor: something was changed past this product.
        </Notice>
      )}
      <EvidenceMissing certifications={[certification]} />
      <Section title="The seal">
        <KeyValue
          columns={2}
          items={[
            { key: 'Certified', value: <Time at={certifiedAt} seconds showZone /> },
            { key: 'As of publication', value: asOf },
            { key: 'Definition', value: `${sealed.reconciliation.name}, version ${sealed.definition.version}` },
            { key: 'By', value: isAutomatic ? 'rule' : 'people' },
            { key: 'SHA-256', value: <span className="mono break-all">{sealHash}</span> },
            { key: 'Taken again now', value: isWhole ? 'the same' : <span className="mono break-all">{hashNow}</span> },
            ...(supersededAt ? [{ key: 'Superseded', value: <Time at={supersededAt} seconds showZone /> }] : []),
          ]}
        />
      </Section>
      <SealedFigures sealed={sealed} />
      <Section title="What was hashed" note="Canonical JSON: sorted keys, no spaces. Its SHA-256 is the seal.">
        {text === null ? (
          <p>It names an entity outside your scope, so its text is not shown.</p>
        ) : (
          <CodeBlock title="seal.json" text={text} />
        )}
      </Section>
    </>
  )
}
