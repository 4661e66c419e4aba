import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { findRun } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { plant } from '#db/testing/people.ts'
import { ADMIN, importJob, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { changeSchedule } from './change-schedule.ts'
import type { Context } from './context.ts'
import { decideTicks, type KnownDue } from './decide-ticks.ts'
import { pauseJob } from './pause-job.ts'
import { restartRun } from './restart-run.ts'
import { resumeJob } from './resume-job.ts'

const world = useDatabase()
const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

/** The product at a time. */
const at = (time: string): Context => ({ ...world.context, now: () => new Date(time) })
const hourly = (job: string, missed: 'once' | 'skip' | 'raise', cron = '0 * * * *'): JobInput =>
  ledgerJob({
    job,
    source: { type: 'http', url: 'http://127.0.0.1:9/lines' },
    format: { type: 'json' },
    schedule: { cron, timeZone: 'UTC', missed },
  })
const decide = (time: string) => decideTicks(at(time), { by: 'test' })
const ticksOf = async (job: string) =>
  (
    await world.owner<{ tick: string }[]>`
      select to_char(due_at at time zone 'UTC', 'MM-DD HH24:MI') || ' ' || outcome || case when t.run_id is null then '' else ' run' end as tick
      from ticks t join jobs j on j.job_id = t.job_id where j.name = ${job} order by due_at`
  ).map(({ tick }) => tick)

test('what is due starts one run, for the due time, and is in the audit log; nothing before the job was there', async () => {
  await importJob(at('2026-03-02T08:30:00Z'), hourly('plain', 'once'))
  expect(await decide('2026-03-02T08:59:59Z')).toEqual([])
  const [runId] = await decide('2026-03-02T09:00:02Z')
  expect((await findRun(world.db, runId!))!.run).toMatchObject({
    trigger: 'schedule',
    status: 'queued',
    scheduledFor: new Date('2026-03-02T09:00:00Z'),
    requestedBy: 'service:scheduler',
  })
  expect(await decide('2026-03-02T09:00:07Z')).toEqual([])
  expect(await ticksOf('plain')).toEqual(['03-02 09:00 started run'])
  const audit =
    await world.owner`select action, after->>'dueAt' as due from audit_events where object_type = 'run' and object_id = ${String(runId)}`
  expect([...audit]).toEqual([{ action: 'run.started', due: '2026-03-02T09:00:00.000Z' }])
  expect(await world.owner`select 1 from graphile_worker.jobs where key = ${`run:${runId}`}`).toHaveLength(1)
  await pauseJob(at('2026-03-02T09:10:00Z'), { job: 'plain', reason: 'of no more use', actor: ADMIN })
})

test.each([
  ['once', ['03-02 09:00 skipped', '03-02 10:00 skipped', '03-02 11:00 caught_up run']],
  ['skip', ['03-02 09:00 skipped', '03-02 10:00 skipped', '03-02 11:00 skipped']],
  ['raise', ['03-02 09:00 raised', '03-02 10:00 raised', '03-02 11:00 raised']],
] as const)('everything was down for three hours, and the job says %s', async (missed, ticks) => {
  const job = `missed-${missed}`
  await importJob(at('2026-03-02T08:30:00Z'), hourly(job, missed))
  await decide('2026-03-02T11:20:00Z')
  expect(await ticksOf(job)).toEqual(ticks)
  const open = await listExceptions(world.db, { job, scope: ['*'] })
  expect(open.map(({ code, title }) => [code, title])).toEqual(
    missed === 'raise' ? [['tick_missed', 'Ledger was due at 2026-03-02 11:00 UTC while nothing was running']] : [],
  )
  // The clock goes on: the next one is started, whatever became of those before.
  await decide('2026-03-02T12:00:01Z')
  expect((await ticksOf(job)).at(-1)).toBe('03-02 12:00 started run')
  await pauseJob(at('2026-03-02T12:00:02Z'), { job, reason: 'of no more use', actor: ADMIN })
})

test('a minute and a half late is slow, not missed', async () => {
  await importJob(at('2026-03-02T08:30:00Z'), hourly('slow', 'raise'))
  await decide('2026-03-02T09:01:30Z')
  await decide('2026-03-02T10:01:31Z')
  expect(await ticksOf('slow')).toEqual(['03-02 09:00 started run', '03-02 10:00 raised'])
  await pauseJob(at('2026-03-02T10:02:00Z'), { job: 'slow', reason: 'of no more use', actor: ADMIN })
})

test('a missed due time that was raised is closed by the next run that gets through', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ticks-'))
  folders.push(folder)
  const job = ledgerJob({
    job: 'raised-folder',
    source: { type: 'folder', path: folder, settleMs: 0 },
    schedule: { cron: '0 6 * * *', timeZone: 'UTC', missed: 'raise' },
  })
  await importJob(at('2026-03-02T05:00:00Z'), job)
  await decide('2026-03-02T08:00:00Z')
  const open = () => listExceptions(world.db, { job: job.job, scope: ['*'] })
  expect(await open()).toMatchObject([{ code: 'tick_missed', openedRunId: null, lastRunId: null }])
  await writeFile(join(folder, 'a.csv'), ledgerCsv([{ id: '1' }]))
  await writeFile(join(folder, 'b.csv'), ledgerCsv([{ id: '2' }]))
  // The files of a folder are taken at the tick, each by a run of its own, and only once.
  const runs = await decide('2026-03-03T06:00:01Z')
  expect(runs).toHaveLength(2)
  expect(await ticksOf(job.job)).toEqual(['03-02 06:00 raised', '03-03 06:00 started run'])
  for (const runId of runs) expect(await runUntilEnded(world.context, runId)).toMatchObject({ outcome: 'succeeded' })
  expect(await open()).toEqual([])
  expect(await decide('2026-03-04T06:00:01Z')).toEqual([])
  await utimes(join(folder, 'a.csv'), new Date(), new Date(Date.now() - 60_000))
  expect(await decide('2026-03-05T06:00:01Z')).toHaveLength(1)
  await pauseJob(at('2026-03-05T06:00:02Z'), { job: job.job, reason: 'of no more use', actor: ADMIN })
})

