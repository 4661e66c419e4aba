import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { insertLoad } from '../queries/loads.ts'
import { addLoadConstants, diffOf, indexLoadSegment, placeOf, sealLoadSegment } from './places.ts'
import { insertPlacedTotals } from './prove.ts'
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

test.each([
  ['nothing is unchanged', false, '2026-02', '2026-03'],
  ['what is unchanged is in the place as well', true, '2026-01', '2026-03'],
])('the periods of a segment are those that were proved: %s', async (_what, isFirstSame, first, last) => {
  const rows = ['2026-01', '2026-02', '2026-03'].flatMap((period) =>
    ledgerRows(1, { prefix: period, period, posted_on: `${period}-15` }),
  )
  const { runId } = await load(world.context, ledgerJob({ rules: {} }), ledgerCsv(rows))
  await world.owner`delete from control_totals where run_id = ${runId}`
  const { loadId } = await insertLoad(world.db, runId, 2, true)
  const copied = sql`line_id, artifact_id, position, content_hash, source_key, entity, period, version, currency, debit, credit, account, accounting_status`
  await world.db.execute(
    sql`insert into ${placeOf(loadId)} (${copied}) select ${copied} from lines where ${isFirstSame} or period > '2026-01'`,
  )
  await addLoadConstants(world.db, loadId, 1, 'journal_line')
  await world.db.execute(sql`select open_load_diff(${loadId})`)
  if (isFirstSame)
    await world.db.execute(
      sql`insert into ${diffOf(loadId)} select line_id, line_id, 0, true from ${placeOf(loadId)} where period = '2026-01'`,
    )
  await insertPlacedTotals(world.db, { loadId, runId, systemId: 1, objectType: 'journal_line' }, isFirstSame, 3)
  await indexLoadSegment(world.db, loadId)
  await sealLoadSegment(world.db, loadId)
  const [check] = await world.owner<{ text: string }[]>`
    select pg_get_constraintdef(oid) as text from pg_constraint where conname = ${`l${loadId}_periods`}`
  expect(check!.text.match(/\d{4}-\d{2}/g)).toEqual([first, last])
})
