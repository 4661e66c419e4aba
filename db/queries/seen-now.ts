import { sql } from 'drizzle-orm'
import type { Database } from '../client.ts'

/**
 * A word for what can be seen at this moment: it is another as soon as any transaction that wrote has ended, whatever it wrote, so
 * two that are the same stand for the same rows of every table. Not for use inside a transaction, which sees what it wrote itself.
 */
export async function seenNow(db: Database): Promise<string> {
  const [row] = await db.execute<{ seen: string }>(
    sql`select concat_ws(' ', pg_current_snapshot(), pg_postmaster_start_time()) as seen`,
  )
  return row!.seen
}
