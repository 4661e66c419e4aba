import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { findRun } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { importJob, keepFile } from '#db/testing/load.ts'
import { orphanPlaces } from '#db/testing/published.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { startWorker } from './worker.ts'

const world = useDatabase()
const JOBS = ['a', 'b', 'c'].map((job) => ledgerJob({ job, system: { code: job, name: job, kind: 'erp' } }))
beforeAll(() => importJob(world.context, ...JOBS))

const workers = new Set<{ stop(): Promise<void> }>()
afterEach(async () => {
  await Promise.all([...workers].map((worker) => worker.stop()))
  workers.clear()
})
async function start() {
  const worker = await startWorker({
    appUrl: world.appUrl,
    logger: makeLogger({ level: 'silent' }),
    concurrency: 3,
    now: () => new Date(),
    traceDays: 30,
  })
  workers.add(worker)
  return worker
}
const runOf = async (runId: number) => (await findRun(world.db, runId))!.run

test('two workers carry out every run once, those of one job one after the other', async () => {
  await Promise.all([start(), start()])
  const runs: number[] = []
  for (let i = 0; i < 5; i++)
    for (const { job } of JOBS) runs.push(await keepFile(world.context, job, ledgerCsv([{ id: `${i}` }])))
  for (const runId of runs) await until(async () => (await runOf(runId)).status === 'succeeded')
  const attempts = await world.owner`select run_id, count(*)::int as n from attempts group by 1`
  expect(attempts).toHaveLength(runs.length)
  for (const { n } of attempts) expect(n).toBe(1)
  const overlaps = await world.owner`
    select a.run_id from attempts a join runs ra on ra.run_id = a.run_id join attempts b on b.run_id > a.run_id join runs rb on rb.run_id = b.run_id
    where ra.job_id = rb.job_id and a.started_at < b.ended_at and b.started_at < a.ended_at`
  expect(overlaps).toHaveLength(0)
})

test('a worker that is stopped hands its run back, and the next one finishes it', async () => {
  const first = await start()
  const runId = await keepFile(world.context, 'a', ledgerCsv(ledgerRows(60_000, { prefix: 'X' })))
  await until(async () => (await runOf(runId)).progress?.stage === 'validate')
  await first.stop()
  workers.delete(first)
  expect(await runOf(runId)).toMatchObject({ status: 'waiting', workerId: null })
  await start()
  await until(async () => (await runOf(runId)).status === 'succeeded')
  expect(await world.owner`select outcome from attempts where run_id = ${runId} order by attempt`).toMatchObject([
    { outcome: 'handed back' },
    { outcome: 'succeeded' },
  ])
  expect(await orphanPlaces(world.db)).toEqual([])
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 50_000; !(await isSo()); await sleep(10))
    if (Date.now() > end) throw new Error('it did not come to that')
}
