import { expect, test } from 'vitest'
import { findMark, insertMarks } from '#db/queries/artifacts.ts'
import { findRun } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { COLUMNS, csv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { keepFile, load, runUntilEnded } from '#db/testing/load.ts'
import { readingOf } from '../load/parse.ts'
import { readSourceText } from './source-record.ts'

const given = useDatabase()

/** Two lines a record: a position is not the number of the record. */
const text = (prefix: string) =>
  csv(
    COLUMNS,
    ledgerRows(6_000, { prefix }).map((row) =>
      COLUMNS.map((column) => (column === 'text' ? `first line ${'.'.repeat(80)}\n${row.id}` : (row[column] ?? ''))),
    ),
  )
const job = ledgerJob({
  mapping: {
    fields: { entity: { value: 'NO01' }, period: { value: '2026-03' }, currency: { value: 'NOK' }, account: { value: '4000' } },
  },
})

const marksIn = async () => [...(await given.owner`select * from artifact_marks order by artifact_id, reading, position`)]

test('a large file is marked once, however often and by how many runs at once it is read', async () => {
  await load(given.context, job, text('A'))
  const marks = await marksIn()
  expect(marks.length).toBeGreaterThan(1)
  const again = await keepFile(given.context, job.job, text('A'))
  await runUntilEnded(given.context, again)
  const { artifact_id: artifactId, reading } = marks[0]!
  const same = marks.map(({ position, byte_offset }) => ({ position, byteOffset: Number(byte_offset) }))
  await Promise.all([1, 2, 3, 4].map(() => insertMarks(given.db, artifactId, reading, same)))
  expect(await marksIn()).toEqual(marks)
})

test('a record opens the same with marks as without them, and read another way it does not use them', async () => {
  const { runId } = await load(given.context, job, text('B'))
  const { job: definition } = (await findRun(given.db, runId))!
  const [artifact] = await given.owner`
    select a.artifact_id as "artifactId", a.byte_count as "byteCount" from artifacts a join run_artifacts r using (artifact_id) where r.run_id = ${runId}`
  const { artifactId, byteCount } = artifact as unknown as { artifactId: number; byteCount: number }
  const at = (position: number, by = definition) =>
    readSourceText(given.db, by, { artifactId, byteCount: Number(byteCount), objectType: 'journal_line', position }, true)
  const [mark] =
    await given.owner`select max(position) as position from artifact_marks where artifact_id = ${artifactId} and position < 12000`
  const positions = [2, 3, mark!.position - 2, mark!.position, mark!.position + 1, mark!.position + 2, 12_000, 12_002]
  const withMarks = await Promise.all(positions.map((position) => at(position)))
  expect(withMarks[3]!.found?.cells[0]?.value).toBe(`B${mark!.position / 2}`)
  expect(withMarks[4]).toEqual({ found: null, problem: null })

  const unquoted = { ...definition, format: { ...definition.format, quote: '' as const } }
  expect(await findMark(given.db, artifactId, readingOf(definition), 12_000)).not.toBeNull()
  expect(await findMark(given.db, artifactId, readingOf(unquoted as typeof definition), 12_000)).toBeNull()

  await given.owner`delete from artifact_marks where artifact_id = ${artifactId}`
  expect(await Promise.all(positions.map((position) => at(position)))).toEqual(withMarks)
})
