import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { findRun, listRunArtifacts } from '#db/queries/runs.ts'
import { listPublishedTotals, newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob, ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { orphanPlaces, publishedHash } from '#db/testing/published.ts'
import { startLedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import { STAGES, type StageName } from '#server/domain/run.ts'
import { executeRun } from './execute-run.ts'
import { recoverRuns } from './recover-runs.ts'
import { startRun } from './start-run.ts'
import { verify } from './verify.ts'

const world = useDatabase()
const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

/** A segment of its own, and long enough in every stage to be caught there. */
const LINES = 120_000

test('killed at every stage in turn, a run ends as if nothing had happened', async () => {
  const jobOf = (code: string): JobInput =>
    ledgerJob({
      job: code,
      system: { code, name: code, kind: 'erp' },
      rules: { balanced: true },
      retry: { attempts: 9, baseMs: 10, maxMs: 20 },
    })
  const [calm, rough] = [jobOf('undisturbed'), jobOf('killed')]
  const file = ledgerCsv(ledgerRows(LINES))
  await load(world.context, calm, file)
  await importJob(world.context, rough)
  const runId = await keepFile(world.context, rough.job, file)
  for (const stage of STAGES) {
    await killedAt(runId, stage)
    await untilRecovered(runId)
  }
  expect(await runUntilEnded(world.context, runId)).toMatchObject({
    outcome: 'succeeded',
    attempts: STAGES.length + 1,
    lines: { new: LINES },
  })

  expect(await publishedHash(world.db, rough.job)).toBe(await publishedHash(world.db, calm.job))
  const asOf = await newestPublication(world.db)
  const totals = async (system: string) =>
    (await listPublishedTotals(world.db, { system, scope: ['*'] }, asOf)).map((t) => ({ ...t, system: '' }))
  expect(await totals(rough.job)).toEqual(await totals(calm.job))
  expect(await world.owner`select run_id from runs where status = 'running'`).toHaveLength(0)
  expect(await orphanPlaces(world.db)).toEqual([])
  expect((await verify(world.context)).sound).toBe(true)
}, 300_000)

test('killed in the middle of its extract, a run goes on after the last page it stored', async () => {
  // The seventh page never comes to the worker that is killed.
  const simulator = await startLedgerSimulator({
    lines: { count: 120 },
    pageSize: 10,
    faults: [{ on: 'request', nth: 7, kind: 'silent' }],
  })
  const job = httpLedgerJob(simulator.url)
  await importJob(world.context, job)
  const { runId } = await startRun(world.context, { job: job.job, actor: ADMIN })
  const child = runChild(runId)
  await until(async () => simulator.requests.length === 7)
  await kill(child)
  const stored = (await listRunArtifacts(world.db, runId)).length
  expect(stored).toBe(6)
  const asked = simulator.requests.length
  await untilRecovered(runId)
  expect(await runUntilEnded(world.context, runId)).toMatchObject({ outcome: 'succeeded', lines: { new: 120, duplicate: 0 } })
  expect(simulator.requests.length - asked).toBe(12 - stored)
  await simulator.stop()
})

test('stopped after its last page was stored and before that was written down, a run asks for none again', async () => {
  const simulator = await startLedgerSimulator({ lines: { count: 30 }, pageSize: 10 })
  const job = httpLedgerJob(simulator.url, {
    job: 'whole',
    system: { code: 'whole', name: 'whole', kind: 'erp' },
    retry: { attempts: 2, baseMs: 10, maxMs: 20 },
  })
  await importJob(world.context, job)
  const { runId } = await startRun(world.context, { job: job.job, actor: ADMIN })
  await world.owner.unsafe(`
    create function stop_it() returns trigger language plpgsql as $$ begin raise exception 'stopped' using errcode = '57P01'; end $$;
    create trigger stop_it before update of extracted_at on runs for each row when (new.extracted_at is not null) execute function stop_it()`)
  await executeRun(world.context, runId)
  await world.owner.unsafe('drop trigger stop_it on runs; drop function stop_it')
  expect(await listRunArtifacts(world.db, runId)).toHaveLength(3)
  expect(await runUntilEnded(world.context, runId)).toMatchObject({
    outcome: 'succeeded',
    attempts: 2,
    lines: { new: 30, duplicate: 0 },
  })
  expect(simulator.requests).toHaveLength(3)
  await simulator.stop()
})

/** A worker process that dies in that stage: at its very beginning or a little later. */
async function killedAt(runId: number, stage: StageName): Promise<void> {
  const publish = await holdPublications()
  try {
    const child = runChild(runId)
    await until(async () => {
      const { run } = (await findRun(world.db, runId))!
      // A short stage can be over between two looks: then it dies in the next one.
      return run.progress !== null && STAGES.indexOf(run.progress.stage) >= STAGES.indexOf(stage)
    })
    if (stage === 'validate' || stage === 'prove') await sleep(Math.random() * 200)
    await kill(child)
  } finally {
    await publish()
  }
}

/** Nothing is published until it is released: however late we come to kill it, the run has not ended. */
async function holdPublications(): Promise<() => Promise<void>> {
  const lock = await world.owner.reserve()
  await lock`begin`
  await lock`lock table publications in share row exclusive mode`
  return async () => {
    await lock`rollback`
    lock.release()
  }
}

function runChild(runId: number): ChildProcess {
  const script = join(import.meta.dirname, '../../db/testing/run-child.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, world.appUrl, String(runId)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  children.add(child)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** PostgreSQL needs a moment to notice that a connection is gone. */
const untilRecovered = (runId: number) => until(async () => (await recoverRuns(world.context)).includes(runId))

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 100_000; !(await isSo()); await sleep(2))
    if (Date.now() > end) throw new Error('it did not come to that')
}
