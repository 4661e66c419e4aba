import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { inScope } from './totals.ts'

export type MentionRow = {
  noteId: number
  exceptionId: number
  title: string
  author: string
  at: string
  text: string
  unread: number
}

/**
 * Notes by others that name a person and that they have not opened, the newest first; `unread` is how many there are. Only of exceptions
 * all of whose entities they see: of others no note is shown. That one was read stands in the audit log, and nowhere else.
 */
export async function listUnreadMentions(
  db: Queryable,
  { signIn, scope, exceptionId, limit }: { signIn: string; scope: readonly string[]; exceptionId?: number; limit: number },
): Promise<MentionRow[]> {
  const rows = await db.execute<MentionRow>(sql`
    select n.note_id as "noteId", n.exception_id as "exceptionId", e.title, coalesce(p.name, n.author) as author, ${iso(sql`n.at`)} as at, n.text,
      count(*) over ()::int as unread
    from exception_notes n join exceptions e on e.exception_id = n.exception_id left join people p on p.sign_in = n.author
    where n.mentions @> array[${signIn.toLowerCase()}] and n.author <> ${signIn}
      and ${exceptionId === undefined ? sql`true` : sql`n.exception_id = ${exceptionId}`}
      and ${scope.includes('*') ? sql`true` : sql`not exists (select from unnest(e.entities) x where not ${inScope(sql`x`, scope)})`}
      and not exists (select from audit_events a
        where a.object_type = 'note' and a.object_id = n.note_id::text and a.actor = ${signIn} and a.action = 'note.read')
    order by n.note_id desc limit ${limit}`)
  return [...rows]
}
