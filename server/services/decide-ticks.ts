import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Transaction } from '#db/client.ts'
import { isDatabaseAway } from '#db/failures.ts'
import { listCalendars } from '#db/queries/definitions.ts'
import { raiseRouted } from './triage/raise-routed.ts'
import { enqueueRuns } from '#db/queries/queue.ts'
import { insertRuns, type NewRun } from '#db/queries/runs.ts'
import {
  insertTicks,
  linkTicks,
  listScheduledJobs,
  tickKey,
  type NewTick,
  type NotYet,
  type ScheduledJob,
} from '#db/queries/ticks.ts'
import { SCHEDULER } from '#server/domain/actor.ts'
import { dueTimesOf, wallTime, type DueTimes } from '#server/domain/due-times.ts'
import { missedTickDraft } from '#server/domain/exception.ts'
import { calendarFinder } from '#server/domain/reference.ts'
import { decideDue } from '#server/domain/schedule.ts'
import { traced } from '#server/platform/traced.ts'
import type { Context } from './context.ts'
import { perform, type Audited } from './perform.ts'
import { releaseRuns } from './release-runs.ts'
import { newFolderFiles, type FolderFileRun } from './start-folder-runs.ts'

/** Of what was missed while everything was down so many are kept, the newest; older ones leave no row each. */
const MISSED_KEPT_MAX = 100
/** Ticks decided in one transaction: two hundred jobs of one minute are two. */
const BATCH_MAX = 100
/** A folder that keeps all it ever got is long to look through; one that does not answer is known much sooner. */
const FOLDER_MS_MAX = 60_000
/** A share that comes back within this time costs no run. Less than what makes a due time missed. */
const FOLDER_AWAY_MS = 60_000

/** When a job, at its version, is due next: until then it is not even read. Kept by whoever turns the clock. */
export type KnownDue = Map<string, NotYet & { readonly dueMs: number }>
/** A job that is never due again is looked at once a day. */
const KNOWN_MS_MAX = 24 * 3_600_000

/**
 * Decides every due time up to now that nobody has decided: starts the run, or notes why not. Any number of schedulers may
 * call it at any time: the row of the tick is the decision, and the run is in the same transaction. Returns the runs started.
 */
export async function decideTicks(
  context: Context,
  { by, known = new Map() }: { by: string; known?: KnownDue },
): Promise<number[]> {
  const now = context.now()
  for (const [key, { dueMs }] of known) if (dueMs <= now.getTime()) known.delete(key)
  const jobs = await listScheduledJobs(context.db, [...known.values()])
  const byCalendar = jobs.some(({ schedule }) => !('cron' in schedule))
  const calendarOf = calendarFinder(byCalendar ? await listCalendars(context.db) : [])
  const open: OpenTick[] = []
  for (const job of jobs) {
    try {
      const times = dueTimesOf(job.schedule, calendarOf)
      const found = times.latest(new Date(job.since), now, MISSED_KEPT_MAX)
      // A calendar may change under its jobs, so only what a cron says is remembered.
      if (found.length === 0 && 'cron' in job.schedule) remember(known, job, now, times)
      open.push(...decideDue(found, now, job.schedule.missed).map((tick) => ({ ...tick, job, times })))
    } catch (error) {
      context.log.error({ job: job.name, err: error }, 'it cannot be told when this job is due')
    }
  }
  const started: number[] = []
  for (let i = 0; i < open.length; i += BATCH_MAX) {
    const batch = open.slice(i, i + BATCH_MAX)
    try {
      started.push(...(await decide(context, batch, by)))
    } catch (error) {
      // It was undone as a whole and is decided at the next turn; the others do not wait for it.
      context.log.error({ jobs: batch.map(({ job }) => job.name), err: error }, 'due times could not be decided')
    }
  }
  if (open.some(({ job }) => job.definition.after.length > 0)) await releaseRuns(context)
  return started
}

type OpenTick = Omit<NewTick, 'jobId'> & { readonly job: ScheduledJob; readonly times: DueTimes }

const starts = ({ outcome }: Pick<NewTick, 'outcome'>) => outcome === 'started' || outcome === 'caught_up'

async function decide(context: Context, asked: readonly OpenTick[], by: string): Promise<number[]> {
  // Folders are looked into before the transaction begins: a slow disk must not hold its locks.
  const files = new Map<number, readonly FolderFileRun[] | null>()
  const folders = asked.filter((tick) => starts(tick) && tick.job.definition.source.type === 'folder')
  await Promise.all(folders.map(async ({ job }) => files.set(job.jobId, await filesOf(context, job))))
  const now = context.now()
  const isAwayYet = (tick: OpenTick) =>
    starts(tick) && files.get(tick.job.jobId) === null && now.getTime() - tick.dueAt.getTime() < FOLDER_AWAY_MS
  const ticks = asked.filter((tick) => !isAwayYet(tick))
  if (ticks.length === 0) return []
  const rows = ticks.map(({ job, dueAt, outcome }) => ({ jobId: job.jobId, dueAt, outcome }))
  // A turn that finds nothing due leaves no trace: there are seventeen thousand a day.
  return traced('scheduler tick', { 'tower.scheduler': by, 'tower.ticks': ticks.length }, async (span) => {
    for (const { job, dueAt, outcome } of ticks)
      span.addEvent(outcome, { 'tower.job': job.name, 'tower.due': dueAt.toISOString() })
    return decideOnce(context, { ticks, rows, files, by, now })
  })
}

