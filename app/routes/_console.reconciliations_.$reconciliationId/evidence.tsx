import { Form } from '@remix-run/react'
import { Paperclip } from 'lucide-react'
import { paths } from '#app/paths.ts'
import { PageIntent } from '#app/routes/_console/dialog-parts.tsx'
import { byteWords, counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { keyWords } from './part-words.ts'
import type { Screen } from './screen.ts'

/** Files that support what is said of it, with the hash that a signature seals. */
export function Evidence({ screen }: { screen: Screen }) {
  const { evidence, reconciliation, reasons, scope, explanations } = screen
  const { reconciliationId } = reconciliation
  const inForce = evidence.filter(({ withdrawnAt }) => withdrawnAt === null).length
  return (
    <Section
      title="Evidence"
      note={
        inForce === 0
          ? 'Files that support what is said of it. Their hashes are sealed with the certification.'
          : `${counted(inForce, 'file')}. Their hashes are sealed with the certification.`
      }
      actions={
        reasons.explain ? (
          <Button size="small" icon={Paperclip} disabledReason={reasons.explain} reasonAlign="end">
            Add a file
          </Button>
        ) : (
          <ButtonLink
            size="small"
            icon={Paperclip}
            keepScroll
            href={paths.reconciliation(reconciliationId, { ...scope, do: 'evidence' })}
          >
            Add a file
          </ButtonLink>
        )
      }
    >
      <DataTable
        caption="Evidence"
        rows={evidence}
        rowKey={({ evidenceId }) => `${evidenceId}`}
        columns={[
          {
            key: 'name',
            head: 'File',
            wrap: true,
            cell: ({ name, evidenceId }) => (
              // A plain link: the router would look for a screen at this address.
              <a href={paths.evidenceFile(reconciliationId, evidenceId)} className="link" download>
                {name}
              </a>
            ),
          },
          { key: 'size', head: 'Size', align: 'number', fit: true, cell: ({ byteCount }) => byteWords(byteCount) },
          {
            key: 'sha256',
            head: 'SHA-256',
            fit: true,
            cell: ({ sha256 }) => (
              <span className="mono" title={sha256}>
                {sha256.slice(0, 16)}…
              </span>
            ),
          },
          {
            key: 'supports',
            head: 'Supports',
            wrap: true,
            cell: ({ evidenceId }) =>
              explanations
                .filter((one) => one.evidenceId === evidenceId)
                .map(({ key }) => keyWords(key))
                .join(', ') || <span className="text-ink-3">the whole</span>,
          },
          {
            key: 'who',
            head: 'Added',
            fit: true,
            cell: ({ addedBy, addedAt }) => (
              <span>
                {addedBy}, <Time at={addedAt} />
              </span>
            ),
          },
          {
            key: 'stands',
            head: 'Stands',
            fit: true,
            cell: ({ withdrawnBy, withdrawnAt }) =>
              withdrawnAt ? (
                <span className="text-ink-2">
                  <Badge tone="past">Withdrawn</Badge> {withdrawnBy}, <Time at={withdrawnAt} />
                </span>
              ) : (
                'counts'
              ),
          },
        ]}
        actions={({ evidenceId, withdrawnAt }) =>
          reasons.explain || withdrawnAt ? null : (
            <Form method="post" preventScrollReset>
              <PageIntent screen={screen} intent="withdrawEvidence" />
              <input type="hidden" name="evidence" value={evidenceId} />
              <Button type="submit" size="small" kind="ghost">
                Withdraw
              </Button>
            </Form>
          )
        }
        empty={<EmptyState title="No file yet">A statement, a mail, a calculation: whatever shows that it is right.</EmptyState>}
      />
    </Section>
  )
}
