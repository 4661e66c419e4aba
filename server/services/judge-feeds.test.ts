import { beforeEach, expect, test, vi } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { cancelRun } from './cancel-run.ts'
import type { Context } from './context.ts'
import { judgeFeeds } from './judge-feeds.ts'
import { replayRun } from './replay-run.ts'

const world = useDatabase()
const MINUTE = 60_000
/** Runs end by the database's clock, so feeds are laid around the real now: this many minutes from it, on the minute. */
const NOW = new Date(Math.floor(Date.now() / MINUTE) * MINUTE)
const inMinutes = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE)
const at = (minutes: number): Context => ({ ...world.context, now: () => inMinutes(minutes) })
/** Every day at a minute: due then, and a day before. */
const daily = (minutes: number) => ({
  cron: `${inMinutes(minutes).getUTCMinutes()} ${inMinutes(minutes).getUTCHours()} * * *`,
  timeZone: 'UTC',
})
let serial = 0
let job = ''
beforeEach(() => {
  job = `feed-${++serial}`
})

const DAY = 24 * 60
const expecting = (minutes: number, more: Partial<JobInput> = {}): JobInput =>
  ledgerJob({ job, expected: { ...daily(minutes), owner: 'treasury', records: 2 }, ...more })
const twoLines = () => ledgerCsv([{ id: `${++serial}` }, { id: `${++serial}` }])
const load = async (text: string) => runUntilEnded(world.context, await keepFile(world.context, job, text))
const feedsOf = async () =>
  (
    await world.owner<{ state: string; at: number; run_id: number | null }[]>`
      select f.state, round(extract(epoch from f.expected_by - ${NOW}::timestamptz) / 60)::int as at, f.run_id from feeds f join jobs j on j.job_id = f.job_id where j.name = ${job} order by expected_by`
  ).map((feed) => `${feed.at} ${feed.state}${feed.run_id === null ? '' : ' by a run'}`)
const open = async () => (await listExceptions(world.db, { job, scope: ['*'] })).map(({ code, title }) => [code, title])
const wall = (minutes: number) => `${inMinutes(minutes).toISOString().slice(0, 16).replace('T', ' ')} UTC`

test('before its time it is expected and nothing is wrong; it comes in time', async () => {
  await importJob(at(-60), expecting(30))
  await judgeFeeds(at(-59))
  expect([await feedsOf(), await open()]).toEqual([['30 expected'], []])
  await load(twoLines())
  await judgeFeeds(at(1))
  expect([await feedsOf(), await open()]).toEqual([['30 arrived by a run'], []])
  // The one after is there as soon as the first has passed.
  await judgeFeeds(at(31))
  expect(await feedsOf()).toEqual(['30 arrived by a run', `${30 + DAY} expected`])
})

test('nothing came: missing, one exception with what was found; late, it closes by itself and counts for that day only', async () => {
  await importJob(at(-60), expecting(-30))
  await judgeFeeds(at(-59))
  await judgeFeeds(at(-29))
  expect([await feedsOf(), await open()]).toEqual([
    ['-30 missing', `${DAY - 30} expected`],
    [['feed_missing', `Ledger has not arrived: it was expected by ${wall(-30)}`]],
  ])
  const [found] = await listExceptions(world.db, { job, scope: ['*'] })
  expect(found).toMatchObject({
    openedRunId: null,
    lastRunId: null,
    detail: `Expected by ${wall(-30)}, at least 2 records; found: no run at all.`,
  })
  await judgeFeeds(at(-20))
  await load(twoLines())
  await judgeFeeds(at(1))
  expect([await feedsOf(), await open()]).toEqual([['-30 late by a run', `${DAY - 30} expected`], []])
  await judgeFeeds(at(DAY - 29))
  expect((await feedsOf()).slice(0, 2)).toEqual(['-30 late by a run', `${DAY - 30} missing`])
})

