import type { Mentions } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Age } from '#app/ui/time.tsx'

/** Notes that name whoever looks, until they open them. Where nobody did, nothing is shown: that is not news. */
export function MentionsTable({ unread, rows, now }: Mentions & { now: string }) {
  if (unread === 0) return null
  return (
    <Section
      title="Mentions of you"
      note={
        unread > rows.length ? `The newest ${rows.length} of ${unread} unread` : 'Each goes from here once you open its exception'
      }
      actions={
        <Link href={paths.exceptions({ is: 'mentioned', state: 'all' })} className="link whitespace-nowrap">
          All that name you
        </Link>
      }
    >
      <DataTable
        caption="Notes that name you and that you have not opened, newest first"
        rows={rows}
        rowKey={({ noteId }) => `${noteId}`}
        href={({ exceptionId, noteId }) => paths.note(exceptionId, noteId)}
        columns={[
          { key: 'text', head: 'Note', wrap: true, cell: ({ text }) => <span className="line-clamp-2">{text}</span> },
          { key: 'author', head: 'By', fit: true, cell: ({ author }) => author },
          {
            key: 'exception',
            head: 'Exception',
            wrap: true,
            cell: ({ exceptionId, title }) => (
              <>
                {exceptionId} · {exceptionTitle(title)}
              </>
            ),
          },
          { key: 'at', head: 'Written', fit: true, cell: ({ at }) => <Age from={at} now={now} /> },
        ]}
        empty={null}
      />
    </Section>
  )
}
