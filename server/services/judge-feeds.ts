import { listCalendars } from '#db/queries/definitions.ts'
import {
  changeFeed,
  closeSettledFeeds,
  dropFeeds,
  insertFeeds,
  listExpectingJobs,
  listFeedsAhead,
  listOpenFeeds,
  type ExpectingJob,
  type NewFeed,
  type OpenFeed,
} from '#db/queries/feeds.ts'
import { raiseRouted } from './triage/raise-routed.ts'
import { SCHEDULER } from '#server/domain/actor.ts'
import { dueTimesOf, wallTime, type DueTimes } from '#server/domain/due-times.ts'
import { feedDraft, feedVerdict, type FeedCode } from '#server/domain/feed.ts'
import { calendarFinder } from '#server/domain/reference.ts'
import type { FeedState } from '#server/domain/schedule.ts'
import type { Context } from './context.ts'
import { perform, type Audited } from './perform.ts'

/** Of expectations that passed while everything was down so many are kept a job, the newest. */
const PASSED_KEPT_MAX = 100
/** So many of a job are judged in a turn: one that never comes again keeps no other unseen. */
const OPEN_OF_JOB_MAX = 100

type Expecting = { readonly job: ExpectingJob; readonly times: DueTimes; readonly schedule: DueTimes | null }

/**
 * What is expected, what has come and what is missing. Opens each feed before its time, marks it when a run brings it, raises
 * what does not come and closes that when it does. Any number of schedulers may call it, at any time.
 */
export async function judgeFeeds(context: Context): Promise<void> {
  const expecting = await readExpecting(context)
  await openFeeds(context, expecting)
  const open = await listOpenFeeds(context.db, context.now(), OPEN_OF_JOB_MAX)
  const waiting = new Map<number, OpenFeed[]>()
  for (const feed of open) {
    if (feed.arrivedRunId !== null) await markArrived(context, feed, feed.arrivedRunId)
    else waiting.set(feed.jobId, [...(waiting.get(feed.jobId) ?? []), feed])
  }
  for (const [jobId, feeds] of waiting) {
    const of = expecting.get(jobId)
    if (of) await judgeWaiting(context, of, feeds)
  }
}

async function readExpecting(context: Context): Promise<Map<number, Expecting>> {
  const [jobs, calendars] = await Promise.all([listExpectingJobs(context.db, context.now()), listCalendars(context.db)])
  const calendarOf = calendarFinder(calendars)
  const expecting = new Map<number, Expecting>()
  for (const job of jobs) {
    try {
      const schedule = job.schedule ? dueTimesOf(job.schedule, calendarOf) : null
      expecting.set(job.jobId, { job, times: dueTimesOf(job.expected, calendarOf), schedule })
    } catch (error) {
      context.log.error({ job: job.name, err: error }, 'it cannot be told when the data of this job is expected')
    }
  }
  return expecting
}

/** The next one of every job, and those whose time passed since anybody looked. */
async function openFeeds(context: Context, expecting: ReadonlyMap<number, Expecting>): Promise<void> {
  const now = context.now()
  const there = new Map((await listFeedsAhead(context.db, now)).map((feed) => [keyOf(feed.jobId, feed.expectedBy), feed]))
  const fresh: NewFeed[] = []
  for (const { job, times } of expecting.values()) {
    const { jobId, owner, since } = job
    const next = times.next(now, 1).filter((expectedBy) => !there.delete(keyOf(jobId, expectedBy.getTime())))
    for (const expectedBy of [...times.latest(new Date(since), now, PASSED_KEPT_MAX), ...next]) {
      const [, before] = times.latest(new Date(0), expectedBy, 2)
      fresh.push({ jobId, expectedBy, countsFrom: before ?? new Date(since), owner })
    }
  }
  // Nobody expects them any more: the rule is another one, or there is none.
  const stale = [...there.values()].filter(({ state }) => state === 'expected')
  if (fresh.length + stale.length === 0) return
  await perform(context, { name: 'judgeFeed', actor: SCHEDULER, request: { fresh, stale } }, async (tx) => {
    await insertFeeds(tx, fresh)
    await dropFeeds(tx, stale)
    for (const { jobId } of stale) await closeSettledFeeds(tx, jobId, null)
    // That something is expected follows from the job, and is no news.
    return { result: null, entities: [], audit: null }
  })
}

