import { redirect, type MetaFunction } from '@remix-run/node'
import { Form, useLoaderData, useNavigation } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { readCheckpoints } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button } from '#app/ui/button.tsx'
import { CodeBlock } from '#app/ui/code-block.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'

export const loader = guarded('audit:read', async ({ services, actor }) => ({
  ...(await readCheckpoints(services.context.db, services.context.now())),
  notMay: againstRole(actor, 'signCheckpoint'),
}))

export const action = guarded('audit:read', async ({ services, actor }) => {
  await services.signCheckpoint({ actor })
  return redirect(paths.auditCheckpoints())
})

export const meta: MetaFunction = () => [{ title: 'Checkpoints · Finance Control Tower' }]

export default function Checkpoints() {
  const { origin, standing, checkpoints, keys, computedAt, notMay } = useLoaderData<typeof loader>()
  const refusal = useRefusal()
  const isGoing = useNavigation().formAction === paths.auditCheckpoints()
  const newest = checkpoints[0]
  const uncovered = standing.leaves + standing.pending - (newest?.size ?? 0)
  return (
    <>
      <PageHeader
        breadcrumb={<Breadcrumb crumbs={[{ label: 'Audit', href: paths.audit() }, { label: 'Checkpoints' }]} />}
        title="Checkpoints"
        state={`The log as it was signed: how many events, and their root. ${
          uncovered === 0 ? 'The newest covers every event.' : `${counted(uncovered, 'event')} came since.`
        } Whoever keeps one sees later whether the past was rewritten.`}
        actions={
          <>
            {newest && <DownloadLink href={paths.auditCheckpointText()}>Keep a checkpoint</DownloadLink>}
            <Form method="post" action={paths.auditCheckpoints()}>
              <Button type="submit" kind="primary" pending={isGoing} reasonAlign="end" disabledReason={notMay}>
                Sign now
              </Button>
            </Form>
          </>
        }
      />
      {refusal && (
        <Notice kind="broken" title={refusal.message ?? 'No checkpoint was signed'}>
          {refusal.advice ??
            'Events are written and get their leaves as before. What to do is in the runbook: “No checkpoint is signed”.'}
        </Notice>
      )}
      {newest && (
        <Section title="The newest, as it was signed" note="A C2SP signed note">
          <div className="min-w-0">
            <CodeBlock title="checkpoint.txt" text={newest.note} />
          </div>
        </Section>
      )}
      <Section title="Signed so far" note={checkpoints.length > 1 ? `The newest ${checkpoints.length}` : undefined}>
        <DataTable
          caption="Checkpoints, newest first"
          rows={checkpoints}
          rowKey={({ note }) => note}
          columns={[
            { key: 'size', head: 'Events', align: 'number', fit: true, cell: ({ size }) => size.toLocaleString('en') },
            { key: 'at', head: 'Signed', fit: true, cell: ({ signedAt }) => <Time at={signedAt} seconds /> },
            { key: 'key', head: 'By key', fit: true, cell: ({ keyId }) => <span className="mono">{keyId}</span> },
            { key: 'root', head: 'Root', cell: ({ root }) => <span className="mono">{root}</span> },
          ]}
          empty={
            <EmptyState title="No checkpoint was signed yet">
              The worker signs one when it starts and every five minutes, where something came since.
            </EmptyState>
          }
          footer={
            <p className="figure-foot">
              <span>
                Read <Time at={computedAt} seconds showZone />
              </span>
              <span>Times in UTC</span>
            </p>
          }
        />
      </Section>
      <Section title="Keys" note={`Of the log ${origin}`}>
        <DataTable
          caption="Public keys that sign checkpoints"
          rows={keys}
          rowKey={({ keyId }) => keyId}
          columns={[
            { key: 'key', head: 'Key', fit: true, cell: ({ keyId }) => <span className="mono">{keyId}</span> },
            { key: 'from', head: 'In force from', fit: true, cell: ({ validFrom }) => <Time at={validFrom} seconds /> },
            {
              key: 'until',
              head: 'Until',
              fit: true,
              cell: ({ validUntil }) => (validUntil ? <Time at={validUntil} seconds /> : 'now'),
            },
            {
              key: 'verifier',
              head: 'Verifier key',
              wrap: true,
              cell: ({ verifier }) => <span className="mono wrap-anywhere">{verifier}</span>,
            },
          ]}
          empty={<EmptyState title="No key yet">The first checkpoint brings it.</EmptyState>}
          footer={
            <p className="figure-foot">
              <span>Give auditors the verifier key by another way than an export: read it to them, or print it.</span>
            </p>
          }
        />
      </Section>
    </>
  )
}
