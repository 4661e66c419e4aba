import { beforeAll, expect, test } from 'vitest'
import { databaseCode, isUniqueViolation } from '#db/failures.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, load, runUntilEnded } from '#db/testing/load.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { replayRun } from '#server/services/replay-run.ts'
import { enqueueNext, listDueRuns } from './queue.ts'
import { claimRun, findRun, insertRun, type NewRun } from './runs.ts'

const world = useDatabase()
const JOB = ledgerJob()
beforeAll(() => importJob(world.context, JOB))

const claim = (runId: number) => claimRun(world.db, runId, world.context.workerId!).then((found) => found?.run ?? null)
const queue = (text: string) => keepFile(world.context, JOB.job, text)
const statusOf = async (runId: number) => (await findRun(world.db, runId))?.run.status
const setRunning = (runId: number) => world.owner`update runs set status = 'running' where run_id = ${runId}`

async function queueSlice(slice: string): Promise<number> {
  const [job] = await world.owner`select job_id from jobs where name = ${JOB.job}`
  const run: NewRun = {
    jobId: job!.job_id as number,
    jobVersion: 1,
    trigger: 'event',
    status: 'queued',
    slice,
    requestedBy: 'test',
    correlationId: crypto.randomUUID(),
  }
  return (await world.db.transaction((tx) => insertRun(tx, run))).runId
}

test('the database itself refuses a second active run of a job and slice', async () => {
  const [first, second] = [await queue(ledgerCsv([{ id: '1' }])), await queue(ledgerCsv([{ id: '2' }]))]
  await setRunning(first)
  const refused = await setRunning(second).catch((error: unknown) => error)
  expect(databaseCode(refused)).toBe('23505')
  expect(String(refused)).toContain('runs_one_active')
  await world.owner`update runs set status = 'cancelled' where run_id in (${first}, ${second})`
})

test('two workers that claim two runs of one job in the same moment get one between them', async () => {
  for (let round = 0; round < 10; round++) {
    const runs = [await queue(ledgerCsv([{ id: '1' }])), await queue(ledgerCsv([{ id: '2' }]))]
    const claimed = await Promise.allSettled(runs.map(claim))
    const got = claimed.filter((one) => one.status === 'fulfilled' && one.value !== null)
    expect(got).toHaveLength(1)
    for (const one of claimed) if (one.status === 'rejected') expect(isUniqueViolation(one.reason)).toBe(true)
    await world.owner`update runs set status = 'cancelled' where run_id in ${world.owner(runs)}`
  }
})

test('a run waits for an earlier one of its job and slice, also while that waits for its retry: the older delivery is never the last', async () => {
  const [first, second] = [
    await queue(ledgerCsv([{ id: 'o', debit: '1.00' }])),
    await queue(ledgerCsv([{ id: 'o', debit: '2.00' }])),
  ]
  expect(await claim(second)).toBeNull()
  await world.owner`update runs set status = 'waiting', due_at = now() + interval '1 hour' where run_id = ${first}`
  expect(await claim(second)).toBeNull()
  await world.owner`update runs set due_at = now() where run_id = ${first}`
  expect((await runUntilEnded(world.context, first)).outcome).toBe('succeeded')
  expect((await runUntilEnded(world.context, second)).outcome).toBe('succeeded')
  const [line] = await world.owner`select debit::text as debit from lines where source_key = 'o' and superseded_at_pub is null`
  expect(line).toEqual({ debit: '2.00' })
})

test('a run that is taken is not taken again, and one behind it waits for its end', async () => {
  const [first, second] = [await queue(ledgerCsv([{ id: '1' }])), await queue(ledgerCsv([{ id: '2' }]))]
  const [held, other] = await Promise.all([claim(first), claim(first)])
  expect([held, other].filter((run) => run !== null)).toHaveLength(1)
  expect(await executeRun(world.context, second)).toBeNull()
  expect(await statusOf(second)).toBe('queued')
  await world.owner`update runs set status = 'cancelled' where run_id = ${first}`
  expect((await runUntilEnded(world.context, second)).outcome).toBe('succeeded')
})

