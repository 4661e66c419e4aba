import { beforeAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { estimateSelection } from '#db/queries/bulk-views.ts'
import { countStoppedRuns } from '#db/queries/rail.ts'
import { countRuns } from '#db/queries/run-filter.ts'
import { listOpenByJob } from '#db/queries/status-grid.ts'
import { listHeld } from '#db/queries/total-screens.ts'
import { listRoutable } from '#db/queries/triage.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, type JobInput } from '#db/testing/load.ts'
import { rehearse, replayAll, resultsOf } from '#db/testing/replays.ts'
import { REPLAY_RESULTS } from '#server/domain/bulk-replay.ts'
import type { Actor } from '#server/domain/actor.ts'
import { abortBulkReplay } from './abort-bulk-replay.ts'
import { confirmReplay } from '../confirm-replay.ts'
import { pauseJob } from '../pause-job.ts'
import { readBulkReplay, readReplayRecords, readReplays } from '../reads/replay-view.ts'
import { replayRun } from '../replay-run.ts'

const world = useDatabase()
beforeAll(async () => {
  await load(
    world.context,
    memberJob('cost_centre'),
    memberCsv(
      ['code', 'name', 'valid_to'],
      [
        ['CC1', 'Bakery', ''],
        ['CC2', 'Dairy', ''],
        ['GONE', 'Mill', '2020-12-31'],
      ],
    ),
  )
})

const governed = (job: string, overrides: Partial<JobInput> = {}): JobInput =>
  ledgerJob({
    job,
    system: { code: job, name: job, kind: 'erp' },
    rules: { members: ['cost_centre'] },
    onFailure: 'quarantine',
    ...overrides,
  })
const mapped = (job: JobInput, codes: Record<string, string>) =>
  importJob(world.context, { ...job, mapping: { ...job.mapping, codes: { cost_centre: codes } } })
const causeOf = async (job: JobInput, code = 'code_unmapped') =>
  (await listExceptions(world.db, { job: job.job, scope: ['*'] })).find((e) => e.code === code)!
const NOW = new Date()

test('every figure of a replay opens exactly its records, and what nobody judged yet is a figure too', async () => {
  const job = governed('figures')
  const rows = (code: string, entity: string, n: number) =>
    ledgerRows(n, { prefix: `${code}${entity}`, cost_centre: code, entity })
  await load(
    world.context,
    job,
    ledgerCsv([...ledgerRows(2), ...rows('X', 'NO01', 4), ...rows('Y', 'NO01', 2), ...rows('X', 'SE07', 2)]),
  )
  await mapped(job, { X: 'CC1' })
  const actor: Actor = { name: 'nora', role: 'finance_operations', entityScope: ['NO01'] }
  const id = await replayAll(world.context, { asked: { job: job.job }, actor })
  const view = await readBulkReplay(world.db, { bulkReplayId: id, reader: ADMIN, now: NOW })
  const figure = (result: string) => view.results.filter((sum) => sum.result === result).reduce((n, { count }) => n + count, 0)
  expect(Object.fromEntries(REPLAY_RESULTS.map((result) => [result, figure(result)]))).toEqual({
    fixed: 4,
    still_failing: 2,
    failing_differently: 0,
    skipped: 0,
    not_allowed: 2,
  })
  for (const result of REPLAY_RESULTS) {
    const list = await readReplayRecords(world.db, { bulkReplayId: id, pass: 'result', result, reader: ADMIN }, NOW)
    expect(list.rows).toHaveLength(figure(result))
    expect(list.total).toBe(figure(result))
  }
  expect(view.slices).toMatchObject([{ entity: 'NO01', before: { count: 2 }, moved: { count: 4 }, certainty: 'not_reconciled' }])
  // Who sees a part of what another asked for hears nothing that names the rest, and does not stop it.
  const part: Actor = { name: 'pia', role: 'finance_operations', entityScope: ['SE07'] }
  const told = await readBulkReplay(world.db, { bulkReplayId: id, reader: part, now: NOW })
  expect(told.replay.reason).toBeNull()
  expect(JSON.stringify([told.runs, told.slices, told.rehearsed, told.results])).not.toMatch(/NO01|4 new/)
  await expect(abortBulkReplay(world.context, { bulkReplayId: id, actor: part, reason: 'for a test' })).rejects.toMatchObject({
    code: 'outside_entity_scope',
  })
  // Who may not see an entity sees none of its records, and no replay of others where nothing of it is theirs.
  expect((await readReplayRecords(world.db, { bulkReplayId: id, result: 'not_allowed', reader: actor }, NOW)).rows).toEqual([])
  const stranger = { name: 'stranger', entityScope: ['DK01'] }
  await expect(readBulkReplay(world.db, { bulkReplayId: id, reader: stranger, now: NOW })).rejects.toMatchObject({
    code: 'bulk_replay_not_found',
  })
  expect((await readReplays(world.db, { reader: stranger }, NOW)).rows).toEqual([])
  await expect(
    abortBulkReplay(world.context, { bulkReplayId: id, actor: { ...part, ...stranger }, reason: 'for a test' }),
  ).rejects.toMatchObject({ code: 'bulk_replay_not_found' })
  expect((await readReplays(world.db, { reader: actor }, NOW)).rows).toMatchObject([
    { bulkReplayId: id, records: 8, results: { fixed: 4, still_failing: 2, not_allowed: 2 } },
  ])
})

test('a record that fails with another cause now fails differently; one that passes in a load that is held does too, with its run named', async () => {
  const job = governed('differently', { rules: { members: ['cost_centre'] } })
  const first: LedgerRow[] = ledgerRows(2, { cost_centre: 'X' })
  await load(world.context, job, ledgerCsv(first))
  const cause = await causeOf(job)
  expect(cause.occurrences).toBe(2)
  await mapped(job, { X: 'GONE' })
  const id = await replayAll(world.context, { asked: { exceptions: [cause.exceptionId] } })
  const changed = { rehearsed: 'failing_differently', result: 'failing_differently', why: 'now member_no_longer_valid' }
  expect(await resultsOf(world.context, id)).toMatchObject([changed, changed])

  const held = governed('held-with-it', { onFailure: 'hold' })
  await load(
    world.context,
    held,
    ledgerCsv([...ledgerRows(2, { prefix: 'P', cost_centre: 'X' }), ...ledgerRows(2, { prefix: 'Q', cost_centre: 'Y' })]),
  )
  await mapped(held, { X: 'CC1' })
  const [x] = (await listExceptions(world.db, { job: held.job, scope: ['*'] })).filter((e) => e.subject.value === 'X')
  const second = await replayAll(world.context, { asked: { exceptions: [x!.exceptionId] } })
  expect(await resultsOf(world.context, second)).toMatchObject([
    { sourceKey: 'P1', result: 'failing_differently', why: expect.stringMatching(/^load_held \d+$/) },
    { sourceKey: 'P2', result: 'failing_differently', why: expect.stringMatching(/^load_held \d+$/) },
    { sourceKey: 'Q1', result: 'still_failing' },
    { sourceKey: 'Q2', result: 'still_failing' },
  ])
})

test('records of one key are taken together: half of a contradiction would look like the truth', async () => {
  const job = governed('conflict')
  const twice: LedgerRow[] = [
    { id: 'K', period: '2026-02', debit: '1', document: 'D1' },
    { id: 'K', period: '2026-03', debit: '2', document: 'D2' },
  ]
  await load(world.context, job, ledgerCsv([...ledgerRows(2), ...twice]))
  const estimate = await estimateSelection(world.db, {
    asked: { job: job.job, period: '2026-02' },
    rules: 'current',
    intoClosed: false,
    scope: ['*'],
  })
  expect(estimate).toMatchObject({ records: 2, widened: 1 })
  const id = await replayAll(world.context, { asked: { job: job.job, period: '2026-02' } })
  expect((await resultsOf(world.context, id)).map(({ result }) => result)).toEqual(['still_failing', 'still_failing'])
})

test('the last publications say what a changed mapping would make of them, and nothing of them is replayed', async () => {
  const job = governed('published')
  await load(
    world.context,
    job,
    ledgerCsv([
      ...ledgerRows(4, { cost_centre: 'CC2' }),
      ...ledgerRows(2, { prefix: 'M' }),
      ...ledgerRows(2, { prefix: 'W', cost_centre: 'X' }),
    ]),
  )
  await mapped(job, { X: 'CC1', CC2: 'CC1', CC1: 'NOBODY' })
  const id = await rehearse(world.context, { asked: { job: job.job, publications: 1 } })
  const view = await readBulkReplay(world.db, { bulkReplayId: id, reader: ADMIN, now: NOW })
  expect(view.publications).toMatchObject([{ job: 'published', currency: 'NOK', changed: 4, failing: 2 }])
  const runs = await world.owner`select 1 from runs where bulk_replay_id = ${id} and not is_preview`
  expect(runs).toHaveLength(0)
})

test('a part of an old file is no run to replay by itself, and its rehearsal confirms no other replay', async () => {
  const job = governed('parts')
  const origin = await load(
    world.context,
    job,
    ledgerCsv([...ledgerRows(2), ...ledgerRows(2, { prefix: 'W', cost_centre: 'X' })]),
  )
  const id = await replayAll(world.context, { asked: { job: job.job } })
  const [run] = await world.owner<
    { run_id: number; rehearsal: number }[]
  >`select run_id, rehearsal_run_id as rehearsal from bulk_replay_runs where bulk_replay_id = ${id}`
  const asked = { rules: 'current' as const, actor: ADMIN, reason: 'for a test' }
  await expect(replayRun(world.context, { ...asked, runId: run!.run_id, preview: false })).rejects.toMatchObject({
    code: 'run_cannot_replay',
  })
  await expect(
    confirmReplay(world.context, { ...asked, runId: origin.runId, previewRunId: run!.rehearsal }),
  ).rejects.toMatchObject({ code: 'input_invalid' })
})

test('records of a paused job are not allowed', async () => {
  const job = governed('paused')
  await load(world.context, job, ledgerCsv([...ledgerRows(2), ...ledgerRows(2, { prefix: 'W', cost_centre: 'X' })]))
  await pauseJob(world.context, { job: job.job, reason: 'for a test', actor: ADMIN })
  const id = await rehearse(world.context, { asked: { job: job.job } })
  expect(await resultsOf(world.context, id)).toMatchObject([
    { result: 'not_allowed', why: 'job_paused' },
    { result: 'not_allowed', why: 'job_paused' },
  ])
})

test('so many causes that they are shown as one stay one, also where a part of them is judged again', async () => {
  const job = governed('many')
  const rows = ledgerRows(204, { prefix: 'W' }).map((row, i) => ({
    ...row,
    cost_centre: `U${i}`,
    entity: i % 4 < 2 ? 'NO01' : 'SE07',
  }))
  await load(world.context, job, ledgerCsv([...ledgerRows(2), ...rows]))
  const cause = await causeOf(job)
  expect(cause).toMatchObject({ occurrences: 204, subject: { value: '' } })
  const id = await replayAll(world.context, { asked: { exceptions: [cause.exceptionId], entity: 'NO01' } })
  expect((await resultsOf(world.context, id)).filter(({ result }) => result === 'still_failing')).toHaveLength(102)
  expect(await listExceptions(world.db, { job: job.job, scope: ['*'] })).toMatchObject([
    { exceptionId: cause.exceptionId, occurrences: 204 },
  ])
})

test('what passes in a part that is held goes on waiting, and its exception with it', async () => {
  const job = governed('held-part')
  const waiting = [...ledgerRows(2, { prefix: 'P', cost_centre: 'X' }), ...ledgerRows(2, { prefix: 'Q', cost_centre: 'Y' })]
  await load(world.context, job, ledgerCsv([...ledgerRows(2), ...waiting]))
  await mapped({ ...job, onFailure: 'hold' }, { X: 'CC1' })
  const stopped = await countStoppedRuns(world.db, ['*'])
  const id = await replayAll(world.context, { asked: { job: job.job } })
  const isHeld = { result: 'failing_differently', why: expect.stringMatching(/^load_held \d+$/) }
  const stillFails = { result: 'still_failing' }
  expect(await resultsOf(world.context, id)).toMatchObject([isHeld, isHeld, stillFails, stillFails])
  const open = await listExceptions(world.db, { job: job.job, scope: ['*'] })
  expect(open.map(({ subject, occurrences }) => [subject.value, occurrences]).sort()).toEqual([
    ['X', 2],
    ['Y', 2],
  ])
  // Its load was published: no list says that a load is held.
  expect(await countStoppedRuns(world.db, ['*'])).toEqual(stopped)
  expect(await countRuns(world.db, { job: job.job, is: 'to_mend', scope: ['*'] })).toEqual({})
  expect(await listHeld(world.db, { system: job.job, scope: ['*'] })).toEqual([])
  expect((await listOpenByJob(world.db, ['*'])).filter((cell) => cell.of === job.job && cell.failureClass === 'held')).toEqual([])
  expect(open.flatMap(({ heldRuns }) => heldRuns)).toEqual([])
  const ids = open.map(({ exceptionId }) => exceptionId)
  const routable = await world.db.transaction((tx) => listRoutable(tx, ids, null, true))
  expect(routable.map(({ holdsLoad }) => holdsLoad)).toEqual([false, false])
})