test('where a folder could not be looked into, the run that says so never reads all that lies there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ticks-'))
  folders.push(folder)
  const job = ledgerJob({
    job: 'away-folder',
    system: { code: 'away', name: 'Away', kind: 'erp' },
    source: { type: 'folder', path: folder, settleMs: 0 },
    schedule: { cron: '0 6 * * *', timeZone: 'UTC', missed: 'skip' },
  })
  await importJob(at('2026-04-01T05:00:00Z'), job)
  await writeFile(join(folder, 'a.csv'), ledgerCsv([{ id: '1', debit: '1' }]))
  const [first] = await decide('2026-04-01T06:00:01Z')
  await runUntilEnded(world.context, first!)
  await rename(folder, `${folder}-away`)
  expect(await decide('2026-04-02T06:00:59Z')).toEqual([])
  const [away] = await decide('2026-04-02T06:01:00Z')
  expect((await runUntilEnded(world.context, away!)).outcome).toBe('failed')
  const why = async () =>
    (await world.owner`select failure_detail as why from attempts where run_id = ${away!} order by attempt desc limit 1`)[0]!.why
  expect(await why()).toBe(`${folder} is not there`)
  await rename(`${folder}-away`, folder)
  await writeFile(join(folder, 'b.csv'), ledgerCsv([{ id: '1', debit: '2' }]))

  await restartRun(world.context, { runId: away!, actor: ADMIN })
  expect((await runUntilEnded(world.context, away!)).outcome).toBe('failed')
  expect(await why()).toContain('could not be looked into when it was due')
  const next = await decide('2026-04-03T06:00:01Z')
  expect(next).toHaveLength(1)
  expect((await runUntilEnded(world.context, next[0]!)).outcome).toBe('succeeded')
  await pauseJob(at('2026-04-03T06:00:02Z'), { job: job.job, reason: 'of no more use', actor: ADMIN })
})

