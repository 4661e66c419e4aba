import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { startLedgerSimulator, type LedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob } from '#db/testing/ledger.ts'
import { importJob, type JobInput } from '#db/testing/load.ts'

const world = useDatabase()
const JOBS = 200
const CHILD = fileURLToPath(new URL('./testing/clock-child.ts', import.meta.url))
let source: LedgerSimulator

beforeAll(async () => {
  source = await startLedgerSimulator({ lines: { count: 4 } })
  return () => source.stop()
})

const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

async function start(role: 'scheduler' | 'worker'): Promise<ChildProcess> {
  const child = fork(CHILD, [role, world.appUrl], { execArgv: ['--import', 'tsx'] })
  children.add(child)
  await new Promise((up) => child.once('message', up))
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child)
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await gone
}

test('two schedulers, two workers, a minute with 200 due ticks: each runs once, also when one of each is killed in the middle', async () => {
  // Not before all are up: the clocks of the schedulers are put forward to it.
  const minute = new Date(Math.ceil((Date.now() + 120_000) / 60_000) * 60_000)
  const schedule = { cron: `${minute.getUTCMinutes()} ${minute.getUTCHours()} * * *`, timeZone: 'UTC' }
  const jobs = Array.from(
    { length: JOBS },
    (_, i): JobInput => ({
      ...httpLedgerJob(source.url, { job: `job-${i}`, schedule }),
      system: { code: `erp-${i % 20}`, name: 'ERP', kind: 'erp' },
    }),
  )
  for (let i = 0; i < JOBS; i += 50) await importJob(world.context, ...jobs.slice(i, i + 50))
  const [worker, , scheduler, other] = await Promise.all([
    start('worker'),
    start('worker'),
    start('scheduler'),
    start('scheduler'),
  ])
  for (const clock of [scheduler, other]) clock.send(minute.getTime() - Date.now())

  // In the middle of it: the first ticks are decided, most runs have not begun.
  await until(async () => (await count('ticks', 'true')) > 0)
  await kill(scheduler)
  await until(async () => (await count('runs', "status = 'running' or status = 'succeeded'")) > 5)
  await kill(worker)
  await until(async () => (await count('runs', "status = 'succeeded'")) === JOBS)

  expect(await count('ticks', "outcome = 'started' and run_id is not null")).toBe(JOBS)
  expect(await count('runs', 'true')).toBe(JOBS)
  expect(await count('runs', `scheduled_for = '${minute.toISOString()}'`)).toBe(JOBS)
  expect(await world.owner`select job_id from runs group by 1 having count(*) > 1`).toEqual([])
  expect(await world.owner`select run_id from publications group by 1 having count(*) > 1`).toEqual([])
  const [started] =
    await world.owner`select count(*)::int as n, count(distinct object_id)::int as runs from audit_events where action = 'run.started'`
  expect(started).toEqual({ n: JOBS, runs: JOBS })
}, 240_000)

async function count(table: 'ticks' | 'runs', where: string): Promise<number> {
  const [row] = await world.owner.unsafe<{ n: number }[]>(`select count(*)::int as n from ${table} where ${where}`)
  return row!.n
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 150_000; !(await isSo()); await sleep(20))
    if (Date.now() > end) throw new Error('it did not come to that')
}