/** Null where the folder cannot be read, or not in time: a share that hangs holds up nothing else that is due. */
async function filesOf(context: Context, job: ScheduledJob): Promise<readonly FolderFileRun[] | null> {
  try {
    return await Promise.race([newFolderFiles(context, job), sleep(FOLDER_MS_MAX, null, { ref: false })])
  } catch (error) {
    // The batch is decided at the next turn.
    if (isDatabaseAway(error)) throw error
    context.log.warn({ job: job.name, err: error }, 'the folder cannot be read')
    return null
  }
}

type Asked = {
  readonly ticks: readonly OpenTick[]
  readonly rows: readonly NewTick[]
  readonly files: Map<number, readonly FolderFileRun[] | null>
  readonly by: string
  readonly now: Date
}

/** Those that nobody else has decided, with their runs, in one transaction. */
function decideOnce(context: Context, { ticks, rows, files, by, now }: Asked): Promise<number[]> {
  return perform(context, { name: 'decideTick', actor: SCHEDULER, request: rows }, async (tx, correlationId) => {
    const ours = await insertTicks(tx, rows, by, now)
    const won = ticks.filter(({ job, dueAt }) => ours.has(tickKey(job.jobId, dueAt)))
    const wanted = won.filter(starts).flatMap((tick) => {
      const found = files.get(tick.job.jobId)
      // Two due times at once find the same files: the first takes them.
      if (found) files.set(tick.job.jobId, [])
      return runsOf(tick, found)
    })
    const runs = await insertRuns(
      tx,
      wanted.map(({ run }) => run),
    )
    await linkTicks(
      tx,
      runs.map(({ runId, jobId, scheduledFor }) => ({ jobId, dueAt: scheduledFor!, runId })),
    )
    await keepFiles(tx, wanted, runs)
    await enqueueRuns(
      tx,
      runs.filter(({ status }) => status === 'queued').map(({ runId }) => runId),
    )
    const raised = await raiseMissed(tx, won)
    const audit = [...runs.map((run, i) => startedEvent(wanted[i]!.tick, run)), ...notStartedEvents(won, raised, correlationId)]
    return { result: runs.map(({ runId }) => runId), entities: [], audit }
  })
}

type WantedRun = { readonly tick: OpenTick; readonly run: NewRun; readonly file: FolderFileRun | null }

/** One run that asks the source, or one for each new file of the folder; a folder that cannot be read fails as a run, where people look. */
function runsOf(tick: OpenTick, files: readonly FolderFileRun[] | null | undefined): WantedRun[] {
  const { job, dueAt } = tick
  const run: NewRun = {
    jobId: job.jobId,
    jobVersion: job.version,
    trigger: 'schedule',
    status: job.definition.after.length > 0 ? 'blocked' : 'queued',
    waitsFor: job.definition.after,
    scheduledFor: dueAt,
    requestedBy: SCHEDULER.name,
    correlationId: randomUUID(),
    slice: '*',
  }
  if (!files) return [{ tick, run, file: null }]
  return files.map((file) => ({ tick, file, run: { ...run, slice: file.slice, correlationId: randomUUID() } }))
}

/** A file is taken once, whoever saw it first. */
async function keepFiles(tx: Transaction, wanted: readonly WantedRun[], runs: readonly { runId: number }[]): Promise<void> {
  for (const [i, { file }] of wanted.entries()) if (file) await file.take(tx, runs[i]!.runId)
}

/** One exception a job, however many of its due times were missed. */
async function raiseMissed(tx: Transaction, ticks: readonly OpenTick[]): Promise<Map<number, number>> {
  const raised = new Map<number, number>()
  for (const { job, dueAt, times } of ticks.filter(({ outcome }) => outcome === 'raised')) {
    // The newest comes first; the older ones are in the list of the job's due times.
    if (raised.has(job.jobId)) continue
    const due = `${wallTime(dueAt, times.timeZone)} ${times.timeZone}`
    const draft = missedTickDraft(job.jobId, job.definition.title, due)
    raised.set(job.jobId, await raiseRouted(tx, { runId: null, jobId: job.jobId }, draft))
  }
  return raised
}

type StartedRun = { readonly runId: number; readonly slice: string; readonly correlationId: string }

const startedEvent = ({ job, dueAt, outcome }: OpenTick, { runId, slice, correlationId }: StartedRun): Audited => ({
  action: 'run.started',
  objectType: 'run',
  objectId: String(runId),
  after: { job: job.name, slice, trigger: 'schedule', dueAt: dueAt.toISOString(), outcome, waitsFor: job.definition.after },
  correlationId,
})

/** One event a job and outcome, over all its due times that started nothing. */
function notStartedEvents(ticks: readonly OpenTick[], raised: ReadonlyMap<number, number>, correlationId: string): Audited[] {
  const events = new Map<string, { job: ScheduledJob; outcome: string; dueTimes: string[] }>()
  for (const { job, outcome, dueAt } of ticks.filter((tick) => !starts(tick))) {
    const event = events.get(`${job.jobId} ${outcome}`) ?? { job, outcome, dueTimes: [] }
    event.dueTimes.push(dueAt.toISOString())
    events.set(`${job.jobId} ${outcome}`, event)
  }
  return [...events.values()].map(({ job, outcome, dueTimes }) => ({
    action: `tick.${outcome}`,
    objectType: 'job',
    objectId: job.name,
    after: { dueTimes, exceptionId: outcome === 'raised' ? raised.get(job.jobId) : undefined },
    correlationId,
  }))
}

function remember(known: KnownDue, { jobId, version, madeAt }: ScheduledJob, now: Date, times: DueTimes): void {
  const most = now.getTime() + KNOWN_MS_MAX
  known.set(`${jobId} ${version}`, { jobId, version, madeAt, dueMs: Math.min(times.next(now, 1)[0]?.getTime() ?? most, most) })
}
