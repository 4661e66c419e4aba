import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, TRAILER } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { find } from './find.ts'

const world = useDatabase()
let runId = 0
const kinds = async (text: string, ...scope: string[]) =>
  (await find(world.db, text, scope)).map(({ kind, id }) => `${kind} ${id}`)

beforeAll(async () => {
  const report = await load(world.context, ledgerJob(), ledgerCsv([{ id: '1', entity: 'SE01', currency: 'SEK' }]))
  runId = report.runId
})

test.each(['%', '#%', 'run %', 'EX-%', ' % '])('a number is found however it is written: %j', async (written) => {
  expect(await kinds(written.replace('%', `${runId}`), '*')).toContain(`run ${runId}`)
})

test('what lies outside the scope is not found', async () => {
  const [line] = await world.owner<{ line_id: number }[]>`select line_id::int from lines limit 1`
  expect(await kinds(`${line!.line_id}`, 'SE01')).toContain(`line ${line!.line_id}`)
  expect(await kinds(`${line!.line_id}`, 'NO01')).not.toContain(`line ${line!.line_id}`)
  expect(await kinds(`${runId}`, 'NO01')).not.toContain(`run ${runId}`)
})

test('an exception is named as its page names it: who sees a part of what a control covers hears no figure of the rest', async () => {
  const job = ledgerJob({ job: 'stated', format: { type: 'csv', trailer: TRAILER } })
  const rows = [{ id: '2' }, { id: '3', entity: 'SE01', currency: 'SEK' }]
  await load(world.context, job, ledgerCsv(rows, [4711, 2, 2, 0]))
  const [row] = await world.owner<
    { id: number }[]
  >`select exception_id as id from exceptions where code = 'claimed_count_differs'`
  const titles = async (scope: string) =>
    (await find(world.db, `EX-${row!.id}`, [scope])).flatMap(({ kind, title }) => (kind === 'exception' ? [title] : []))
  expect((await titles('*'))[0]).toContain('4711')
  expect(await titles('NO01')).toEqual(['The source states another number of records than arrived'])
  expect(await titles('DK01')).toEqual([])
  const searched = async (scope: string) => (await find(world.db, 'states 4711', [scope])).map(({ kind }) => kind)
  expect(await searched('*')).toEqual(['exception'])
  expect(await searched('NO01'), 'a figure that is kept back cannot be guessed by searching for it').toEqual([])
})

test('an exception is found by words of its title, within the scope', async () => {
  const job = ledgerJob({ job: 'worded', rules: { members: ['cost_centre'] } })
  await load(world.context, job, ledgerCsv([{ id: '4', entity: 'SE01', currency: 'SEK', cost_centre: 'QX77' }]))
  const titles = async (...scope: string[]) => (await find(world.db, 'qx77', scope)).map(({ kind, title }) => `${kind} ${title}`)
  expect(await titles('*')).toEqual(['exception Cost centre QX77 is not known here'])
  expect(await titles('NO01')).toEqual([])
})

test('a job is found by a part of its name; signs of a pattern are only signs', async () => {
  expect(await kinds('edg', '*')).toContain('job ledger')
  expect(await kinds('%', '*')).toEqual([])
  expect(await kinds('', '*')).toEqual([])
})
