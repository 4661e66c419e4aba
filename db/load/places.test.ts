import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { SEGMENT_LINES_MIN } from './publish.ts'

const world = useDatabase()

test('a question about one period reads the segments that can hold it and passes over the others', async () => {
  const segments: string[] = []
  for (const period of ['2026-01', '2026-02', '2026-03']) {
    const file = ledgerCsv(ledgerRows(SEGMENT_LINES_MIN, { prefix: period, period, posted_on: `${period}-15` }))
    await load(world.context, ledgerJob(), file)
    const [newest] = await world.owner<{ name: string }[]>`
      select inhrelid::regclass::text as name from pg_inherits where inhparent = 'lines'::regclass order by inhrelid desc limit 1`
    segments.push(newest!.name)
  }
  const plan = await world.db.execute<{ 'QUERY PLAN': string }>(
    sql`explain (costs off) select sum(debit) from lines where period = '2026-02' and superseded_at_pub is null`,
  )
  const text = plan.map((row) => row['QUERY PLAN']).join('\n')
  expect(segments.filter((name) => text.includes(name.replace('load.', '')))).toEqual([segments[1]])
})
