import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { clearAttempt } from '#db/queries/loads.ts'
import { claimRun, findRun, holdsRun, type Run } from '#db/queries/runs.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { listSeenWorkers, registerWorker } from '#db/queries/workers.ts'
import { cutAtTable } from '#db/testing/cut.ts'
import { testContext, useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, load, runUntilEnded } from '#db/testing/load.ts'
import { orphanPlaces } from '#db/testing/published.ts'
import type { StageName } from '#server/domain/run.ts'
import { cancelRun } from './cancel-run.ts'
import type { Context } from './context.ts'
import { executeRun } from './execute-run.ts'
import { recoverRuns } from './recover-runs.ts'
import { replayRun } from './replay-run.ts'
import { restartRun } from './restart-run.ts'

const world = useDatabase()
const JOB = ledgerJob()
beforeAll(() => importJob(world.context, JOB))

let openGate: (() => Promise<void>) | null = null
afterEach(() => openGate?.())

let files = 0
const queue = (job = JOB.job) => keepFile(world.context, job, ledgerCsv([{ id: `line-${++files}` }]))

/** A worker on connections of its own that can die: all of them end at once, as when its machine goes. */
async function mortalWorker(): Promise<Context & { die(): Promise<void> }> {
  const workerId = randomUUID()
  const name = `mortal ${workerId}`
  const db = openDatabase(world.appUrl, { max: 6, name })
  await registerWorker(db, { workerId, description: 'mortal' })
  const die = async () => {
    await world.owner`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`
    await db.$client.end({ timeout: 0 })
  }
  return { ...testContext(db, workerId), die }
}

async function claimedBy(worker: Context, runId: number): Promise<Run> {
  const found = await claimRun(worker.db, runId, worker.workerId!)
  return found!.run
}

const attemptsOf = (runId: number) =>
  world.owner`select attempt, outcome, failure_code from attempts where run_id = ${runId} order by attempt`

test('a run whose worker died goes to another attempt and succeeds', async () => {
  const worker = await mortalWorker()
  const runId = await queue()
  await claimedBy(worker, runId)
  expect(await recoverRuns(world.context)).toEqual([])
  await worker.die()
  await untilRecovered(runId)
  expect(await runUntilEnded(world.context, runId)).toMatchObject({ outcome: 'succeeded', attempts: 2 })
  expect(await attemptsOf(runId)).toMatchObject([
    { attempt: 1, outcome: 'failed', failure_code: 'worker_lost' },
    { attempt: 2, outcome: 'succeeded' },
  ])
})

test('a worker whose lock went with its connection takes it again, and is not thought dead for ever', async () => {
  const workerId = randomUUID()
  const name = `cut off ${workerId}`
  const db = openDatabase(world.appUrl, { max: 3, name })
  const registration = await registerWorker(db, { workerId, description: 'cut off' })
  await world.owner`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`
  const isDead = async () => (await listSeenWorkers(world.db)).some((seen) => seen.workerId === workerId && !seen.holdsLock)
  while (!(await isDead())) await sleep(20)
  // The first heartbeats may still go by the connections that were cut, and are lost with them.
  await until(() =>
    registration.beat([]).then(
      () => true,
      () => false,
    ),
  )
  expect(await isDead()).toBe(false)
  await registration.release()
  await closeDatabase(db)
})

test('any number of processes may look for dead workers at once; each run is taken back once', async () => {
  const worker = await mortalWorker()
  const runId = await queue()
  await claimedBy(worker, runId)
  await worker.die()
  await until(async () => (await listSeenWorkers(world.db)).some((seen) => !seen.holdsLock))
  const others = [world.context, await world.addWorker(), await world.addWorker()]
  expect((await Promise.all(others.map((one) => recoverRuns(one)))).flat()).toEqual([runId])
  expect(await attemptsOf(runId)).toHaveLength(1)
  await runUntilEnded(world.context, runId)
})

test('workers that keep dying use up the attempts, and the run ends as failed with an exception for IT', async () => {
  const job = ledgerJob({ job: 'deadly', retry: { attempts: 2, baseMs: 10, maxMs: 20 } })
  await importJob(world.context, job)
  const runId = await queue(job.job)
  for (let attempt = 1; attempt <= 2; attempt++) {
    const worker = await mortalWorker()
    await claimedBy(worker, runId)
    await worker.die()
    await untilRecovered(runId)
  }
  expect((await findRun(world.db, runId))!.run).toMatchObject({ status: 'failed', attempt: 2 })
  expect(await listExceptions(world.db, { job: job.job, scope: ['*'] })).toMatchObject([
    { code: 'worker_lost', failureClass: 'technical_transient' },
  ])
})

