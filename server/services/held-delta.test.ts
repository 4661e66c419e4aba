import { expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { listHeld } from '#db/queries/total-screens.ts'
import { countRuns } from '#db/queries/run-filter.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { replayAll } from '#db/testing/replays.ts'
import { recoverRuns } from './recover-runs.ts'
import { replayRun } from './replay-run.ts'
import { rollbackRun } from './rollback/rollback-run.ts'
import { verify } from './verify.ts'

/** A load that is held waits as a whole: the one record it waits for may come again alone, and the others are still nowhere. */
const world = useDatabase()

const openOf = async ({ job }: JobInput) =>
  (await listExceptions(world.db, { job, scope: ['*'] })).map((e) => [e.subject.value, e.occurrences, e.heldRuns])
const toMend = async ({ job }: JobInput) => (await countRuns(world.db, { job, is: 'to_mend', scope: ['*'] })).held ?? 0
const heldFigures = async ({ job }: JobInput) =>
  (await listHeld(world.db, { system: job, scope: ['*'] })).map(({ runId, records }) => [runId, records])
const rollback = (runId: number) => rollbackRun(world.context, { runId, reason: 'wrong file', actor: ADMIN })
const replay = async (runId: number) => {
  const asked = { runId, rules: 'current', preview: false, overNewer: true, actor: ADMIN } as const
  return runUntilEnded(world.context, (await replayRun(world.context, asked)).runId)
}
const newestRun = async () => Number((await world.owner`select max(run_id) as id from runs`)[0]!.id)
const known = (code: string) => load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [[code, code]]))
const row = (id: string, cost_centre: string, debit = '1'): LedgerRow => ({ id, cost_centre, debit })
const published = async ({ job }: JobInput) =>
  (
    await world.owner<{ key: string }[]>`
      select l.source_key as key from lines l join systems s on s.system_id = l.system_id where s.code = ${job} and l.superseded_at_pub is null order by 1`
  ).map(({ key }) => key)

async function held(name: string, extract: 'delta' | 'full' = 'delta') {
  const x = `X-${name}`
  const job = ledgerJob({
    job: name,
    system: { code: name, name, kind: 'erp' },
    onFailure: 'hold',
    extract,
    rules: { members: ['cost_centre'] },
  })
  await known('CC1')
  const monday = await load(world.context, job, ledgerCsv([row('A', x), row('B', 'CC1'), row('D', 'CC1')]), 'monday.csv')
  expect(await openOf(job)).toEqual([[x, 1, [monday.runId]]])
  return { job, monday, x }
}

test('the record that stopped it comes again alone and passes: the load still waits, until it is replayed', async () => {
  const { job, monday, x } = await held('alone')
  const tuesday = await load(world.context, job, ledgerCsv([row('A', 'CC1', '2'), row('C', 'CC1')]), 'tuesday.csv')
  expect(tuesday.outcome).toBe('succeeded')
  expect(await published(job)).toEqual(['A', 'C'])
  expect(await openOf(job), 'B and D are nowhere').toEqual([[x, 1, [monday.runId]]])
  expect(await toMend(job)).toBe(1)
  await recoverRuns(world.context)
  await load(world.context, job, ledgerCsv([row('E', 'CC1')]), 'wednesday.csv')
  expect(await openOf(job), 'its lines are kept for as long as it waits').toEqual([[x, 1, [monday.runId]]])
  await known(x)
  await replay(monday.runId)
  expect(await openOf(job)).toEqual([])
  expect(await published(job)).toEqual(['A', 'B', 'C', 'D', 'E'])
})

test('everything of it comes again, by and by in one file: nothing waits', async () => {
  const { job } = await held('whole')
  await load(world.context, job, ledgerCsv([row('A', 'CC1'), row('B', 'CC1', '5'), row('D', 'CC1')]), 'again.csv')
  expect([await openOf(job), await toMend(job)]).toEqual([[], 0])
})

