import writeXlsxFile, { type SheetData } from 'write-excel-file/node'
import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, bytesOf, load } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { SEAL_COLUMN, TOLD_COLUMNS, WRITTEN_COLUMNS } from '#server/domain/work-sheet.ts'
import { seal } from '#server/platform/seal.ts'
import { addPerson } from './add-person.ts'
import { applyWorkSheet } from './apply-work-sheet.ts'

const world = useDatabase()
const SECRET = 'a secret of the test, long enough'
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const CAUSES = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7']
const ids: number[] = []

beforeAll(async () => {
  await addPerson(world.context, {
    signIn: 'fiona',
    name: 'Fiona',
    role: 'finance_operations',
    entityScope: ['*'],
    password: 'a password of the test',
    actor: ADMIN,
  })
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'One']]))
  const rows = [{ id: 'good' }, ...CAUSES.map((cause) => ({ id: cause, cost_centre: cause, debit: '5' }))]
  await load(world.context, ledgerJob({ onFailure: 'quarantine', rules: { members: ['cost_centre'] } }), ledgerCsv(rows))
  for (const cause of CAUSES) {
    const [row] = await world.owner`select exception_id from exceptions where subject->>'value' = ${cause}`
    ids.push(Number(row!.exception_id))
  }
})

type Cells = Partial<Record<(typeof WRITTEN_COLUMNS)[number], string>> & { seal: string }
const sealOf = (exceptionId: number, revision = 0) => seal(SECRET, [exceptionId, revision, null, 'medium'])

/** The sheet as Excel writes it. */
async function sheet(rows: readonly Cells[], heads: readonly string[] = [...TOLD_COLUMNS, ...WRITTEN_COLUMNS, SEAL_COLUMN]) {
  const text = (value: string) => (value ? { value, type: String } : null)
  const data: SheetData = [
    heads.map((head) => ({ value: head, type: String })),
    ...rows.map((row) => [
      ...TOLD_COLUMNS.map(() => text('told')),
      text(row.assignee ?? ''),
      text(row.severity ?? 'medium'),
      text(row.waive_until ?? ''),
      text(row.note ?? ''),
      text(row.reason ?? ''),
      text(row.seal),
    ]),
  ]
  return bytesOf(await writeXlsxFile(data, {}).toBuffer())
}
const bring = async (rows: readonly Cells[], actor = FIONA) =>
  applyWorkSheet(world.context, { bytes: await sheet(rows), secret: SECRET, actor })
const nextMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)

test('each row is for itself: done, left, or refused with its reason; who brings it is who did it', async () => {
  const [given, graded, waived, noted, stale, left, foreign] = ids as [number, number, number, number, number, number, number]
  await world.owner`update exceptions set revision = 3 where exception_id = ${stale}`
  const results = await bring([
    { seal: sealOf(given), assignee: 'fiona' },
    { seal: sealOf(graded), severity: 'High', reason: 'Large for this source' },
    { seal: sealOf(waived), waive_until: nextMonth, reason: 'Opens next month', note: '=cmd|calc' },
    { seal: sealOf(noted), note: 'Asked the owner' },
    { seal: sealOf(stale), assignee: 'fiona' },
    { seal: sealOf(left) },
    { seal: sealOf(foreign).replace(/^./, 'X'), assignee: 'fiona' },
    { seal: sealOf(given), assignee: 'fiona' },
    { seal: sealOf(foreign), severity: 'urgent' },
  ])
  expect(results.map(({ row, outcome, words }) => `${row} ${outcome}: ${words}`)).toEqual([
    '2 done: given to fiona',
    '3 done: severity high',
    `4 done: proposed to be waived until ${nextMonth}; noted`,
    '5 done: noted',
    '6 refused: somebody changed it since you looked',
    '7 nothing: nothing was written',
    '8 refused: this row is not from a sheet of ours, or its seal was touched',
    '9 refused: this exception stands in the sheet twice',
    '10 refused: urgent is no severity: write critical, high, medium, low',
  ])
  const events = await world.owner`select distinct actor from audit_events where object_type = 'exception'`
  expect(events).toEqual([{ actor: 'fiona' }])
  expect(await bring([{ seal: sealOf(given), assignee: 'fiona' }]), 'the same sheet once more').toMatchObject([
    { outcome: 'refused', words: 'somebody changed it since you looked' },
  ])
  expect(await bring([{ seal: sealOf(noted), note: 'Asked the owner' }])).toMatchObject([
    { outcome: 'nothing', words: 'this note of yours stands there already' },
  ])
  expect(await world.owner`select text from exception_notes where exception_id = ${noted}`).toEqual([{ text: 'Asked the owner' }])
})

test('a severity without a reason, a date that is none: refused before anything of the row is done', async () => {
  const seals = { seal: sealOf(ids[6]!) }
  expect(await bring([{ ...seals, severity: 'low', assignee: 'fiona' }])).toMatchObject([{ outcome: 'refused' }])
  expect(await bring([{ ...seals, waive_until: 'next week', assignee: 'fiona' }])).toMatchObject([
    { outcome: 'refused', words: 'next week is no date: write 2026-11-30' },
  ])
  expect(await bring([{ ...seals, severity: 'low', reason: 'x'.repeat(1_001), assignee: 'fiona' }])).toMatchObject([
    { outcome: 'refused', words: 'a reason has at most 1,000 characters' },
  ])
  const [row] = await world.owner`select assignee, revision from exceptions where exception_id = ${ids[6]!}`
  expect(row).toMatchObject({ assignee: null, revision: 0 })
})

test('a file that is no such sheet is refused as a whole', async () => {
  const given = { secret: SECRET, actor: FIONA }
  await expect(applyWorkSheet(world.context, { bytes: bytesOf('no sheet at all'), ...given })).rejects.toMatchObject({
    name: 'TechnicalError',
  })
  const other = await sheet([{ seal: 'x' }], [...TOLD_COLUMNS, 'assignee', 'severity', 'a', 'b', 'c', 'd'])
  await expect(applyWorkSheet(world.context, { bytes: other, ...given })).rejects.toMatchObject({
    code: 'input_invalid',
    detail: expect.stringContaining('waive_until, note, reason, seal'),
  })
})

test('whose role it is not does nothing by a sheet either', async () => {
  const ivan: Actor = { name: 'ivan', role: 'it', entityScope: ['*'] }
  expect(await bring([{ seal: sealOf(ids[6]!), assignee: 'fiona' }], ivan)).toMatchObject([
    { outcome: 'refused', words: 'it is not for your role' },
  ])
})
