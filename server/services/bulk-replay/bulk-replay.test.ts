import { beforeAll, expect, test } from 'vitest'
import { raiseException } from '#db/load/exceptions.ts'
import { countResults, findBulkReplay } from '#db/queries/bulk-replays.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { carryOn, rehearse, replayAll, resultsOf } from '#db/testing/replays.ts'
import type { Actor } from '#server/domain/actor.ts'
import { setPeriodState } from '../set-period-state.ts'
import { verify } from '../verify.ts'
import { abortBulkReplay } from './abort-bulk-replay.ts'
import { advanceBulkReplay } from './advance-bulk-replay.ts'
import { approveBulkReplay } from './approve-bulk-replay.ts'
import { rehearseReplay } from './rehearse-replay.ts'
import { startBulkReplay } from './start-bulk-replay.ts'

const world = useDatabase()
beforeAll(async () => {
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'Bakery']]))
})

const governed = (job: string, overrides: Partial<JobInput> = {}): JobInput =>
  ledgerJob({
    job,
    system: { code: job, name: job, kind: 'erp' },
    rules: { members: ['cost_centre'], balanced: true },
    onFailure: 'quarantine',
    ...overrides,
  })
const mended = (job: JobInput, ...codes: string[]) =>
  importJob(world.context, {
    ...job,
    mapping: { ...job.mapping, codes: { cost_centre: Object.fromEntries(codes.map((code) => [code, 'CC1'])) } },
  })
const openOf = (job: JobInput) => listExceptions(world.db, { job: job.job, scope: ['*'] })
const causeOf = async (job: JobInput) => (await openOf(job)).find((e) => e.code === 'code_unmapped')!
/** Its own fiscal year, so that closing a period touches no other test. */
const ENTITY = 'DK09'
const counts = (id: number) => countResults(world.db, id, 'result')
const NONE = { fixed: 0, still_failing: 0, failing_differently: 0, skipped: 0, not_allowed: 0, open: 0 }
const amountsOf = async (job: JobInput, key: string): Promise<string[]> =>
  (
    await world.owner<{ debit: string }[]>`select debit::text from lines where source_key = ${key} and superseded_at_pub is null
      and system_id = (select system_id from systems where code = ${job.system.code})`
  ).map((line) => line.debit)

/** Ten lines are published, six of three documents wait for a cost centre nobody knows. */
async function sixWait(name: string, code: string, fixed: Partial<LedgerRow> = {}) {
  const job = governed(name)
  const waiting = ledgerRows(6, { prefix: 'W', ...fixed }).map(
    (row, i): LedgerRow => (i % 2 === 0 ? { ...row, cost_centre: code } : row),
  )
  const run = await load(world.context, job, ledgerCsv([...ledgerRows(10), ...waiting]))
  const exceptions = await openOf(job)
  return { job, run, waiting, cause: exceptions.find((e) => e.code === 'code_unmapped')!, exceptions }
}

test('a replay without a fix leaves every exception open, and every record still failing', async () => {
  const { job, cause, exceptions } = await sixWait('no-fix', 'CC-A')
  expect(exceptions.map((e) => [e.code, e.occurrences])).toEqual([
    ['document_incomplete', 3],
    ['code_unmapped', 3],
  ])
  const hash = await publishedHash(world.db)
  const id = await replayAll(world.context, { asked: { exceptions: [cause.exceptionId] } })
  expect(await counts(id)).toEqual({ ...NONE, still_failing: 6 })
  expect((await openOf(job)).map((e) => [e.exceptionId, e.occurrences])).toEqual(
    exceptions.map((e) => [e.exceptionId, e.occurrences]),
  )
  expect(await publishedHash(world.db)).toBe(hash)
})