test('an attempt that was given up can no longer write: not by its own word, and not at the moment of publication', async () => {
  const zombie = await mortalWorker()
  const runId = await queue()
  const before = await newestPublication(world.db)
  const letOn = await stopRunsAt('publish')
  const zombieRun = executeRun(zombie, runId)
  await until(async () => (await findRun(world.db, runId))?.run.progress?.stage === 'publish')
  const old = (await findRun(world.db, runId))!.run

  await world.owner`delete from workers where worker_id = ${zombie.workerId}`
  expect(await recoverRuns(world.context)).toEqual([runId])
  expect(await world.db.transaction((tx) => holdsRun(tx, old))).toBe(false)
  await letOn()

  expect(await zombieRun).toBeNull()
  expect(await newestPublication(world.db)).toBe(before)
  expect((await findRun(world.db, runId))!.run).toMatchObject({ status: 'waiting', attempt: 1 })
  expect(await runUntilEnded(world.context, runId)).toMatchObject({ outcome: 'succeeded', attempts: 2, publication: before + 1 })
  await zombie.die()
})

test('what an attempt is writing when its run is taken comes before its successor', async () => {
  const job = ledgerJob({ job: 'writing', onFailure: 'quarantine' })
  await importJob(world.context, job)
  const zombie = await mortalWorker()
  const runId = await keepFile(world.context, job.job, ledgerCsv([{ id: 'W1' }, { id: 'W2', currency: 'QQQ' }]))
  const letOn = await stopMortalsAt('rejected_records')
  const zombieRun = executeRun(zombie, runId)
  await untilStopped()
  await world.owner`delete from workers where worker_id = ${zombie.workerId}`
  expect(await recoverRuns(world.context)).toEqual([])
  await letOn()
  expect(await zombieRun).toBe('succeeded')
  expect(await world.owner`select 1 from rejected_records where run_id = ${runId}`).toHaveLength(1)
  await zombie.die()
})

test('an attempt that has lost its run adds nothing to what its successor began anew', async () => {
  const job = ledgerJob({ job: 'lost' })
  await importJob(world.context, job)
  const zombie = await mortalWorker()
  // So many that a stage is not one transaction.
  const runId = await keepFile(world.context, job.job, ledgerCsv(ledgerRows(10_001)))
  // In stage prove, before its totals: repeats of members are looked for.
  const letOn = await stopMortalsAt('repeats')
  const zombieRun = executeRun(zombie, runId)
  await untilStopped()
  await world.owner`delete from workers where worker_id = ${zombie.workerId}`
  expect(await recoverRuns(world.context)).toEqual([runId])
  await claimedBy(world.context, runId)
  await clearAttempt(world.db, runId)
  await letOn()
  expect(await zombieRun).toBeNull()
  expect(await world.owner`select 1 from control_totals where run_id = ${runId}`).toHaveLength(0)
  await zombie.die()
})

test('a run that is cancelled while it works stops, publishes nothing and leaves no table', async () => {
  const runId = await queue()
  const before = await newestPublication(world.db)
  const letOn = await stopRunsAt('load')
  const running = executeRun(world.context, runId)
  await until(async () => (await findRun(world.db, runId))?.run.progress?.stage === 'load')
  await cancelRun(world.context, { runId, reason: 'wrong file', actor: ADMIN })
  await letOn()
  expect(await running).toBeNull()
  expect(await newestPublication(world.db)).toBe(before)
  expect(await orphanPlaces(world.db)).toEqual([])
})

test('what a cancelled attempt left is taken away before the run is restarted, and nothing of its next attempt', async () => {
  const runId = await queue()
  const letOn = await stopRunsAt('load')
  const running = executeRun(world.context, runId)
  await until(async () => (await findRun(world.db, runId))?.run.progress?.stage === 'load')
  const [place] = await world.owner<[{ id: number }]>`select load_id as id from loads where run_id = ${runId}`
  await cancelRun(world.context, { runId, actor: ADMIN })
  let again: Promise<unknown> | undefined
  const reader = await world.owner.reserve()
  await reader`begin`
  try {
    await reader.unsafe(`lock table load.l${place.id} in access share mode`)
    await letOn()
    await until(async () => {
      const waiting = await world.owner`select from pg_locks where relation = ${`load.l${place.id}`}::regclass and not granted`
      return waiting.length > 0
    })
    again = restartRun(world.context, { runId, actor: ADMIN }).then(async () => {
      await claimedBy(world.context, runId)
      await world.owner`
        insert into control_totals (run_id, checkpoint, object_type, entity, period, version, currency, count, debit, credit)
        values (${runId}, 'extracted', 'journal_line', 'NO01', '2026-03', 'actual', 'NOK', 1, 1, 0)`
    })
    await Promise.race([again, sleep(500)])
  } finally {
    await reader`rollback`
    reader.release()
  }
  expect(await running).toBeNull()
  await again
  expect(await world.owner`select from control_totals where run_id = ${runId}`).toHaveLength(1)
  await cancelRun(world.context, { runId, actor: ADMIN })
})

