import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test, vi } from 'vitest'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { claimRun } from '#db/queries/runs.ts'
import { forgetWorker, listSeenWorkers, registerWorker, type Registration } from '#db/queries/workers.ts'
import { testContext, useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { importJob, keepFile, runUntilEnded } from '#db/testing/load.ts'
import type { Context } from './context.ts'
import { Watch } from './load/watch.ts'
import { makeObserver, recoverRuns } from './recover-runs.ts'

const world = useDatabase()
const JOB = ledgerJob()
beforeAll(() => importJob(world.context, JOB))

let files = 0
const queue = (job = JOB.job) => keepFile(world.context, job, ledgerCsv([{ id: `line-${++files}` }]))

type Worker = Context & { registration: Registration; end(): Promise<void> }

/** A worker that holds its lock and says that it lives when it is told to. */
async function addWorker(max = 6): Promise<Worker> {
  const workerId = randomUUID()
  const db = openDatabase(world.appUrl, { max, name: 'silent' })
  const registration = await registerWorker(db, { workerId, description: 'silent' })
  const end = async () => {
    await registration.release()
    await closeDatabase(db)
  }
  return { ...testContext(db, workerId), registration, end }
}

/** Turns of one recovery, each so many seconds after the one before, in time of its own. */
function observed(): (seconds: number) => Promise<number[]> {
  let ms = 0
  const observer = makeObserver(() => ms)
  return (seconds) => {
    ms += seconds * 1_000
    return recoverRuns(world.context, observer)
  }
}

const seen = async (worker: Context) => (await listSeenWorkers(world.db)).find(({ workerId }) => workerId === worker.workerId)

test('a worker that lives is not taken for dead because a clock was set or its machine stood still', async () => {
  const worker = await addWorker()
  const runId = await queue()
  await claimRun(worker.db, runId, worker.workerId!)
  await world.owner`update workers set seen_at = now() - interval '1 hour' where worker_id = ${worker.workerId}`
  await world.owner`update runs set progress_at = now() - interval '1 hour' where run_id = ${runId}`
  const turn = observed()
  // However long the observer stood still itself.
  for (const seconds of [0, 3_600]) expect(await turn(seconds)).toEqual([])
  expect(await seen(worker)).toMatchObject({ holdsLock: true })
  await worker.end()
  expect(await turn(5)).toEqual([runId])
  await runUntilEnded(world.context, runId)
})

test('one that hangs, though it holds its lock, is taken for dead after twenty seconds of whoever looks', async () => {
  const worker = await addWorker()
  const runId = await queue()
  await claimRun(worker.db, runId, worker.workerId!)
  const turn = observed()
  for (const seconds of [0, 9, 9]) expect(await turn(seconds)).toEqual([])
  await worker.registration.beat([])
  for (const seconds of [5, 9, 9]) expect(await turn(seconds)).toEqual([])
  expect(await turn(5)).toEqual([runId])
  expect(await seen(worker)).toBeUndefined()
  await worker.end()
  await runUntilEnded(world.context, runId)
})

test('a lock that a connection of ours was cut off with is not ours: it is taken over before the server notices', async () => {
  const worker = await addWorker()
  const lost = openDatabase(world.appUrl, { max: 1, name: 'lost' })
  const lock = await world.owner<{ pid: number; key: number }[]>`
    select l.pid, l.objid::bigint as key from pg_locks l join workers w on w.lock_key = l.objid::bigint
    where l.locktype = 'advisory' and l.granted and w.worker_id = ${worker.workerId}`
  // As if it were of the worker: it waits in line, and has the lock when the other connection is gone.
  const taken = lost.$client`select pg_advisory_lock(7236003, ${lock[0]!.key}::int)`.execute()
  await vi.waitFor(
    async () => expect(await world.owner`select 1 from pg_locks where locktype = 'advisory' and not granted`).toHaveLength(1),
    5_000,
  )
  await world.owner`select pg_terminate_backend(${lock[0]!.pid})`
  await taken
  await vi.waitFor(() => worker.registration.beat([]), 5_000)
  await closeDatabase(lost)
  expect(await seen(worker)).toMatchObject({ holdsLock: true })
  await worker.end()
})

test('one that says that it lives in the very moment it is given up is not', async () => {
  const worker = await addWorker()
  const before = (await seen(worker))!
  await worker.registration.beat([])
  expect(await forgetWorker(world.db, before)).toBe(false)
  expect(await forgetWorker(world.db, (await seen(worker))!)).toBe(true)
  await worker.end()
})

test('a run that reports nothing for a minute is stuck, though its worker lives', async () => {
  const worker = await addWorker()
  const runId = await queue()
  await claimRun(worker.db, runId, worker.workerId!)
  const turn = observed()
  const lively = async (seconds: number) => {
    await worker.registration.beat([])
    return turn(seconds)
  }
  for (const seconds of [0, 9, 9, 9, 9, 9]) expect(await lively(seconds)).toEqual([])
  await world.owner`update runs set progress_at = now() where run_id = ${runId}`
  for (const seconds of [9, 9, 9, 9, 9, 9, 9]) expect(await lively(seconds)).toEqual([])
  expect(await lively(9)).toEqual([runId])
  expect((await runUntilEnded(world.context, runId)).outcome).toBe('succeeded')
  await worker.end()
})

test('a run that is held is at work: nobody waits to take it, and nobody says that its worker died', async () => {
  const worker = await addWorker()
  const runId = await queue()
  await claimRun(worker.db, runId, worker.workerId!)
  const turn = observed()
  const lively = async (seconds: number) => {
    await worker.registration.beat([])
    return turn(seconds)
  }
  for (const seconds of [0, 9, 9, 9, 9, 9, 9]) expect(await lively(seconds)).toEqual([])
  const publishing = await world.owner.reserve()
  await publishing`begin`
  try {
    await publishing`select 1 from runs where run_id = ${runId} for update`
    const taken = lively(9)
    expect(await Promise.race([taken, sleep(2_000, 'waits')])).toEqual([])
  } finally {
    await publishing`rollback`
    publishing.release()
  }
  // Held no more and still silent, it is stuck.
  expect(await lively(1)).toEqual([runId])
  await runUntilEnded(world.context, runId)
  await worker.end()
})

test('runs whose rows are locked, as while they are published, keep no connection, and their worker says that it lives', async () => {
  const worker = await addWorker(3)
  const jobs = [ledgerJob({ job: 'one' }), ledgerJob({ job: 'two' }), ledgerJob({ job: 'three' })]
  const runs = []
  for (const job of jobs) {
    await importJob(world.context, job)
    runs.push((await claimRun(worker.db, await queue(job.job), worker.workerId!))!.run)
  }
  const before = (await seen(worker))!.seenAt
  const watches = runs.map((run) => new Watch(worker, run))
  const publishing = await world.owner.reserve()
  await publishing`begin`
  try {
    await publishing`select 1 from runs where run_id in ${world.owner(runs.map(({ runId }) => runId))} for update`
    // All of its pool, were they to wait.
    const told = Promise.all(watches.map((watch) => watch.enter('publish'))).then(() => 'told')
    expect(await Promise.race([told, sleep(3_000, 'waits')])).toBe('told')
    expect(watches.map(({ isLost }) => isLost)).toEqual([false, false, false])
    // Others of the pool may wait for something all the same.
    const waiting = runs.map(({ runId }) =>
      worker.db.$client`select 1 from runs where run_id = ${runId} for update`.catch(() => null),
    )
    const beaten = worker.registration.beat([]).then(() => 'beaten')
    expect(await Promise.race([beaten, sleep(3_000, 'waits')])).toBe('beaten')
    expect((await seen(worker))!.seenAt).not.toBe(before)
    await publishing`rollback`
    await Promise.all(waiting)
  } finally {
    await publishing`rollback`
    publishing.release()
    for (const watch of watches) watch.end()
  }
  await world.owner`update runs set attempt = attempt + 1 where run_id = ${runs[0]!.runId}`
  await expect(watches[0]!.enter('publish')).rejects.toThrow()
  await worker.end()
})