test('two people confirm their rehearsals of the same records: the second finds them judged again, and none counts twice', async () => {
  const { job, cause, exceptions } = await sixWait('twice', 'CC-T')
  const other: Actor = { ...ADMIN, name: 'another' }
  const asked = { exceptions: [cause.exceptionId] }
  const first = await rehearse(world.context, { asked })
  const second = await rehearse(world.context, { asked, actor: other })
  await startBulkReplay(world.context, { bulkReplayId: first, reason: 'for a test', actor: ADMIN })
  await startBulkReplay(world.context, { bulkReplayId: second, reason: 'for a test', actor: other })
  await carryOn(world.context, first)
  await carryOn(world.context, second)
  expect(await counts(first)).toEqual({ ...NONE, still_failing: 6 })
  expect(await counts(second)).toEqual({ ...NONE, skipped: 6 })
  expect((await resultsOf(world.context, second))[0]!.why).toMatch(/^judged_again \d+$/)
  const standing = (rows: typeof exceptions) =>
    rows.map(({ exceptionId, occurrences, severity, heldRuns }) => ({ exceptionId, occurrences, severity, heldRuns }))
  expect(standing(await openOf(job)), 'nor is anything held by it').toEqual(standing(exceptions))
  expect((await verify(world.context)).sound).toBe(true)
})

test('with the fix, whole documents are published, nothing else is read, and the exceptions close by the control passing', async () => {
  const { job, cause } = await sixWait('fixed', 'CC-B')
  await mended(job, 'CC-B')
  const id = await replayAll(world.context, { asked: { exceptions: [cause.exceptionId] } })
  expect(await counts(id)).toEqual({ ...NONE, fixed: 6 })
  expect(await openOf(job)).toEqual([])
  const [run] =
    await world.owner`select run_id, is_partial, publication, summary->'lines'->>'new' as new from runs where bulk_replay_id = ${id} and not is_preview`
  expect(run).toMatchObject({ is_partial: true, new: '6' })
  const read =
    await world.owner`select sum(count)::int as n from control_totals where run_id = ${run!.run_id} and checkpoint = 'extracted'`
  expect(read).toEqual([{ n: 6 }])
  expect((await resultsOf(world.context, id)).every((record) => record.rehearsed === 'fixed')).toBe(true)
})

test('a part closes nothing that no record waited behind: what the source refused stays until it is asked again', async () => {
  const { job, run, cause } = await sixWait('refused-before', 'CC-R')
  const [{ job_id: jobId }] = await world.owner<[{ job_id: number }]>`select job_id from runs where run_id = ${run.runId}`
  const refused = await world.db.transaction((tx) =>
    raiseException(
      tx,
      { runId: run.runId, jobId },
      {
        fingerprint: 'refused-before',
        failureClass: 'business',
        code: 'refused_period_closed',
        subject: {},
        title: 'The source refuses a closed period',
        detail: '',
        entities: [],
        slices: [],
      },
    ),
  )
  await mended(job, 'CC-R')
  await replayAll(world.context, { asked: { exceptions: [cause.exceptionId] } })
  expect((await openOf(job)).map((e) => e.exceptionId)).toEqual([refused])
  await load(world.context, job, ledgerCsv(ledgerRows(12)))
  expect(await openOf(job)).toEqual([])
})

test('newer data is not put back: a record that another run brought since is skipped', async () => {
  const { job, cause, waiting } = await sixWait('newer', 'CC-C')
  const other = { ...job, job: 'newer-corrections' }
  const corrected = waiting
    .slice(0, 2)
    .map((row) => ({ ...row, cost_centre: 'CC1', debit: row.debit && '7.00', credit: row.credit && '7.00' }))
  await load(world.context, other, ledgerCsv(corrected))
  await mended(job, 'CC-C')
  const id = await replayAll(world.context, { asked: { exceptions: [cause.exceptionId] } })
  expect(await counts(id)).toEqual({ ...NONE, fixed: 4, skipped: 2 })
  expect(await amountsOf(job, 'W1')).toEqual(['7.00'])
})