test('what a worker left that died over a run somebody then cancelled is taken away', async () => {
  const worker = await mortalWorker()
  const runId = await queue()
  await claimedBy(worker, runId)
  await world.owner`select open_load_place(load_id) from (select 900001 as load_id) x`
  await world.owner`insert into loads overriding system value select 900001, ${runId}, 1, 0, true, now()`
  await worker.die()
  await cancelRun(world.context, { runId, actor: ADMIN })
  expect(await orphanPlaces(world.db)).toEqual(['l900001'])
  await recoverRuns(world.context)
  expect(await orphanPlaces(world.db)).toEqual([])
})

test('what a worker that vanished still has under lock keeps only its own waiting, and is taken back once it is free', async () => {
  const worker = await mortalWorker()
  const job = ledgerJob({ job: 'beside-it' })
  await importJob(world.context, job)
  const [held, free] = [await queue(), await queue(job.job)]
  for (const runId of [held, free]) await claimedBy(worker, runId)
  const given = await queue()
  await cancelRun(world.context, { runId: given, actor: ADMIN })
  for (const loadId of [900_002, 900_003]) {
    await world.owner`select open_load_place(${loadId})`
    await world.owner`insert into loads overriding system value select ${loadId}, ${given}, 1, 0, true, now()`
  }
  await worker.die()
  const ghost = await world.owner.reserve()
  await ghost`begin`
  try {
    await ghost`select 1 from runs where run_id = ${held} for update`
    await ghost`lock table load.l900002`
    await untilRecovered(free)
    expect(await orphanPlaces(world.db)).toEqual(['l900002'])
  } finally {
    await ghost`rollback`
    ghost.release()
  }
  expect(await recoverRuns(world.context)).toEqual([held])
  expect(await orphanPlaces(world.db)).toEqual([])
  for (const runId of [held, free]) await runUntilEnded(world.context, runId)
})

/** What was settled is kept for some days. */
async function recoverAWeekOn() {
  await world.owner`update runs set finished_at = finished_at - interval '8 days'`
  await recoverRuns(world.context)
}

test('what is held stays while an open exception waits for it, and is taken away some days after all that passed in it has come', async () => {
  const job = ledgerJob({ job: 'night', system: { code: 'night', name: 'Night', kind: 'erp' } })
  const night = (currency: string, id = 'N2') =>
    load(
      world.context,
      job,
      ledgerCsv([
        { id: 'N1', debit: '2' },
        { id, currency },
      ]),
    )
  await load(world.context, job, ledgerCsv([{ id: 'N1' }]))
  const [first, second, third] = [await night('QQQ'), await night('QQQ'), await night('QQQ', 'N3')]
  expect([first, second, third].map(({ outcome }) => outcome)).toEqual(['held', 'held', 'held'])
  await recoverRuns(world.context)
  // What passed in the first two came again in the third, which may be rolled back.
  expect(await heldPlaces('night')).toMatchObject([{ run: first.runId }, { run: second.runId }, { run: third.runId }])
  await recoverAWeekOn()
  // How a held load differs is kept of none.
  expect(await heldPlaces('night')).toEqual([{ run: third.runId, lines: 1, differing: 0 }])
  expect((await night('NOK')).outcome).toBe('succeeded')
  await recoverAWeekOn()
  expect(await heldPlaces('night')).toEqual([])
})