test('it comes again by and by, in whatever order: nothing waits', async () => {
  const first = await held('by-and-by')
  await load(world.context, first.job, ledgerCsv([row('A', 'CC1', '2')]), 'tuesday.csv')
  const wednesday = await load(world.context, first.job, ledgerCsv([row('B', 'CC1', '5')]), 'wednesday.csv')
  expect(await openOf(first.job)).toEqual([[first.x, 1, [first.monday.runId]]])
  const thursday = await load(world.context, first.job, ledgerCsv([row('D', 'CC1')]), 'thursday.csv')
  expect([await openOf(first.job), await toMend(first.job), await heldFigures(first.job)]).toEqual([[], 0, []])
  await recoverRuns(world.context)
  await rollback(wednesday.runId)
  expect(await openOf(first.job), 'what had come is nowhere again').toEqual([[first.x, 1, [first.monday.runId]]])
  await rollback(await newestRun())
  expect(await openOf(first.job), 'it is back').toEqual([])
  await rollback(thursday.runId)
  expect(await openOf(first.job), 'D is nowhere').toEqual([[first.x, 1, [first.monday.runId]]])
  const second = await held('the-rest-first')
  const rest = await load(world.context, second.job, ledgerCsv([row('B', 'CC1', '5'), row('D', 'CC1')]), 'tuesday.csv')
  expect([await openOf(second.job), await heldFigures(second.job)], 'only A waits').toEqual([[[second.x, 1, []]], []])
  await load(world.context, second.job, ledgerCsv([row('A', 'CC1')]), 'wednesday.csv')
  expect(await openOf(second.job)).toEqual([])
  await recoverRuns(world.context)
  await rollback(rest.runId)
  expect(await openOf(second.job), 'it waits whole again').toEqual([[second.x, 1, [second.monday.runId]]])
  await load(world.context, second.job, ledgerCsv([row('B', 'CC1', '5'), row('D', 'CC1')]), 'thursday.csv')
  expect([await openOf(second.job), await toMend(second.job)]).toEqual([[], 0])
})

test('of a load that is not wanted any more the record that waits is replayed alone', async () => {
  const { job, x } = await held('only-the-record')
  await load(world.context, job, ledgerCsv([row('B', 'CC1', '5'), row('D', 'CC1', '5')]), 'tuesday.csv')
  await known(x)
  const [cause] = await listExceptions(world.db, { job: job.job, scope: ['*'] })
  await replayAll(world.context, { asked: { exceptions: [cause!.exceptionId] } })
  expect([await openOf(job), await published(job)]).toEqual([[], ['A', 'B', 'D']])
  const [b] = await world.owner<
    { debit: string }[]
  >`select debit::text from lines where source_key = 'B' and superseded_at_pub is null
    and system_id = (select system_id from systems where code = ${job.job})`
  expect(b!.debit, 'what came since stands').toBe('5.00')
})

test('what another job of the system brought and takes back is nothing to it', async () => {
  const before = ledgerJob({ job: 'two-jobs-before', system: { code: 'two-jobs', name: 'two-jobs', kind: 'erp' } })
  await load(world.context, before, ledgerCsv([row('B', 'CC1', '9')]), 'sunday.csv')
  const { job } = await held('two-jobs')
  const members: JobInput = { ...memberJob('project'), job: 'two-jobs-members', system: job.system }
  const other = await load(world.context, members, memberCsv(['code', 'name'], [['P1', 'p']]))
  await load(world.context, job, ledgerCsv([row('A', 'CC1'), row('B', 'CC1', '9'), row('D', 'CC1')]), 'again.csv')
  await rollback(other.runId)
  expect([await openOf(job), await toMend(job)]).toEqual([[], 0])
})

test('members wait with their load as lines do', async () => {
  const job: JobInput = {
    ...memberJob('account'),
    job: 'members-held',
    system: { code: 'members-held', name: 'M', kind: 'erp' },
    onFailure: 'hold',
  }
  const send = (rows: readonly (readonly string[])[]) => load(world.context, job, memberCsv(['code', 'name', 'currency'], rows))
  const monday = await send([
    ['A', 'a', 'QQQ'],
    ['B', 'b', 'NOK'],
    ['D', 'd', 'NOK'],
  ])
  expect(monday.outcome).toBe('held')
  const waits = [[expect.anything(), 1, [monday.runId]]]
  await send([['A', 'a', 'NOK']])
  expect(await openOf(job), 'B and D are nowhere').toEqual(waits)
  await send([
    ['B', 'b', 'NOK'],
    ['D', 'e', 'NOK'],
  ])
  expect(await openOf(job)).toEqual([])
})

test('what brought it all is withdrawn: it waits again, and brought back no more; what did not does neither', async () => {
  const { job, monday, x } = await held('withdrawn')
  const waits = [[x, 1, [monday.runId]]]
  const tuesday = await load(world.context, job, ledgerCsv([row('A', 'CC1'), row('C', 'CC1')]), 'tuesday.csv')
  const back = await rollback(tuesday.runId)
  expect(await openOf(job)).toEqual(waits)
  await rollback(back.runId)
  expect(await openOf(job), 'B and D are nowhere').toEqual(waits)
  const whole = await load(world.context, job, ledgerCsv([row('A', 'CC1', '3'), row('B', 'CC1'), row('D', 'CC1')]), 'whole.csv')
  expect([await openOf(job), await toMend(job)]).toEqual([[], 0])
  await recoverRuns(world.context)
  const again = await rollback(whole.runId)
  expect([await openOf(job), await toMend(job)]).toEqual([waits, 1])
  await rollback(again.runId)
  expect([await openOf(job), await toMend(job)]).toEqual([[], 0])
})