const keyOf = (jobId: number, expectedBy: number) => `${jobId} ${expectedBy}`

async function markArrived(context: Context, feed: OpenFeed, runId: number): Promise<void> {
  const arrivedAt = new Date(feed.arrivedAt!)
  const state = arrivedAt.getTime() <= feed.expectedBy ? 'arrived' : 'late'
  await perform(context, { name: 'judgeFeed', actor: SCHEDULER, request: { feed } }, async (tx) => {
    const isOurs = await changeFeed(tx, feed, { state, runId, arrivedAt, exceptionId: feed.exceptionId })
    const closed = isOurs ? await closeSettledFeeds(tx, feed.jobId, runId) : []
    return { result: null, entities: [], audit: isOurs ? eventOf(feed, state, { runId, closed }) : null }
  })
}

/** The feeds of one job that have not come: one exception for all with the same finding. */
async function judgeWaiting(context: Context, { job, times, schedule }: Expecting, feeds: readonly OpenFeed[]): Promise<void> {
  const now = context.now()
  const findings = new Map<FeedCode, OpenFeed[]>()
  for (const feed of feeds) {
    const isOverdue = feed.expectedBy <= now.getTime()
    const runsAgain = schedule !== null && (schedule.next(now, 1)[0]?.getTime() ?? Number.POSITIVE_INFINITY) <= feed.expectedBy
    const code = feedVerdict({ runs: feed.runs, isOverdue, runsAgain })
    if (code === null) {
      if (feed.exceptionId !== null) await note(context, feed, { state: 'expected', exceptionId: null })
      continue
    }
    // What stopped its run is an exception already, and one cause is one exception.
    if (code === 'feed_unpublished' && feed.causeId !== null) {
      if (feed.state !== 'missing' || feed.exceptionId !== feed.causeId)
        await note(context, feed, { state: 'missing', exceptionId: feed.causeId })
      continue
    }
    findings.set(code, [...(findings.get(code) ?? []), feed])
  }
  for (const [code, found] of findings) {
    const by = found.map(({ expectedBy }) => `${wallTime(new Date(expectedBy), times.timeZone)} ${times.timeZone}`)
    const draft = feedDraft({ ...job, code, by, runs: found[0]!.runs, records: found[0]!.records })
    for (const feed of found) {
      const state = feed.expectedBy <= now.getTime() ? 'missing' : 'expected'
      if (feed.state !== state || feed.exceptionCode !== code) await raise(context, feed, state, draft)
    }
  }
}

async function raise(context: Context, feed: OpenFeed, state: FeedState, draft: ReturnType<typeof feedDraft>): Promise<void> {
  const { jobId, runs } = feed
  await perform(context, { name: 'judgeFeed', actor: SCHEDULER, request: { feed } }, async (tx) => {
    const isOurs = await changeFeed(tx, feed, { state, exceptionId: feed.exceptionId })
    // It came, or was judged, in the same moment.
    if (!isOurs) return { result: null, entities: [], audit: null }
    const exceptionId = await raiseRouted(tx, { runId: runs[0]?.runId ?? null, jobId }, draft)
    await changeFeed(tx, { ...feed, state }, { state, exceptionId })
    await closeSettledFeeds(tx, jobId, runs[0]?.runId ?? null)
    return { result: null, entities: [], audit: eventOf(feed, state, { exceptionId, code: draft.code }) }
  })
}

async function note(context: Context, feed: OpenFeed, change: { state: FeedState; exceptionId: number | null }): Promise<void> {
  await perform(context, { name: 'judgeFeed', actor: SCHEDULER, request: { feed } }, async (tx) => {
    const isOurs = await changeFeed(tx, feed, change)
    if (isOurs) await closeSettledFeeds(tx, feed.jobId, feed.runs[0]?.runId ?? null)
    return { result: null, entities: [], audit: isOurs ? eventOf(feed, change.state, change) : null }
  })
}

const eventOf = (feed: OpenFeed, state: FeedState, facts: object): Audited => ({
  action: `feed.${state}`,
  objectType: 'job',
  objectId: feed.job,
  before: { state: feed.state },
  after: { state, expectedBy: new Date(feed.expectedBy).toISOString(), ...facts },
})
