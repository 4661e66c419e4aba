import { beforeAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { countStoppedRuns } from '#db/queries/rail.ts'
import { countRuns } from '#db/queries/run-filter.ts'
import { listOpenByJob } from '#db/queries/status-grid.ts'
import { listHeld, sumHeld } from '#db/queries/total-screens.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { replayRun } from './replay-run.ts'
import { setPeriodState } from './set-period-state.ts'
import { verify } from './verify.ts'

const world = useDatabase()
const COST_CENTRES = memberJob('cost_centre')

beforeAll(async () => {
  await load(world.context, COST_CENTRES, memberCsv(['code', 'name'], [['CC1', 'Bakery']]))
})

const governed = (job: string, overrides: Partial<JobInput> = {}): JobInput =>
  ledgerJob({ job, system: { code: job, name: job, kind: 'erp' }, rules: { members: ['cost_centre'] }, ...overrides })

/** A job with ten published lines and then a thousand that wait for one cost centre nobody knows. */
async function thousandWait(name: string, unknown: string) {
  const job = governed(name)
  await load(world.context, job, ledgerCsv(ledgerRows(10, { prefix: 'P' })))
  const hash = await publishedHash(world.db)
  const rows = ledgerRows(1_000, { cost_centre: unknown })
  const held = await load(world.context, job, ledgerCsv(rows), 'thousand.csv')
  return { job, hash, rows, held }
}

const openOf = (job: JobInput) => listExceptions(world.db, { job: job.job, scope: ['*'] })
const replay = async (runId: number, preview: boolean) =>
  runUntilEnded(world.context, (await replayRun(world.context, { runId, rules: 'current', preview, actor: ADMIN })).runId)

test('a thousand lines on one unknown cost centre are one exception with its amount, and no figure moves', async () => {
  const { job, hash, rows, held } = await thousandWait('one-cause', 'CC-A')
  expect(held).toMatchObject({ outcome: 'held', publication: null, lines: { rejected: 1_000 } })
  expect(await publishedHash(world.db)).toBe(hash)
  const open = await openOf(job)
  expect(open).toMatchObject([{ failureClass: 'business', code: 'code_unmapped', occurrences: 1_000, entities: ['NO01'] }])
  const cents = rows.reduce((sum, row) => sum + BigInt((row.debit || '0').replace('.', '')), 0n)
  expect(open[0]!.amounts).toEqual([
    { currency: 'NOK', occurrences: 1_000, amount: `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}` },
  ])
  expect(held.exceptions).toMatchObject([{ code: 'code_unmapped', occurrences: 1_000, amount: open[0]!.amounts[0]!.amount }])
})

test('with the mapping added, a preview says what a replay would do and changes nothing; the replay does it and closes the exception', async () => {
  const { job, hash, held } = await thousandWait('mapped', 'CC-B')
  await importJob(world.context, { ...job, mapping: { ...job.mapping, codes: { cost_centre: { 'CC-B': 'CC1' } } } })
  const before = { publication: await newestPublication(world.db), open: await openOf(job) }

  const preview = await replay(held.runId, true)
  expect(preview).toMatchObject({
    outcome: 'succeeded',
    isPreview: true,
    publication: null,
    lines: { new: 1_000 },
    sentence: 'Would publish 1,000 new lines.',
  })
  expect(await publishedHash(world.db)).toBe(hash)
  expect({ publication: await newestPublication(world.db), open: await openOf(job) }).toEqual(before)

  const replayed = await replay(held.runId, false)
  expect(replayed).toMatchObject({ outcome: 'succeeded', publication: before.publication + 1, lines: { new: 1_000 } })
  expect(await publishedHash(world.db)).not.toBe(hash)
  expect(await openOf(job)).toEqual([])
  expect(await listExceptions(world.db, { job: job.job, state: 'closed', scope: ['*'] })).toMatchObject([
    { exceptionId: before.open[0]!.exceptionId, closedByRunId: replayed.runId, occurrences: 1_000 },
  ])
})

test('a replay with the rules of then still refuses what they refused', async () => {
  const { job, hash, held } = await thousandWait('original', 'CC-C')
  await importJob(world.context, { ...job, mapping: { ...job.mapping, codes: { cost_centre: { 'CC-C': 'CC1' } } } })
  const { runId } = await replayRun(world.context, { runId: held.runId, rules: 'original', preview: false, actor: ADMIN })
  expect(await runUntilEnded(world.context, runId)).toMatchObject({ outcome: 'held', lines: { rejected: 1_000 } })
  expect(await publishedHash(world.db)).toBe(hash)
  expect(await openOf(job)).toMatchObject([{ occurrences: 1_000 }])
})

test('loading the missing member mends it too, for today and not for then', async () => {
  const { job, hash, held } = await thousandWait('member-loaded', 'CC-D')
  await load(world.context, COST_CENTRES, memberCsv(['code', 'name'], [['CC-D', 'Dairy']]))
  const then = await replayRun(world.context, { runId: held.runId, rules: 'original', preview: true, actor: ADMIN })
  expect(await runUntilEnded(world.context, then.runId)).toMatchObject({ outcome: 'held', lines: { rejected: 1_000 } })
  expect(await publishedHash(world.db)).toBe(hash)
  const replayed = await replay(held.runId, false)
  expect(replayed).toMatchObject({ outcome: 'succeeded', lines: { new: 1_000 } })
  expect(await openOf(job)).toEqual([])
})

test('the file delivered again, corrected, closes what its records opened', async () => {
  const { job, rows } = await thousandWait('redelivered', 'CC-E')
  const corrected = rows.map((row) => ({ ...row, cost_centre: 'CC1' }))
  expect(await load(world.context, job, ledgerCsv(corrected), 'corrected.csv')).toMatchObject({
    outcome: 'succeeded',
    lines: { new: 1_000 },
  })
  expect(await openOf(job)).toEqual([])
})

test('what another file left behind keeps the exception open, with the rest', async () => {
  const job = governed('two-files', { onFailure: 'quarantine' })
  const fine = ledgerRows(2, { prefix: 'F' })
  const [first, second] = [
    ledgerRows(6, { prefix: 'A', cost_centre: 'CC-F' }),
    ledgerRows(4, { prefix: 'B', cost_centre: 'CC-F' }),
  ]
  await load(world.context, job, ledgerCsv([...fine, ...first]), 'first.csv')
  await load(world.context, job, ledgerCsv([...fine, ...second]), 'second.csv')
  const [open] = await openOf(job)
  expect(open).toMatchObject({ code: 'code_unmapped', occurrences: 10 })

  await load(world.context, job, ledgerCsv(first.map((row) => ({ ...row, cost_centre: 'CC1' }))), 'first-corrected.csv')
  expect(await openOf(job)).toMatchObject([{ exceptionId: open!.exceptionId, occurrences: 4 }])
  await load(world.context, job, ledgerCsv(second.map((row) => ({ ...row, cost_centre: 'CC1' }))), 'second-corrected.csv')
  expect(await openOf(job)).toEqual([])
})

test('two loads that wait for one cause are both held, whichever came last', async () => {
  const job = governed('two-held')
  const of = (prefix: string) => [
    ...ledgerRows(1, { prefix, debit: '100', cost_centre: 'CC-2H' }),
    ...ledgerRows(2, { prefix: `${prefix}OK` }),
  ]
  const runs = [
    await load(world.context, job, ledgerCsv(of('A')), 'a.csv'),
    await load(world.context, job, ledgerCsv(of('B')), 'b.csv'),
  ]
  const ids = runs.map(({ runId }) => runId)
  expect(await openOf(job)).toMatchObject([{ occurrences: 2, heldRuns: ids }])
  const filter = { system: job.system.code, scope: ['*'] }
  expect((await listHeld(world.db, filter)).map(({ runId }) => runId).sort((a, b) => a - b)).toEqual(ids)
  expect(await sumHeld(world.db, filter)).toMatchObject([{ currency: 'NOK', count: 4 }])
  expect((await countRuns(world.db, { job: job.job, is: 'to_mend', scope: ['*'] })).held).toBe(2)
  const cell = (await listOpenByJob(world.db, ['*'])).find(({ of, failureClass }) => of === job.job && failureClass === 'held')
  expect(cell).toMatchObject({ entity: 'NO01', count: 2 })
  const outside = await countRuns(world.db, { job: job.job, is: 'to_mend', scope: ['SE01'] })
  expect(outside).toEqual({})
})

test('beside the menu it says as many held runs as the list has, to whoever sees one entity of a cause of two', async () => {
  const job = governed('two-entities')
  for (const entity of ['NO01', 'SE01'])
    await load(world.context, job, ledgerCsv([{ id: entity, entity, cost_centre: 'CC-2E' }]), `${entity}.csv`)
  const scope = ['SE01']
  expect((await countRuns(world.db, { job: job.job, is: 'to_mend', scope })).held).toBe(1)
  expect(await countStoppedRuns(world.db, scope)).toEqual({ held: 1, failed: 0 })
})

test('a cause that comes back after it was closed is a new exception that names the old one', async () => {
  const job = governed('comes-back')
  const broken = ledgerCsv(ledgerRows(4, { cost_centre: 'CC-G' }))
  await load(world.context, job, broken)
  const [first] = await openOf(job)
  await load(world.context, job, ledgerCsv(ledgerRows(4)))
  await load(world.context, job, broken)
  expect(await openOf(job)).toMatchObject([{ previousExceptionId: first!.exceptionId, occurrences: 4 }])
})

test('after all that the books are sound', async () => {
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
})

test.each<[string, Partial<JobInput>, (rows: ReturnType<typeof ledgerRows>) => ReturnType<typeof ledgerRows>]>([
  ['would move into a closed period', {}, (rows) => rows.map((row, i) => (i < 2 ? { ...row, period: '2026-02' } : row))],
  [
    'takes its document out of balance',
    { rules: { members: ['cost_centre'], balanced: true } },
    (rows) => rows.map((row, i) => (i === 0 ? { ...row, debit: '0.01' } : row)),
  ],
])('a changed record that is kept out because it %s leaves what stands under its key', async (what, overrides, change) => {
  const entity = 'SE07'
  const job = governed(`stands-${what.split(' ')[0]}`, { onFailure: 'quarantine', ...overrides })
  const rows = ledgerRows(20, { entity })
  await load(world.context, job, ledgerCsv(rows))
  await setPeriodState(world.context, { entity, period: '2026-02', state: 'closed', reason: 'for a test', actor: ADMIN })
  const changed = [...change(rows), ...ledgerRows(2, { entity, prefix: 'N' })]
  expect((await load(world.context, job, ledgerCsv(changed))).lines).toMatchObject({ new: 2, changed: 0, rejected: 2 })
  const [left] =
    await world.owner`select count(*)::int as n from lines where system_id = (select system_id from systems where code = ${job.system.code})
    and superseded_at_pub is null and source_key like 'L%'`
  expect(left).toEqual({ n: 20 })
})
