import { paths } from '#app/paths.ts'
import { spanWords } from '#app/routes/_console/mapping-words.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import { Activity } from './member-table.tsx'
import { memberKey, type View } from './screen.ts'

type Props = {
  view: View
  member: { readonly entity: string; readonly code: string }
  selected: NonNullable<View['selected']>
}

/** Everything that was ever published of one member, by every system. */
export function MemberDialog({ view: { dimension, search, scope, against }, member, selected: { history } }: Props) {
  const { q, system, show, after } = search
  const kept = { ...scope, q, system, show, ...(after && { after: memberKey(after) }) }
  const closeHref = paths.dimension(dimension, kept)
  return (
    <Dialog
      size="wide"
      title={
        <>
          {OBJECT_WORDS[dimension][0]} <span className="mono">{member.code}</span>
          {member.entity && <> of {member.entity}</>}
        </>
      }
      closeHref={closeHref}
      actions={
        <>
          <ButtonLink href={closeHref} keepScroll>
            Back to the list
          </ButtonLink>
          {against ? (
            <Button kind="primary" disabledReason={against} reasonAlign="end">
              Correct it by hand
            </Button>
          ) : (
            <ButtonLink
              href={paths.dimension(dimension, { ...kept, member: memberKey(member), do: 'correct' })}
              kind="primary"
              keepScroll
            >
              Correct it by hand
            </ButtonLink>
          )}
        </>
      }
    >
      <DataTable
        caption="Its history, the newest first"
        rows={history}
        rowKey={(row) => [row.fromPublication, row.system, row.validFrom].join('|')}
        columns={[
          { key: 'system', head: 'System', wrap: true, cell: ({ systemName }) => systemName },
          { key: 'name', head: 'Name', wrap: true, cell: ({ name }) => name },
          { key: 'valid', head: 'Valid', cell: ({ validFrom, validTo }) => spanWords(validFrom, validTo) },
          { key: 'state', head: 'State', fit: true, cell: ({ isActive }) => <Activity isActive={isActive} /> },
          {
            key: 'publications',
            head: 'Publications',
            fit: true,
            cell: ({ fromPublication, untilPublication }) =>
              untilPublication === null ? (
                `from ${fromPublication}`
              ) : (
                <Badge tone="past">{`${fromPublication} until ${untilPublication}`}</Badge>
              ),
          },
          {
            key: 'by',
            head: 'Published',
            wrap: true,
            cell: ({ publishedAt, runId, by, reason }) => (
              <>
                <Time at={publishedAt} />,{' '}
                <Link href={paths.run(runId, scope)} className="link">
                  run {runId}
                </Link>{' '}
                of {by}
                {reason && <span className="text-ink-2">: “{reason}”</span>}
              </>
            ),
          },
        ]}
        empty={<p className="py-3 text-ink-3">Nothing was ever published of this member.</p>}
      />
    </Dialog>
  )
}