test('a replay of what is held publishes while somebody still reads it', async () => {
  const job = ledgerJob({ job: 'read-meanwhile', system: { code: 'read-meanwhile', name: 'Read meanwhile', kind: 'erp' } })
  const held = await load(world.context, job, ledgerCsv([{ id: 'R1' }, { id: 'R2', currency: 'QQQ' }]))
  await importJob(world.context, { ...job, onFailure: 'quarantine' })
  const [place] = await world.owner`select load_id from loads where run_id = ${held.runId}`
  const reader = await world.owner.reserve()
  await reader`begin`
  try {
    await reader.unsafe(`select from load.l${place!.load_id}`)
    const { runId } = await replayRun(world.context, { runId: held.runId, rules: 'current', preview: false, actor: ADMIN })
    expect((await runUntilEnded(world.context, runId)).outcome).toBe('succeeded')
  } finally {
    await reader`rollback`
    reader.release()
  }
  await recoverAWeekOn()
  expect(await heldPlaces(job.job)).toEqual([])
})

test('a run that is due and that the queue has forgotten is woken', async () => {
  const runId = await queue()
  await world.owner`select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs where key = ${`run:${runId}`}`
  expect(await world.owner`select 1 from graphile_worker.jobs where key = ${`run:${runId}`}`).toHaveLength(0)
  await recoverRuns(world.context)
  expect(await world.owner`select 1 from graphile_worker.jobs where key = ${`run:${runId}`}`).toHaveLength(1)
  await runUntilEnded(world.context, runId)
})

test('a run that was claimed, and whose answer was lost, is given back at once and not when it is taken for stuck', async () => {
  const worker = await mortalWorker()
  const runId = await queue()
  expect(await cutAtTable(world, worker.db, 'job_versions', () => executeRun(worker, runId))).toBeInstanceOf(Error)
  expect(await attemptsOf(runId)).toMatchObject([{ attempt: 1, outcome: 'failed', failure_code: 'worker_lost' }])
  expect(await runUntilEnded(world.context, runId)).toMatchObject({ outcome: 'succeeded', attempts: 2 })
  await worker.die()
})

/** Tables of the loads of a job that are still there. */
async function heldPlaces(job: string) {
  const places = await world.owner`
    select l.load_id, l.run_id from loads l join runs r using (run_id) join jobs j using (job_id)
    where j.name = ${job} and to_regclass('load.l' || l.load_id) is not null and not exists (select from publications p where p.load_id = l.load_id) order by 1`
  const count = async (table: string) => (await world.owner.unsafe(`select from load.${table}`)).length
  return Promise.all(
    places.map(async ({ load_id, run_id }) => ({
      run: run_id,
      lines: await count(`l${load_id}`),
      differing: await count(`d${load_id}`),
    })),
  )
}

/** Stops every run at the door of a stage until the function it returns is called. */
async function stopRunsAt(stage: StageName): Promise<() => Promise<void>> {
  await world.owner.unsafe(`create or replace function wait_at_stage() returns trigger language plpgsql security definer as $$
    begin if new.stage = '${stage}' and new.attempt = 1 then perform pg_advisory_xact_lock(77); end if; return new; end $$`)
  await world.owner`create trigger wait_at_stage before insert on stages for each row execute function wait_at_stage()`
  const gate = await world.owner.reserve()
  await gate`select pg_advisory_lock(77)`
  openGate = async () => {
    openGate = null
    await gate`select pg_advisory_unlock(77)`
    gate.release()
    await world.owner`drop trigger if exists wait_at_stage on stages`
  }
  return openGate
}

/** Stops workers that can die where they write into a table. */
async function stopMortalsAt(table: string): Promise<() => Promise<void>> {
  await world.owner.unsafe(`create or replace function wait_at_table() returns trigger language plpgsql security definer as $$
    begin if current_setting('application_name') like 'mortal%' then perform pg_advisory_xact_lock(77); end if; return null; end $$`)
  await world.owner.unsafe(
    `create trigger wait_at_table before insert on ${table} for each statement execute function wait_at_table()`,
  )
  const gate = await world.owner.reserve()
  await gate`select pg_advisory_lock(77)`
  openGate = async () => {
    openGate = null
    await gate`select pg_advisory_unlock(77)`
    gate.release()
    await world.owner.unsafe(`drop trigger if exists wait_at_table on ${table}`)
  }
  return openGate
}

const untilStopped = () =>
  until(async () => {
    const waiting =
      await world.owner`select 1 from pg_locks where locktype = 'advisory' and objid = 77 and not granted and database = (select oid from pg_database where datname = current_database())`
    return waiting.length > 0
  })

/** PostgreSQL needs a moment to notice that a connection is gone. */
const untilRecovered = (runId: number) => until(async () => (await recoverRuns(world.context)).includes(runId))

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 50_000; !(await isSo()); await sleep(5))
    if (Date.now() > end) throw new Error('it did not come to that')
}