test('a feed that came while it was judged raises nothing', async () => {
  await importJob(at(-60), expecting(-30))
  await judgeFeeds(at(-59))
  const other = await world.owner.reserve()
  await other`begin`
  try {
    await other`update feeds set state = 'arrived' from jobs j where j.job_id = feeds.job_id and j.name = ${job} and state = 'expected'`
    const judging = judgeFeeds(at(-29))
    const waiting = () =>
      world.owner`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await vi.waitFor(async () => expect(await waiting()).toHaveLength(1), 20_000)
    await other`commit`
    await judging
  } finally {
    other.release()
  }
  expect([await feedsOf(), await open()]).toEqual([['-30 arrived', `${DAY - 30} expected`], []])
})

test('three days down: one exception for all, and what brings them closes it', async () => {
  await importJob(at(-3 * DAY), expecting(-30))
  await judgeFeeds(at(-1))
  expect(await feedsOf()).toEqual([`${-2 * DAY - 30} missing`, `${-DAY - 30} missing`, '-30 missing', `${DAY - 30} expected`])
  expect(await open()).toEqual([['feed_missing', `Ledger has not arrived: it was expected by ${wall(-2 * DAY - 30)}`]])
  await load(twoLines())
  await judgeFeeds(at(1))
  expect([await feedsOf(), await open()]).toEqual([
    [`${-2 * DAY - 30} late by a run`, `${-DAY - 30} late by a run`, '-30 late by a run', `${DAY - 30} expected`],
    [],
  ])
})

test('a run that came back with too little is told at once where nothing else is planned, and is mended in time', async () => {
  await importJob(at(-60), expecting(30))
  await load(ledgerCsv([{ id: `${++serial}` }]))
  await judgeFeeds(at(1))
  expect([await feedsOf(), await open()]).toEqual([
    ['30 expected'],
    [['feed_empty', `Ledger ran and brought nothing where data was due by ${wall(30)}`]],
  ])
  await load(twoLines())
  await judgeFeeds(at(2))
  expect([await feedsOf(), await open()]).toEqual([['30 arrived by a run'], []])
})

test('where the job asks again before the time, an empty answer is no news; after it, it is', async () => {
  const asksOften = { schedule: { cron: '*/5 * * * *', timeZone: 'UTC' } }
  // The clock is given to it once the file is there: a file job has none.
  await importJob(at(-60), expecting(30))
  await load(ledgerCsv([{ id: `${++serial}` }]))
  await world.owner`update job_versions set definition = definition || ${world.owner.json(asksOften)} where job_id = (select job_id from jobs where name = ${job})`
  await judgeFeeds(at(1))
  expect(await open()).toEqual([])
  await judgeFeeds(at(31))
  expect((await open()).map(([code]) => code)).toEqual(['feed_empty'])
})

test('a run that was held is one exception, not two: the feed names it, and the replay that publishes brings it', async () => {
  const balanced: Partial<JobInput> = { rules: { balanced: true } }
  await importJob(at(-60), expecting(30, balanced))
  const held = await load(
    ledgerCsv([
      { id: `${++serial}`, document: 'D' },
      { id: `${++serial}`, document: 'D' },
    ]),
  )
  expect(held.outcome).toBe('held')
  await judgeFeeds(at(31))
  expect((await feedsOf())[0]).toBe('30 missing')
  expect((await open()).map(([code]) => code)).toEqual(['document_unbalanced'])
  await importJob(at(31), expecting(30))
  const { runId } = await replayRun(world.context, { runId: held.runId, rules: 'current', preview: false, actor: ADMIN })
  await runUntilEnded(world.context, runId)
  await judgeFeeds(at(32))
  expect([(await feedsOf())[0], await open()]).toEqual(['30 arrived by a run', []])
})

test('a run that was cancelled published nothing, and that is found', async () => {
  await importJob(at(-60), expecting(30))
  await cancelRun(world.context, { runId: await keepFile(world.context, job, twoLines()), actor: ADMIN })
  await judgeFeeds(at(31))
  expect([(await feedsOf())[0], await open()]).toEqual([
    '30 missing',
    [['feed_unpublished', `Ledger ran but nothing was published by ${wall(30)}`]],
  ])
})

test('another rule takes the feed that was ahead away', async () => {
  await importJob(at(-60), expecting(30))
  await judgeFeeds(at(-59))
  await importJob(at(-58), expecting(45))
  await judgeFeeds(at(-57))
  expect(await feedsOf()).toEqual(['45 expected'])
  // And back: it is expected again.
  await importJob(at(-57), expecting(30))
  await judgeFeeds(at(-56))
  expect(await feedsOf()).toEqual(['30 expected'])
  await importJob(at(-56), ledgerJob({ job }))
  await judgeFeeds(at(-55))
  expect(await feedsOf()).toEqual([])
})

test('two schedulers at the same moment raise it once', async () => {
  await importJob(at(-60), expecting(-30))
  await judgeFeeds(at(-59))
  await Promise.all([1, 2, 3].map(() => judgeFeeds(at(-29))))
  expect(await open()).toHaveLength(1)
  const events = await world.owner`select 1 from audit_events where action = 'feed.missing' and object_id = ${job}`
  expect(events).toHaveLength(1)
})

test('a job that has been missing for years keeps those of no other unseen', async () => {
  await importJob(at(-3 * DAY), expecting(-30))
  await judgeFeeds(at(-31))
  await world.owner`
    insert into feeds (job_id, expected_by, counts_from, owner, state)
    select job_id, ${NOW}::timestamptz - make_interval(days => n + 10), ${NOW}::timestamptz - make_interval(days => n + 11), 'treasury', 'missing'
    from jobs, generate_series(1, 1100) n where name = ${job}`
  job = `feed-${++serial}`
  await importJob(at(-60), expecting(-30))
  await judgeFeeds(at(-59))
  await judgeFeeds(at(-29))
  expect([await feedsOf(), (await open()).map(([code]) => code)]).toEqual([
    ['-30 missing', `${DAY - 30} expected`],
    ['feed_missing'],
  ])
})
