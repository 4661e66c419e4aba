import { afterAll, beforeAll, expect, test } from 'vitest'
import { listRunsThatSaw } from '#db/queries/exception-screens.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { countStoppedRuns } from '#db/queries/rail.ts'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob } from '#db/testing/ledger.ts'
import { importJob, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { startLedgerSimulator, type LedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import type { Context } from './context.ts'
import { decideTicks } from './decide-ticks.ts'

const world = useDatabase()
const HOURLY = { cron: '0 * * * *', timeZone: 'UTC' }
let erp: LedgerSimulator
let crm: LedgerSimulator
const port = () => Number.parseInt(new URL(erp.url).port, 10)

const jobs = (system: string, url: string, count: number): JobInput[] =>
  Array.from({ length: count }, (_, i) => ({
    ...httpLedgerJob(url, { job: `${system}-${i}`, schedule: HOURLY, retry: { attempts: 2, baseMs: 10, maxMs: 20 } }),
    system: { code: system, name: system.toUpperCase(), kind: 'erp', simulated: true },
  }))

beforeAll(async () => {
  erp = await startLedgerSimulator({ lines: { count: 6 } })
  crm = await startLedgerSimulator({ lines: { count: 6 } })
  await importJob(
    { ...world.context, now: () => new Date('2026-03-02T05:30:00Z') },
    ...jobs('erp', erp.url, 10),
    ...jobs('crm', crm.url, 2),
  )
})
afterAll(async () => {
  await crm.stop()
  await erp.stop().catch(() => undefined)
})

/** The clock strikes, and a worker carries out what is due. */
async function strike(time: string): Promise<string[]> {
  const context: Context = { ...world.context, now: () => new Date(time) }
  const outcomes: string[] = []
  for (const runId of await decideTicks(context, { by: 'test' })) {
    const { job, outcome } = await runUntilEnded(world.context, runId)
    outcomes.push(`${job.split('-')[0]} ${outcome}`)
  }
  return [...new Set(outcomes)].sort()
}
const open = () => listExceptions(world.db, { scope: ['*'] })

test('a source is stopped while ten jobs run: one exception, the others go on, and it mends itself when the source is back', async () => {
  expect(await strike('2026-03-02T06:00:01Z')).toEqual(['crm succeeded', 'erp succeeded'])
  const { url } = erp
  await erp.stop()
  expect(await strike('2026-03-02T07:00:01Z')).toEqual(['crm succeeded', 'erp failed'])
  const [cause, ...others] = await open()
  expect(others).toEqual([])
  expect(cause).toMatchObject({
    code: 'source_unreachable',
    failureClass: 'technical_transient',
    title: 'The source system cannot be reached: ERP',
    subject: { system: 'ERP', jobs: Array.from({ length: 10 }, (_, i) => `erp-${i}`).join(', ') },
  })
  // Every one of the ten finds it: by its job, by its run, and among what must be mended.
  for (const job of ['erp-0', 'erp-7']) expect(await listExceptions(world.db, { job, scope: ['*'] })).toHaveLength(1)
  expect(await listExceptions(world.db, { job: 'crm-0', scope: ['*'] })).toEqual([])
  const saw = await listRunsThatSaw(world.db, cause!.exceptionId, ['*'], 50)
  expect(saw).toHaveLength(10)
  for (const { runId } of saw) expect(await listExceptions(world.db, { runId, scope: ['*'] })).toHaveLength(1)
  expect(await countStoppedRuns(world.db, ['*'])).toEqual({ held: 0, failed: 10 })

  // Still down an hour later: the same cause, not another one.
  expect(await strike('2026-03-02T08:00:01Z')).toEqual(['crm succeeded', 'erp failed'])
  expect((await open()).map(({ exceptionId }) => exceptionId)).toEqual([cause!.exceptionId])
  expect(await countStoppedRuns(world.db, ['*'])).toEqual({ held: 0, failed: 10 })

  const at = port()
  erp = await startLedgerSimulator({ lines: { count: 6 }, port: at })
  expect(erp.url).toBe(url)
  const context: Context = { ...world.context, now: () => new Date('2026-03-02T09:00:01Z') }
  const back = await decideTicks(context, { by: 'test' })
  const ofErp = await world.owner<
    { run_id: number }[]
  >`select run_id from runs r join jobs j on j.job_id = r.job_id where j.name like 'erp-%' and r.run_id in ${world.owner(back)} order by 1`
  // Nine of ten got through: the tenth has not shown it yet.
  for (const { run_id } of ofErp.slice(0, 9)) await runUntilEnded(world.context, run_id)
  expect(await open()).toHaveLength(1)
  const last = await runUntilEnded(world.context, ofErp[9]!.run_id)
  expect(last.outcome).toBe('succeeded')
  expect(await open()).toEqual([])
  const [closed] = await listExceptions(world.db, { state: 'closed', scope: ['*'] })
  expect(closed).toMatchObject({ exceptionId: cause!.exceptionId, closedByRunId: ofErp[9]!.run_id })
  expect(await countStoppedRuns(world.db, ['*'])).toEqual({ held: 0, failed: 0 })
  // Nothing is left in the queue: later runs of those jobs would wait for it.
  for (const runId of back) await runUntilEnded(world.context, runId)
})

test('the last two to recover end in the same moment, and it is closed all the same', async () => {
  const { url } = erp
  const at = port()
  await erp.stop()
  await strike('2026-03-02T10:00:01Z')
  expect(await open()).toHaveLength(1)
  erp = await startLedgerSimulator({ lines: { count: 6 }, port: at })
  expect(erp.url).toBe(url)
  const second = await world.addWorker()
  const back = await decideTicks({ ...world.context, now: () => new Date('2026-03-02T11:00:01Z') }, { by: 'test' })
  const half = Math.ceil(back.length / 2)
  const all = async (context: Context, runs: readonly number[]) => {
    for (const runId of runs) await runUntilEnded(context, runId)
  }
  await Promise.all([all(world.context, back.slice(0, half)), all(second, back.slice(half))])
  expect(await open()).toEqual([])
})
