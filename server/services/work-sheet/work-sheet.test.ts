import writeXlsxFile, { type SheetData } from 'write-excel-file/node'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, bytesOf, load } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { SEAL_COLUMN, TOLD_COLUMNS, WRITTEN_COLUMNS } from '#server/domain/work-sheet.ts'
import { seal } from '#server/platform/seal.ts'
import { findWorkSheet } from '#db/queries/work-sheets.ts'
import { addPerson } from '../add-person.ts'
import { assignExceptions } from '../assign-exceptions.ts'
import { bringWorkSheet } from './bring-work-sheet.ts'
import { carryOutWorkSheet } from './carry-out-work-sheet.ts'

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

type Cells = Partial<Record<(typeof WRITTEN_COLUMNS)[number] | 'exception', string>> & { seal: string }
const sealedId = (text: string) => {
  try {
    return JSON.parse(Buffer.from(text.split('.')[0]!, 'base64url').toString('utf8'))[0]
  } catch {
    return ''
  }
}
const sealOf = (exceptionId: number, revision = 0) => seal(SECRET, [exceptionId, revision, null, 'medium'])

/** The sheet as Excel writes it. */
async function sheet(rows: readonly Cells[], heads: readonly string[] = [...TOLD_COLUMNS, ...WRITTEN_COLUMNS, SEAL_COLUMN]) {
  const text = (value: string) => (value ? { value, type: String } : null)
  const data: SheetData = [
    heads.map((head) => ({ value: head, type: String })),
    ...rows.map((row) => [
      text(row.exception ?? `${sealedId(row.seal)}`),
      ...TOLD_COLUMNS.slice(1).map(() => text('told')),
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
const foretell = async (rows: readonly Cells[], actor = FIONA) => {
  const { sheetId } = await bringWorkSheet(world.context, { name: 'a.xlsx', bytes: await sheet(rows), secret: SECRET, actor })
  return { sheetId, foretold: (await findWorkSheet(world.db, sheetId, actor.name))!.foretold }
}
const confirm = async (sheetId: number, actor = FIONA) => {
  await carryOutWorkSheet(world.context, { sheetId, actor })
  return (await findWorkSheet(world.db, sheetId, actor.name))!.results!
}
/** Shown, and done as it was shown. */
const bring = async (rows: readonly Cells[], actor = FIONA) => {
  const { sheetId, foretold } = await foretell(rows, actor)
  const results = await confirm(sheetId, actor)
  expect(results, 'what was shown').toEqual(foretold)
  return results
}
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

test('a file that is no such sheet is refused as a whole, in words for who brought it and not for the sender of a file', async () => {
  const given = { name: 'a.xlsx', secret: SECRET, actor: FIONA }
  await expect(bringWorkSheet(world.context, { bytes: bytesOf('no sheet at all'), ...given })).rejects.toMatchObject({
    code: 'input_invalid',
    detail: expect.stringContaining('Take along to Excel'),
  })
  const other = await sheet([{ seal: 'x' }], [...TOLD_COLUMNS, 'assignee', 'severity', 'a', 'b', 'c', 'd'])
  await expect(bringWorkSheet(world.context, { bytes: other, ...given })).rejects.toMatchObject({
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

test('nothing is done before it is confirmed, and then once', async () => {
  const [, , , , , , free] = ids as [number, number, number, number, number, number, number]
  const { sheetId, foretold } = await foretell([{ seal: sealOf(free), note: 'shown first' }])
  expect(foretold).toMatchObject([{ outcome: 'done', words: 'noted' }])
  const notes = () => world.owner`select text from exception_notes where exception_id = ${free}`
  expect(await notes()).toEqual([])
  await Promise.all([confirm(sheetId), carryOutWorkSheet(world.context, { sheetId, actor: FIONA })])
  await carryOutWorkSheet(world.context, { sheetId, actor: FIONA })
  expect(await notes()).toEqual([{ text: 'shown first' }])
})

test('what moved since it was shown is left as it is, and says so; the other rows are done', async () => {
  const [moved, note] = [ids[6]!, ids[5]!]
  const { sheetId, foretold } = await foretell([
    { seal: sealOf(moved), assignee: 'fiona' },
    { seal: sealOf(note), note: 'of the second row' },
  ])
  expect(foretold).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }])
  await assignExceptions(world.context, {
    exceptions: [{ exceptionId: moved }],
    assignee: null,
    team: 'controller',
    actor: FIONA,
  })
  expect(await confirm(sheetId)).toMatchObject([
    { outcome: 'refused', words: 'it is not as it was shown: somebody changed it since you looked' },
    { outcome: 'done', words: 'noted' },
  ])
})

test('a sheet is seen and carried out by whoever brought it', async () => {
  const { sheetId } = await foretell([{ seal: sealOf(ids[6]!, 1), assignee: 'fiona' }])
  const carol: Actor = { ...FIONA, name: 'carol' }
  expect(await findWorkSheet(world.db, sheetId, 'carol')).toBeNull()
  await expect(carryOutWorkSheet(world.context, { sheetId, actor: carol })).rejects.toMatchObject({
    code: 'work_sheet_not_found',
  })
})

test('a sheet of which only some columns were sorted gives nothing to the wrong exception', async () => {
  const rows = [
    { exception: `${ids[5]!}`, seal: sealOf(ids[6]!, 1), assignee: 'fiona' },
    { exception: '', seal: sealOf(ids[5]!), assignee: 'fiona' },
  ]
  expect(await bring(rows)).toMatchObject([
    { outcome: 'refused', words: `it says exception ${ids[5]} and was exception ${ids[6]}: were only some columns sorted?` },
    { outcome: 'refused', words: `it says exception none and was exception ${ids[5]}: were only some columns sorted?` },
  ])
})

test('an empty sheet is refused as a whole', async () => {
  await expect(foretell([])).rejects.toMatchObject({ code: 'input_invalid' })
})

test('what a row asks for second goes from what its first act made', async () => {
  const exceptionId = ids[1]!
  await world.owner`update exceptions set state = 'waived', waived_until = ${nextMonth}, assignee = null where exception_id = ${exceptionId}`
  const [row] = await world.owner`select revision from exceptions where exception_id = ${exceptionId}`
  // What is waived is taken up again by giving it to somebody, and may be waived anew only then.
  const asks = {
    waive_until: nextMonth,
    reason: 'Opens a month later',
    severity: 'medium',
    seal: sealOf(exceptionId, row!.revision),
  }
  expect(await foretell([asks])).toMatchObject({ foretold: [{ outcome: 'refused', words: 'it is waived already' }] })
  expect(await bring([{ ...asks, assignee: 'fiona' }])).toMatchObject([
    { outcome: 'done', words: `given to fiona; proposed to be waived until ${nextMonth}` },
  ])
})

test('what is shown is what is done, whatever a sheet says', async () => {
  const written = fc.record({
    exceptionId: fc.constantFrom(...ids.slice(0, 7), 999_999),
    revision: fc.constantFrom('now', 'now', 'now', 'earlier'),
    assignee: fc.constantFrom('', 'fiona', 'nobody-here'),
    severity: fc.constantFrom('medium', 'high', 'LOW', 'urgent'),
    waive_until: fc.constantFrom('', '', nextMonth, '2001-01-01', 'soon'),
    note: fc.constantFrom('', 'Seen', 'For @fiona', 'For @stranger'),
    reason: fc.constantFrom('', 'It is known to the owner'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(written, { minLength: 1, maxLength: 9 }), async (rows) => {
      const revisions = new Map(
        (await world.owner`select exception_id, revision from exceptions`).map((row) => [row.exception_id, row.revision]),
      )
      const sealed = rows.map(({ exceptionId, revision, ...cells }) => {
        const now = revisions.get(exceptionId) ?? 0
        return { ...cells, seal: sealOf(exceptionId, revision === 'now' ? now : Math.max(0, now - 1)) }
      })
      const before = await world.owner`select count(*)::int as n from exception_notes`
      const { sheetId, foretold } = await foretell(sealed)
      expect(await world.owner`select count(*)::int as n from exception_notes`).toEqual(before)
      expect(await confirm(sheetId)).toEqual(foretold)
    }),
    { numRuns: 40 },
  )
})
