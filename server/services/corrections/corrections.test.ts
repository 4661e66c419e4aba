import { beforeAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { Corrections, FIONA, REASON } from '#db/testing/corrections.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load } from '#db/testing/load.ts'
import { rehearse, replayAll, resultsOf } from '#db/testing/replays.ts'
import { startBulkReplay } from '../bulk-replay/start-bulk-replay.ts'
import { readLineDetail } from '../reads/line-detail.ts'
import { withdrawCorrection } from './withdraw-correction.ts'

const world = useDatabase()
const on = new Corrections(world)
const reason = REASON
beforeAll(on.loadMembers)

test('an unknown cost centre is read as the one that was meant: the replay passes, the exception closes, the artifact stays', async () => {
  const job = on.newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1' }, { id: '2', cost_centre: 'CC9' }]))
  expect(first.lines).toMatchObject({ new: 1, rejected: 1 })
  const bytes = await world.owner`select artifact_id, sha256 from artifacts order by 1`
  const { state } = await on.propose({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC2' })
  expect(state).toBe('active')
  expect(await listExceptions(world.db, { job: job.job, scope: ['*'] })).toHaveLength(1)

  const rehearsed = await on.replay(first.runId, true)
  expect(rehearsed).toMatchObject({ outcome: 'succeeded', lines: { new: 1, unchanged: 1, rejected: 0 } })
  expect(await on.replay(first.runId)).toMatchObject({ outcome: 'succeeded', lines: { new: 1, unchanged: 1, rejected: 0 } })
  expect(await on.lineOf(job, '2')).toMatchObject({ cost_centre: 'CC2' })
  expect(await listExceptions(world.db, { job: job.job, scope: ['*'] })).toEqual([])
  expect(await world.owner`select artifact_id, sha256 from artifacts order by 1`).toEqual(bytes)
  const [line] = await world.owner<{ id: string }[]>`
    select line_id as id from lines where source_key = '2' and system_id = (select system_id from systems where code = ${job.system.code})`
  const shown = await readLineDetail(world.db, { lineId: Number(line!.id), publication: 0, scope: ['*'] }, new Date())
  expect(shown.corrections).toMatchObject([{ field: 'cost_centre', found: 'CC9', corrected: 'CC2', proposedBy: 'fiona', reason }])
  expect(await on.differences()).toEqual([])
})

test('read again with the same correction it is unchanged, with another it is changed, without it is turned back', async () => {
  const job = on.newJob()
  const rows = [
    { id: '1', cost_centre: 'CC1', project: 'P9', posted_on: '2026-03-15' },
    { id: '2', cost_centre: 'CC9', project: 'P9' },
  ]
  const first = await load(world.context, job, ledgerCsv(rows.map(({ project: _, ...row }) => row)))
  const one = await on.correct({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC2' })
  await on.replay(first.runId)
  expect((await load(world.context, job, ledgerCsv(rows.map(({ project: _, ...row }) => row)))).lines).toMatchObject({
    new: 0,
    changed: 0,
    unchanged: 2,
    rejected: 0,
  })
  await withdrawCorrection(world.context, { correctionId: one, revision: 0, reason, actor: FIONA })
  await on.correct({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC1' })
  expect((await on.replay(first.runId)).lines).toMatchObject({ changed: 1, unchanged: 1, rejected: 0 })
  expect(await on.lineOf(job, '2')).toMatchObject({ cost_centre: 'CC1' })
  // The rule has gone, so what the source says passes: it is turned back.
  const [active] =
    await world.owner`select correction_id, revision from corrections where state = 'active' and source_key = '2' and job_id = (select job_id from jobs where name = ${job.job})`
  await withdrawCorrection(world.context, {
    correctionId: active!.correction_id,
    revision: active!.revision,
    reason,
    actor: FIONA,
  })
  await importJob(world.context, { ...job, rules: {} })
  expect((await on.replay(first.runId)).lines).toMatchObject({ changed: 1, unchanged: 1, rejected: 0 })
  expect(await on.lineOf(job, '2')).toMatchObject({ cost_centre: 'CC9' })
  expect(await on.differences()).toEqual([])
})

test('once withdrawn, a record that does not pass as it came waits again, and its line stays as it stood', async () => {
  const job = on.newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const correctionId = await on.correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  await on.replay(first.runId)
  await withdrawCorrection(world.context, { correctionId, revision: 0, reason, actor: FIONA })
  expect(await on.replay(first.runId)).toMatchObject({ lines: { rejected: 1 } })
  expect(await on.lineOf(job, '1')).toMatchObject({ cost_centre: 'CC2' })
  expect(await listExceptions(world.db, { job: job.job, scope: ['*'] })).toHaveLength(1)
  expect(await on.differences()).toEqual([])
})

test('the same record in a newer delivery is corrected too; where the source says something else by now, it is not', async () => {
  const job = on.newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const correctionId = await on.correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  await load(world.context, job, ledgerCsv([{ id: '0' }, { id: '1', cost_centre: 'CC9', debit: '7' }]))
  expect(await on.lineOf(job, '1')).toMatchObject({ cost_centre: 'CC2', debit: '7.00' })
  const third = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC1' }]))
  expect(await on.lineOf(job, '1')).toMatchObject({ cost_centre: 'CC1' })
  expect([
    ...(await world.owner`select says, is_applied from correction_readings where correction_id = ${correctionId} and run_id = ${third.runId}`),
  ]).toEqual([{ says: 'CC1', is_applied: false }])
  const spent = await on.listed({ standing: 'spent', job: job.job })
  expect(spent).toMatchObject([{ correctionId, standing: 'spent', says: 'CC1', lastRunId: third.runId }])
  expect((await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC8' }]))).lines).toMatchObject({ rejected: 1 })
  expect(await on.differences()).toEqual([])
})

test('it is about one job: another one of the same system reads the same key as it comes', async () => {
  const job = on.newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  await on.correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  const other = { ...job, job: `${job.job}-other` }
  expect((await load(world.context, other, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))).lines).toMatchObject({ rejected: 1 })
  expect(await on.differences()).toEqual([])
})

test('records of one key that differ at the source are refused, also where a correction would make them the same', async () => {
  const job = on.newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  await on.correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  const both = ledgerCsv([
    { id: '0' },
    { id: '1', cost_centre: 'CC9', document: 'D' },
    { id: '1', cost_centre: 'CC2', document: 'D' },
  ])
  const second = await load(world.context, job, both)
  expect(second.lines).toMatchObject({ new: 1, duplicate: 0, rejected: 2 })
  expect(second.exceptions.map(({ code }) => code)).toEqual(['source_key_conflicting'])
  await expect(on.propose({ runId: second.runId, key: '1', found: 'CC9', corrected: 'CC1' })).rejects.toMatchObject({
    code: 'correction_refused',
    message: expect.stringContaining('several records under its key'),
  })
  const same = ledgerCsv([
    { id: '1', cost_centre: 'CC9', document: 'D' },
    { id: '1', cost_centre: 'CC9', document: 'D' },
  ])
  expect((await load(world.context, job, same)).lines).toMatchObject({ new: 1, duplicate: 1, rejected: 0 })
  expect(await on.differences()).toEqual([])
})

test('a bulk replay passes what was corrected, and its rehearsal goes stale when another correction comes', async () => {
  const job = on.newJob()
  const first = await load(
    world.context,
    job,
    ledgerCsv([
      { id: '1', cost_centre: 'CC9' },
      { id: '2', cost_centre: 'CC8' },
    ]),
  )
  await on.correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  const bulk = await replayAll(world.context, { asked: { job: job.job } })
  expect(await resultsOf(world.context, bulk)).toMatchObject([
    { sourceKey: '1', rehearsed: 'fixed', result: 'fixed' },
    { sourceKey: '2', rehearsed: 'still_failing', result: 'still_failing' },
  ])
  const second = await rehearse(world.context, { asked: { job: job.job } })
  await on.correct({ runId: first.runId, key: '2', found: 'CC8', corrected: 'CC1' })
  const confirmed = startBulkReplay(world.context, { bulkReplayId: second, reason, actor: ADMIN })
  await expect(confirmed).rejects.toMatchObject({ code: 'rehearsal_stale', message: expect.stringContaining('corrections of') })
  expect(await on.differences()).toEqual([])
})