test('what is published between the confirmation and the run is not put back either', async () => {
  const { job, cause, waiting } = await sixWait('between', 'CC-D')
  await mended(job, 'CC-D')
  const id = await rehearse(world.context, { asked: { exceptions: [cause.exceptionId] } })
  await startBulkReplay(world.context, { bulkReplayId: id, reason: 'for a test', actor: ADMIN })
  const other = { ...job, job: 'between-corrections' }
  await load(
    world.context,
    other,
    ledgerCsv(
      waiting
        .slice(0, 2)
        .map((row) => ({ ...row, cost_centre: 'CC1', debit: row.debit && '7.00', credit: row.credit && '7.00' })),
    ),
  )
  await carryOn(world.context, id)
  expect(await counts(id)).toEqual({ ...NONE, fixed: 4, skipped: 2 })
  expect(await amountsOf(job, 'W1')).toEqual(['7.00'])
})

test('held loads are replayed whole, the oldest first; one that a newer run covers is skipped', async () => {
  const job = governed('held', { onFailure: 'hold' })
  const rows = (prefix: string, code: string) =>
    ledgerRows(4, { prefix }).map((row, i) => (i === 0 ? { ...row, cost_centre: code } : row))
  await load(world.context, job, ledgerCsv(rows('H', 'CC-E')), 'first.csv')
  await load(world.context, job, ledgerCsv(rows('I', 'CC-E')), 'second.csv')
  await mended(job, 'CC-E')
  const { exceptionId } = await causeOf(job)
  const id = await replayAll(world.context, { asked: { exceptions: [exceptionId] } })
  expect(await counts(id)).toEqual({ ...NONE, fixed: 2 })
  expect(await openOf(job)).toEqual([])

  await load(world.context, job, ledgerCsv(rows('J', 'CC-F')), 'third.csv')
  await load(world.context, job, ledgerCsv(ledgerRows(2, { prefix: 'K' })), 'fourth.csv')
  await mended(job, 'CC-E', 'CC-F')
  const again = await causeOf(job)
  const late = await rehearse(world.context, { asked: { exceptions: [again.exceptionId] } })
  expect(await resultsOf(world.context, late)).toMatchObject([
    { rehearsed: 'skipped', rehearsedWhy: expect.stringMatching(/^overtaken \d+$/) },
  ])
  await expect(startBulkReplay(world.context, { bulkReplayId: late, reason: 'for a test', actor: ADMIN })).rejects.toMatchObject({
    code: 'nothing_to_replay',
  })
})

test('entities outside the scope of whoever asks are not allowed, and stay as they are', async () => {
  const job = governed('scoped')
  const rows = [
    ...ledgerRows(2, { prefix: 'A', cost_centre: 'CC-G' }),
    ...ledgerRows(2, { prefix: 'B', cost_centre: 'CC-G', entity: 'SE07' }),
  ]
  await load(world.context, job, ledgerCsv([...ledgerRows(2), ...rows]))
  await mended(job, 'CC-G')
  const cause = await causeOf(job)
  const actor: Actor = { name: 'nora', role: 'finance_operations', entityScope: ['NO01'] }
  const id = await replayAll(world.context, { asked: { exceptions: [cause.exceptionId] }, actor })
  expect(await counts(id)).toEqual({ ...NONE, fixed: 2, not_allowed: 2 })
  expect(await openOf(job)).toMatchObject([{ exceptionId: cause.exceptionId, occurrences: 2 }])
})

