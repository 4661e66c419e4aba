import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, expect, test } from 'vitest'
import { findRun } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { deliveryWorld, documentTarget } from '#db/testing/delivery.ts'
import { ledgerCsv, ledgerRows } from '#db/testing/ledger.ts'
import { importJob, keepFile } from '#db/testing/load.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { startWorker } from './worker.ts'

const world = useDatabase()
const { deliveriesOf, jobTo, start: startTarget, stop } = deliveryWorld(world)
afterAll(stop)

const workers = new Set<{ stop(): Promise<void> }>()
afterEach(async () => {
  await Promise.all([...workers].map((worker) => worker.stop()))
  workers.clear()
})
async function start(concurrency = 2) {
  const options = { appUrl: world.appUrl, logger: makeLogger({ level: 'silent' }), now: () => new Date(), traceDays: 30 }
  workers.add(await startWorker({ ...options, concurrency }))
}

test('targets that never answer keep no load waiting, and hear of everything once they are back', async () => {
  const silent = await Promise.all([startTarget(), startTarget(), startTarget()])
  for (const simulator of silent) simulator.fault = () => 'silent'
  const jobs = silent.map((simulator) => jobTo(documentTarget(simulator.url, { timeoutMs: 1_500, batchSize: 100 })))
  await importJob(world.context, ...jobs)
  await start()
  const runs: number[] = []
  for (let i = 0; i < 3; i++)
    for (const { job } of jobs) runs.push(await keepFile(world.context, job, ledgerCsv(ledgerRows(20, { prefix: `${i}x` }))))
  const statusOf = async (runId: number) => (await findRun(world.db, runId))!.run.status
  for (const runId of runs) await until(async () => (await statusOf(runId)) === 'succeeded')
  for (const simulator of silent) simulator.fault = null
  for (const job of jobs)
    await until(
      async () =>
        (await deliveriesOf(job)).every(({ status }) => status === 'confirmed') && (await deliveriesOf(job)).length === 3,
    )
  for (const simulator of silent) expect(simulator.documents).toHaveLength(30)
}, 60_000)

test('two workers: each delivery is carried out by one of them, in the order of publications', async () => {
  const simulator = await startTarget({ knowsKeys: false })
  const job = jobTo(documentTarget(simulator.url, { idempotencyKeys: false, batchSize: 100 }))
  await importJob(world.context, job)
  await Promise.all([start(), start()])
  for (let i = 0; i < 6; i++) await keepFile(world.context, job.job, ledgerCsv(ledgerRows(4, { prefix: `${i}y` })))
  await until(async () => {
    const deliveries = await deliveriesOf(job)
    return deliveries.length === 6 && deliveries.every(({ status }) => status === 'confirmed')
  })
  expect(simulator.documents).toHaveLength(12)
  const [row] = await world.owner`
    select bool_and(ordered) as ordered from (
      select finished_at >= lag(finished_at) over (order by publication) is not false as ordered from deliveries d join jobs j using (job_id) where j.name = ${job.job}) o`
  expect(row).toEqual({ ordered: true })
}, 60_000)

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 40_000; !(await isSo()); await sleep(20))
    if (Date.now() > end) throw new Error('it did not come to that')
}