test('a folder that is back within a minute costs no run, and nobody else waits for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ticks-'))
  folders.push(folder)
  const job = ledgerJob({
    job: 'back-folder',
    source: { type: 'folder', path: folder, settleMs: 0 },
    schedule: { cron: '0 6 * * *', timeZone: 'UTC', missed: 'skip' },
  })
  await importJob(at('2026-05-01T05:00:00Z'), job, hourly('beside', 'skip', '0 6 * * *'))
  await writeFile(join(folder, 'a.csv'), ledgerCsv([{ id: 'back' }]))
  await rename(folder, `${folder}-away`)
  expect(await decide('2026-05-01T06:00:01Z')).toHaveLength(1)
  expect([await ticksOf('beside'), await ticksOf(job.job)]).toEqual([['05-01 06:00 started run'], []])
  await rename(`${folder}-away`, folder)
  const [runId] = await decide('2026-05-01T06:00:06Z')
  expect(await ticksOf(job.job)).toEqual(['05-01 06:00 started run'])
  expect((await runUntilEnded(world.context, runId!)).outcome).toBe('succeeded')
  for (const name of [job.job, 'beside'])
    await pauseJob(at('2026-05-01T06:00:07Z'), { job: name, reason: 'of no more use', actor: ADMIN })
})

test('a year of silence leaves a hundred rows and one run', async () => {
  await importJob(at('2025-03-02T08:30:00Z'), hourly('year', 'once', '* * * * *'))
  expect(await decide('2026-03-02T08:30:40Z')).toHaveLength(1)
  expect((await ticksOf('year')).slice(-2)).toEqual(['03-02 08:29 skipped', '03-02 08:30 started run'])
  expect(await ticksOf('year')).toHaveLength(100)
  await pauseJob(at('2026-03-02T08:30:41Z'), { job: 'year', reason: 'of no more use', actor: ADMIN })
})

test('a pause is not made up for, also when everything was down when it ended', async () => {
  await importJob(at('2026-03-02T08:30:00Z'), hourly('paused', 'once'))
  await pauseJob(at('2026-03-02T08:40:00Z'), { job: 'paused', reason: 'the source is being moved', actor: ADMIN })
  expect(await decide('2026-03-02T10:00:01Z')).toEqual([])
  await resumeJob(at('2026-03-02T11:30:00Z'), { job: 'paused', reason: 'the source has moved', actor: ADMIN })
  expect(await decide('2026-03-02T11:45:00Z')).toEqual([])
  expect(await decide('2026-03-02T12:00:01Z')).toHaveLength(1)
  expect(await ticksOf('paused')).toEqual(['03-02 11:00 paused', '03-02 12:00 started run'])
  await expect(resumeJob(world.context, { job: 'paused', reason: 'once more', actor: ADMIN })).rejects.toMatchObject({
    code: 'job_not_paused',
  })
  await expect(pauseJob(world.context, { job: 'paused', reason: ' ', actor: ADMIN })).rejects.toMatchObject({
    code: 'reason_missing',
  })
  await pauseJob(at('2026-03-02T12:00:02Z'), { job: 'paused', reason: 'of no more use', actor: ADMIN })
})

test('another schedule is the next version and counts from then on; one that is never due is refused', async () => {
  await importJob(at('2026-03-02T08:30:00Z'), hourly('changed', 'once'))
  const change = (time: string, cron: string) =>
    changeSchedule(at(time), {
      job: 'changed',
      schedule: { cron, timeZone: 'UTC', missed: 'once' },
      reason: 'the close moved',
      actor: ADMIN,
    })
  expect(await change('2026-03-02T10:30:00Z', '30 9 * * *')).toEqual({
    job: 'changed',
    version: 2,
    nextDueAt: '2026-03-03T09:30:00.000Z',
  })
  expect(await change('2026-03-02T10:31:00Z', '30 9 * * *')).toMatchObject({ version: 2 })
  await expect(change('2026-03-02T10:31:00Z', '0 0 30 2 *')).rejects.toMatchObject({ code: 'schedule_invalid' })
  // 09:00 and 10:00 belonged to the old one, today's 09:30 was before it was said.
  expect(await decide('2026-03-02T10:40:00Z')).toEqual([])
  expect(await decide('2026-03-03T09:30:01Z')).toHaveLength(1)
  expect(await ticksOf('changed')).toEqual(['03-03 09:30 started run'])
  const audit =
    await world.owner`select before->'schedule'->>'cron' as before, after->'schedule'->>'cron' as after from audit_events where action = 'job.schedule_changed'`
  expect([...audit]).toEqual([{ before: '0 * * * *', after: '30 9 * * *' }])
  await changeSchedule(at('2026-03-03T09:31:00Z'), {
    job: 'changed',
    schedule: null,
    reason: 'by hand from now on',
    actor: ADMIN,
  })
  expect(await decide('2026-03-04T09:30:01Z')).toEqual([])
})

