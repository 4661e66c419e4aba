import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { openEmbedded } from '../embedded.ts'

test('there are locks enough for years of segments, whatever is asked of them at once', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tower-locks-'))
  chmodSync(dataDir, 0o755) // As root the server runs as another user, who must get in.
  const db = await openEmbedded({ dataDir })
  const sql = postgres(db.url, { max: 105, onnotice: () => undefined })
  try {
    await sql`create table parted (segment int, a int, b int, c int, d int) partition by list (segment)`
    for (const column of ['a', 'b', 'c', 'd']) await sql.unsafe(`create index on parted (${column})`)
    await sql.unsafe(
      `do $$ begin for n in 1..160 loop execute format('create table parted_%s partition of parted for values in (%s)', n, n); end loop; end $$`,
    )
    // As many locks as ten statements on 1,700 segments, all held until the last is asked for.
    const holding = Array.from({ length: 105 }, () => sql.reserve())
    const asked = await Promise.allSettled(
      (await Promise.all(holding)).map(async (one) => {
        await one`begin`
        await one`select * from parted where a = 1`
      }),
    )
    for (const one of await Promise.all(holding)) {
      await one`rollback`
      one.release()
    }
    expect(asked.filter(({ status }) => status === 'rejected')).toEqual([])
  } finally {
    await sql.end()
    await db.release()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
