import { afterEach, beforeEach, expect, test } from 'vitest'
import { findRun } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { cancelRun } from './cancel-run.ts'
import type { Context } from './context.ts'
import { decideTicks } from './decide-ticks.ts'
import { executeRun } from './execute-run.ts'
import { releaseRuns } from './release-runs.ts'
import { rollbackRun } from './rollback/rollback-run.ts'

const world = useDatabase()
const members: JobInput = { ...memberJob('cost_centre'), job: 'members' }
const actuals = ledgerJob({ job: 'actuals', after: ['members'] })
const forecast = ledgerJob({ job: 'forecast', after: ['actuals', 'members'] })
const MEMBERS = (n: number) => `code,name\nCC${n},Centre ${n}\n`
let serial = 0

beforeEach(() => importJob(world.context, members, actuals, forecast))
afterEach(async () => {
  for (const { run_id } of await world.owner<
    { run_id: number }[]
  >`select run_id from runs where status in ('blocked', 'queued', 'waiting')`)
    await cancelRun(world.context, { runId: run_id, actor: ADMIN })
})

const runOf = async (runId: number) => (await findRun(world.db, runId))!.run
const keep = (job: string) =>
  keepFile(world.context, job, job === 'members' ? MEMBERS(++serial) : ledgerCsv([{ id: `${++serial}` }]))

test('dimensions before actuals, actuals before forecast: each waits, says for what, and goes by itself', async () => {
  const third = await keep('forecast')
  const second = await keep('actuals')
  expect(await runOf(third)).toMatchObject({ status: 'blocked', waitsFor: ['actuals', 'members'] })
  expect(await runOf(second)).toMatchObject({ status: 'blocked', waitsFor: ['members'] })
  // A worker that is told about it all the same leaves it alone.
  expect(await executeRun(world.context, second)).toBe(null)
  await runUntilEnded(world.context, await keep('members'))
  expect(await runOf(second)).toMatchObject({ status: 'queued', waitsFor: [] })
  expect(await runOf(third)).toMatchObject({ status: 'blocked', waitsFor: ['actuals'] })
  await runUntilEnded(world.context, second)
  expect(await runOf(third)).toMatchObject({ status: 'queued', waitsFor: [] })
  expect(await world.owner`select object_id from audit_events where action = 'run.released' order by event_id`).toMatchObject([
    { object_id: String(second) },
    { object_id: String(third) },
  ])
})

test('what was there already is not waited for; a failed and a withdrawn one is', async () => {
  const loaded = await keep('members')
  await runUntilEnded(world.context, loaded)
  expect(await runOf(await keep('actuals'))).toMatchObject({ status: 'queued' })
  await rollbackRun(world.context, { runId: loaded, actor: ADMIN })
  expect(await runOf(await keep('actuals'))).toMatchObject({ status: 'blocked', waitsFor: ['members'] })
  await runUntilEnded(world.context, await keepFile(world.context, 'members', ''))
  const waiting = await keep('actuals')
  expect(await runOf(waiting)).toMatchObject({ status: 'blocked', waitsFor: ['members'] })
  await runUntilEnded(world.context, await keep('members'))
  expect(await runOf(waiting)).toMatchObject({ status: 'queued' })
})

test('whoever was killed before letting the others go is made up for', async () => {
  const dimension = await keep('members')
  const waiting = await keep('actuals')
  expect(await runOf(waiting)).toMatchObject({ status: 'blocked' })
  await world.owner`update runs set status = 'succeeded', finished_at = now() where run_id = ${dimension}`
  expect(await releaseRuns(world.context)).toContain(waiting)
  expect(await releaseRuns(world.context)).toEqual([])
})

test('a thousand runs that go on waiting keep none behind them', async () => {
  await world.owner`
    insert into runs (job_id, job_version, trigger, status, waits_for, requested_by, correlation_id, slice)
    select j.job_id, j.current_version, 'event', 'blocked', '{actuals}', 'ada', gen_random_uuid(), 'file:' || n || '.csv'
    from jobs j, generate_series(1, 1000) n where j.name = 'forecast'`
  const dimension = await keep('members')
  const waiting = await keep('actuals')
  await world.owner`update runs set status = 'succeeded', finished_at = now() where run_id = ${dimension}`
  expect(await releaseRuns(world.context)).toEqual([waiting])
  await world.owner`delete from runs where slice like 'file:%'`
})

test('of two jobs due at the same minute the later one waits for the run of that minute, decided or not', async () => {
  const http = (job: string, after: string[], cron: string): JobInput =>
    ledgerJob({
      job,
      after,
      source: { type: 'http', url: 'http://127.0.0.1:9/' },
      format: { type: 'json' },
      schedule: { cron, timeZone: 'UTC', missed: 'once' },
    })
  const at = (time: string): Context => ({ ...world.context, now: () => new Date(time) })
  await importJob(at('2026-03-02T05:00:00Z'), http('first', [], '0 6 * * *'), http('second', ['first'], '0 6 * * *'))
  // Yesterday's ran well.
  const [yesterday] = await decideTicks(at('2026-03-02T06:00:01Z'), { by: 'test' })
  const end = (runId: number) => world.owner`update runs set status = 'succeeded', finished_at = now() where run_id = ${runId}`
  await end(yesterday!)
  await world.owner`update runs set status = 'cancelled' where status = 'blocked'`
  const firstId = (await world.owner<{ job_id: number }[]>`select job_id from jobs where name = 'first'`)[0]!.job_id
  // The first is not decided in this turn.
  await world.owner`update jobs set paused_at = now() where job_id = ${firstId}`
  const started = await decideTicks(at('2026-03-03T06:00:01Z'), { by: 'test' })
  expect(started).toHaveLength(1)
  expect(await runOf(started[0]!)).toMatchObject({ status: 'blocked', waitsFor: ['first'] })
  await world.owner`update jobs set paused_at = null where job_id = ${firstId}`
  const [today] = await decideTicks(at('2026-03-03T06:00:05Z'), { by: 'test' })
  await releaseRuns(world.context)
  expect(await runOf(started[0]!)).toMatchObject({ status: 'blocked', waitsFor: ['first'] })
  await end(today!)
  expect(await releaseRuns(world.context)).toEqual([started[0]])
})