test('a working day of a calendar, with its holidays', async () => {
  const calendar = {
    kind: 'calendar',
    calendar: 'de',
    pattern: 'months',
    timeZone: 'Europe/Berlin',
    holidays: { country: 'DE', region: 'BY' },
  }
  const job = { ...hourly('close', 'once'), schedule: { workingDay: 1, at: '06:00', calendar: 'de' } }
  await importJob(at('2026-04-20T08:00:00Z'), calendar as unknown as JobInput, job)
  // 1 May is a Friday and a holiday: Monday the 4th.
  expect(await decide('2026-05-04T03:59:59Z')).toEqual([])
  expect(await decide('2026-05-04T04:00:01Z')).toHaveLength(1)
  await pauseJob(at('2026-05-04T04:00:02Z'), { job: 'close', reason: 'of no more use', actor: ADMIN })
})

test.each<[string, Partial<JobInput>, RegExp]>([
  ['a cron nobody understands', { schedule: { cron: '61 * * * *' } }, /schedule: the cron cannot be read/],
  ['a schedule that is never due', { schedule: { cron: '0 0 30 2 *' } }, /schedule: .*day of month/],
  [
    'a calendar nobody knows',
    { expected: { workingDay: 2, at: '06:00', calendar: 'nowhere' } },
    /expected: there is no calendar nowhere/,
  ],
  ['a job that does not exist', { after: ['nobody'] }, /after: there is no job nobody, which wrong waits for/],
  ['waiting for itself', { after: ['wrong'] }, /for ever: wrong waits for wrong/],
  [
    'a clock for files that people load',
    { source: { type: 'file' }, format: { type: 'csv' }, schedule: { cron: '0 6 * * *' } },
    /reads files that people load/,
  ],
])('%s is refused at import, in words', async (_, change, words) => {
  await expect(importJob(world.context, { ...hourly('wrong', 'once'), ...change })).rejects.toThrow(words)
})

test('jobs that would wait for each other are refused, in one file and over two', async () => {
  const job = (name: string, after: string[]) => ({ ...hourly(name, 'skip'), after })
  await expect(importJob(world.context, job('x', ['y']), job('y', ['x']))).rejects.toThrow(/x waits for y waits for x/)
  await importJob(world.context, job('x', ['y']), job('y', []))
  await expect(importJob(world.context, job('y', ['x']))).rejects.toThrow(/y waits for x waits for y/)
})

test('what is known not to be due is looked at again when it is, when it says something else, and in a database made anew', async () => {
  const known: KnownDue = new Map()
  const look = (time: string) => decideTicks(at(time), { by: 'test', known })
  await importJob(at('2026-03-02T08:30:00Z'), hourly('known', 'once'))
  await look('2026-03-02T08:40:00Z')
  expect([...known.values()]).toContainEqual(expect.objectContaining({ version: 1, dueMs: Date.parse('2026-03-02T09:00:00Z') }))
  await look('2026-03-02T09:00:00Z')
  await look('2026-03-02T09:00:10Z')
  await changeSchedule(at('2026-03-02T09:01:00Z'), {
    job: 'known',
    schedule: { cron: '5 * * * *', timeZone: 'UTC', missed: 'once' },
    reason: 'five past',
    actor: ADMIN,
  })
  await look('2026-03-02T09:05:00Z')
  await look('2026-03-02T09:05:10Z')
  await plant(
    world,
    `update job_versions set created_at = created_at + interval '1 second', definition = jsonb_set(definition, '{schedule,cron}', '"7 * * * *"') where version = 2 and job_id = (select job_id from jobs where name = 'known')`,
  )
  await look('2026-03-02T09:07:00Z')
  expect(await ticksOf('known')).toEqual(['03-02 09:00 started run', '03-02 09:05 started run', '03-02 09:07 started run'])
  await pauseJob(at('2026-03-02T09:08:00Z'), { job: 'known', reason: 'of no more use', actor: ADMIN })
})