test('a closed period needs an override that somebody else approves; the database says so too', async () => {
  const { job, cause } = await sixWait('closed', 'CC-H', { entity: ENTITY })
  await mended(job, 'CC-H')
  const close = (state: 'open' | 'closed') =>
    setPeriodState(world.context, { entity: ENTITY, period: '2026-03', state, reason: 'for a test', actor: ADMIN })
  await close('closed')
  const asked = { exceptions: [cause.exceptionId] }
  const without = await rehearse(world.context, { asked })
  expect(await resultsOf(world.context, without)).toMatchObject(
    Array.from({ length: 6 }, () => ({ rehearsed: 'not_allowed', rehearsedWhy: `period_closed ${ENTITY} 2026-03` })),
  )

  const id = await rehearse(world.context, { asked, intoClosed: true })
  expect((await resultsOf(world.context, id)).map((record) => record.rehearsed)).toEqual(Array.from({ length: 6 }, () => 'fixed'))
  expect(await startBulkReplay(world.context, { bulkReplayId: id, reason: 'late invoices', actor: ADMIN })).toMatchObject({
    status: 'needs_approval',
  })
  await carryOn(world.context, id)
  expect(await counts(id)).toEqual({ ...NONE, open: 6 })
  const approve = (actor: Actor) =>
    approveBulkReplay(world.context, { bulkReplayId: id, isApproved: true, reason: 'agreed', actor })
  await expect(approve(ADMIN)).rejects.toMatchObject({ code: 'same_person' })
  await expect(
    world.owner`update bulk_replays set is_approved = true, decided_by = requested_by where bulk_replay_id = ${id}`,
  ).rejects.toThrow('bulk_replays_four_eyes')
  await expect(world.owner`update bulk_replays set status = 'running' where bulk_replay_id = ${id}`).rejects.toThrow(
    'bulk_replays_approved',
  )
  await approve({ name: 'carla', role: 'controller', entityScope: ['*'] })
  await carryOn(world.context, id)
  expect(await counts(id)).toEqual({ ...NONE, fixed: 6 })
})

test('aborted before its turn is skipped; what is published stays; the five sum to the selection', async () => {
  const job = governed('aborted')
  for (const prefix of ['A', 'B', 'C'])
    await load(
      world.context,
      job,
      ledgerCsv([...ledgerRows(2, { prefix: `F${prefix}` }), ...ledgerRows(2, { prefix, cost_centre: 'CC-I' })]),
      `${prefix}.csv`,
    )
  await mended(job, 'CC-I')
  const cause = await causeOf(job)
  const id = await rehearse(world.context, { asked: { exceptions: [cause.exceptionId] } })
  await startBulkReplay(world.context, { bulkReplayId: id, reason: 'for a test', actor: ADMIN })
  await carryOnOnce(id)
  await abortBulkReplay(world.context, { bulkReplayId: id, actor: ADMIN })
  await carryOn(world.context, id)
  expect(await findBulkReplay(world.db, id)).toMatchObject({ status: 'aborted', abortedBy: ADMIN.name })
  expect(await counts(id)).toEqual({ ...NONE, fixed: 2, skipped: 4 })
  expect(await openOf(job)).toMatchObject([{ exceptionId: cause.exceptionId, occurrences: 4 }])
})

test('what moved since the rehearsal is named, and it is rehearsed again', async () => {
  const { job, cause } = await sixWait('stale', 'CC-J')
  const id = await rehearse(world.context, { asked: { exceptions: [cause.exceptionId] } })
  await mended(job, 'CC-J')
  await expect(startBulkReplay(world.context, { bulkReplayId: id, reason: 'for a test', actor: ADMIN })).rejects.toMatchObject({
    code: 'rehearsal_stale',
    detail: 'job stale',
  })
})

test('nothing is selected where nothing waits, and a selection says which records', async () => {
  await expect(rehearseReplay(world.context, { asked: { job: 'nobody' }, rules: 'current', actor: ADMIN })).rejects.toMatchObject(
    { code: 'nothing_to_replay' },
  )
  await expect(rehearseReplay(world.context, { asked: {}, rules: 'current', actor: ADMIN })).rejects.toMatchObject({
    code: 'input_invalid',
  })
})

test('after all that the books are sound', async () => {
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
})

/** One run further. */
async function carryOnOnce(id: number): Promise<void> {
  await advanceBulkReplay(world.context, id)
  const [run] = await world.owner<
    { run_id: number }[]
  >`select run_id from runs where bulk_replay_id = ${id} and not is_preview and status = 'queued'`
  await runUntilEnded(world.context, run!.run_id)
}