test('files of one folder go one after the other, also while the older waits for its retry, and before what is loaded by hand', async () => {
  const runs = [await queueSlice('file:b.csv'), await queueSlice('file:a.csv'), await queueSlice('*')] as const
  expect(await claim(runs[1])).toBeNull()
  expect((await claim(runs[0]))?.status).toBe('running')
  expect(await claim(runs[1])).toBeNull()
  await world.owner`update runs set status = 'waiting', due_at = now() + interval '1 hour' where run_id = ${runs[0]}`
  expect(await claim(runs[1])).toBeNull()
  await world.owner`update runs set status = 'cancelled' where run_id = ${runs[0]}`
  expect(await claim(runs[2])).toBeNull()
  expect((await claim(runs[1]))?.status).toBe('running')
  await world.owner`update runs set status = 'cancelled' where run_id in ${world.owner(runs)}`
})

test('behind a file that waits its hour the others are let lie, each preview beside them is not', async () => {
  const done = await load(world.context, JOB, ledgerCsv([{ id: '1' }]))
  const runs = [await queueSlice('file:c.csv'), await queueSlice('file:d.csv'), await queueSlice('file:e.csv')] as const
  const due = async () => (await listDueRuns(world.db, 10)).filter((runId) => runId > done.runId)
  const preview = await replayRun(world.context, { runId: done.runId, rules: 'current', preview: true, actor: ADMIN })
  expect(await due()).toEqual([runs[0], preview.runId])
  await world.owner`update runs set status = 'waiting', due_at = now() + interval '1 hour' where run_id = ${runs[0]}`
  expect(await due()).toEqual([preview.runId])

  await world.owner`update runs set status = 'cancelled' where run_id = ${runs[0]}`
  expect(await due()).toEqual([runs[1], preview.runId])
  await world.owner`update runs set status = 'cancelled' where run_id in ${world.owner([...runs, preview.runId])}`
})

test('whoever ends wakes the next file, and no preview in its place', async () => {
  const done = await load(world.context, JOB, ledgerCsv([{ id: '1' }]))
  const preview = await replayRun(world.context, { runId: done.runId, rules: 'current', preview: true, actor: ADMIN })
  const next = await queueSlice('file:f.csv')
  await world.owner`select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs`
  const [job] = await world.owner`select job_id from jobs where name = ${JOB.job}`
  await enqueueNext(world.db, job!.job_id as number, 'file:b.csv')
  expect((await world.owner`select key from graphile_worker.jobs`).map(({ key }) => key)).toEqual([`run:${next}`])
  await world.owner`update runs set status = 'cancelled' where run_id in ${world.owner([next, preview.runId])}`
})

test('other slices of the job run side by side', async () => {
  const runs = [await queueSlice('north'), await queueSlice('south')]
  expect([(await claim(runs[0]!))?.status, (await claim(runs[1]!))?.status]).toEqual(['running', 'running'])
  await world.owner`update runs set status = 'cancelled' where run_id in ${world.owner(runs)}`
})

test('a preview runs beside a run of its job, because it changes nothing', async () => {
  const done = await load(world.context, JOB, ledgerCsv([{ id: '1' }]))
  const active = await queue(ledgerCsv([{ id: '2' }]))
  await claim(active)
  const preview = await replayRun(world.context, { runId: done.runId, rules: 'current', preview: true, actor: ADMIN })
  expect(await executeRun(world.context, preview.runId)).toBe('rehearsed')
  await world.owner`update runs set status = 'cancelled' where run_id = ${active}`
})

test('a run is not taken before it is due', async () => {
  const runId = await queue(ledgerCsv([{ id: '3' }]))
  await world.owner`update runs set status = 'waiting', due_at = now() + interval '1 hour' where run_id = ${runId}`
  expect(await claim(runId)).toBeNull()
})