test('its replay is withdrawn: the load waits as before', async () => {
  const { job, monday, x } = await held('replay-withdrawn')
  await known(x)
  const done = await replay(monday.runId)
  expect([await openOf(job), await toMend(job)]).toEqual([[], 0])
  await rollback(done.runId)
  expect([await openOf(job), await toMend(job)]).toEqual([[[x, 1, [monday.runId]]], 1])
  await load(world.context, job, ledgerCsv([row('A', 'CC1')]), 'tuesday.csv')
  expect(await openOf(job), 'B and D are nowhere').toEqual([[x, 1, [monday.runId]]])
})

test('what a rollback brought back is no news', async () => {
  const x = 'X-no-news'
  const system = { code: 'no-news', name: 'no-news', kind: 'erp' } as const
  const job = ledgerJob({ job: 'no-news', system, onFailure: 'hold', rules: { members: ['cost_centre'] } })
  await known('CC1')
  await load(world.context, job, ledgerCsv([row('B', 'CC1', '9')]), 'sunday.csv')
  const monday = await load(world.context, job, ledgerCsv([row('A', x), row('B', 'CC1')]), 'monday.csv')
  const waits = [[x, 1, [monday.runId]]]
  const other = { ...job, job: 'no-news-too' }
  await rollback((await load(world.context, other, ledgerCsv([row('B', 'CC1', '5')]), 'tuesday.csv')).runId)
  // The same bytes in another system are another input.
  const elsewhere = { ...other, job: 'elsewhere', system: { code: 'elsewhere', name: 'elsewhere', kind: 'erp' } } as const
  await load(world.context, elsewhere, ledgerCsv([row('B', 'CC1', '9')]), 'sunday.csv')
  await load(world.context, job, ledgerCsv([row('A', 'CC1')]), 'wednesday.csv')
  expect(await openOf(job), 'B is nowhere').toEqual(waits)
})

test('of two that wait for one cause the one that was replayed waits no more, on no screen', async () => {
  const { job, monday, x } = await held('one-of-two')
  const tuesday = await load(world.context, job, ledgerCsv([row('E', x, '3'), row('C', 'CC1')]), 'tuesday.csv')
  await known(x)
  await replay(tuesday.runId)
  expect([await openOf(job), await toMend(job), await heldFigures(job)]).toEqual([
    [[x, 1, [monday.runId]]],
    1,
    [[monday.runId, 2]],
  ])
})

test('a record that is refused again waits in both loads, and a replay of both ends it', async () => {
  const { job, monday, x } = await held('again')
  const tuesday = await load(world.context, job, ledgerCsv([row('A', x, '3'), row('C', 'CC1')]), 'tuesday.csv')
  expect(await openOf(job)).toEqual([[x, 2, [monday.runId, tuesday.runId]]])
  await known(x)
  const [cause] = await listExceptions(world.db, { job: job.job, scope: ['*'] })
  await replayAll(world.context, { asked: { exceptions: [cause!.exceptionId] } })
  expect([await openOf(job), await published(job)]).toEqual([[], ['A', 'B', 'C', 'D']])
})

test('a full extract stands for the slices it brings, and for no others', async () => {
  const { job, monday, x } = await held('full-elsewhere', 'full')
  await load(world.context, job, ledgerCsv([{ ...row('S', 'CC1'), entity: 'SE01', currency: 'SEK' }]), 'se01.csv')
  expect([await openOf(job), await heldFigures(job)], 'B and D are nowhere').toEqual([
    [[x, 1, [monday.runId]]],
    [[monday.runId, 2]],
  ])
  await known(x)
  const [cause] = await listExceptions(world.db, { job: job.job, scope: ['*'] })
  await replayAll(world.context, { asked: { exceptions: [cause!.exceptionId] } })
  expect([await openOf(job), await published(job)]).toEqual([[], ['A', 'B', 'D', 'S']])
})

test('of a full extract the next one is all there is', async () => {
  const { job } = await held('full', 'full')
  await load(world.context, job, ledgerCsv([row('A', 'CC1'), row('C', 'CC1')]), 'tuesday.csv')
  expect([await openOf(job), await toMend(job)]).toEqual([[], 0])
})

test('after all that the books are sound', async () => {
  expect((await verify(world.context)).checks.filter(({ differences }) => differences.length > 0)).toEqual([])
})
