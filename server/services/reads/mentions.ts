import type { Queryable } from '#db/client.ts'
import { listUnreadMentions, type MentionRow } from '#db/queries/mentions.ts'
import type { Actor } from '#server/domain/actor.ts'

const SHOWN_MAX = 5

export type Mentions = { readonly unread: number; readonly rows: readonly Omit<MentionRow, 'unread'>[] }

/** What others wrote to this person and they have not opened. */
export async function readUnreadMentions(db: Queryable, { name, entityScope }: Actor): Promise<Mentions> {
  const rows = await listUnreadMentions(db, { signIn: name, scope: entityScope, limit: SHOWN_MAX })
  return { unread: rows[0]?.unread ?? 0, rows }
}
