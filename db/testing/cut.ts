import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Database } from '#db/client.ts'
import type { TestDatabase } from './database.ts'

/** Begins work on connections of `db`, lets it wait for a table, and cuts it off there. Resolves when it has ended in its failure. */
export async function cutAtTable(
  world: TestDatabase,
  db: Database,
  table: string,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const [row] = await db.execute<{ name: string }>(sql`select current_setting('application_name') as name`)
  const gate = await world.owner.reserve()
  await gate`begin`
  try {
    await gate`lock table ${gate(table)} in access exclusive mode`
    const ended = work().then(
      () => null,
      (error: unknown) => error,
    )
    let cut = 0
    for (const end = Date.now() + 20_000; cut === 0 && Date.now() < end; await sleep(5)) {
      const rows =
        await gate`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = ${row!.name} and wait_event_type = 'Lock'`
      cut = rows.length
    }
    await gate`rollback`
    return await ended
  } finally {
    gate.release()
  }
}
