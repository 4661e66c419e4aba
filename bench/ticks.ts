import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { run as startQueue, Logger } from 'graphile-worker'
import { startScheduler } from '#jobs/scheduler.ts'
import { enqueueRuns } from '#db/queries/queue.ts'
import { insertRuns } from '#db/queries/runs.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { startWorkerProcess } from './processes.ts'
import { atLeast, below, median, p95, rounded, tell, type Answer, type Size } from './question.ts'
import { BENCH, openBench, type Bench } from './setup.ts'
import { smallJob, startSmallSource } from './small-source.ts'

const SLOTS = 4
const IDLE_JOB = 'idle-0'
/** Every hour; the clock of the bench leaps from one to the next. */
const IDLE_CRON = '7 * * * *'
const LEAD_MS = 250

/**
 * The clock. (a) From the instant a tick is due to the start of its run's attempt: a scheduler with its node-cron, a worker in a
 * process of its own, nothing else to do, and as many other jobs beside as in (b).
 * (b) Jobs due in one minute, from that instant until the last has ended, beside the same runs of the same jobs handed to
 * graphile-worker directly: what the clock, its decisions and their records cost. Each run asks its source for four changed
 * lines and publishes them. How many tasks that do nothing graphile-worker carries out is told for information.
 */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const jobs = quick ? 30 : 1_000
  const source = await startSmallSource()
  const bench = await openBench('tower_bench_ticks')
  // A month the idle ticks do not come to.
  const month = ((new Date().getUTCMonth() + 6) % 12) + 1
  await importInParts(bench, [
    smallJob(source.url, IDLE_JOB, IDLE_CRON),
    ...Array.from({ length: jobs }, (_, i) => smallJob(source.url, `heap-${i}`, `37 0 * ${month} *`)),
  ])
  const clock = leapingClock()
  const worker = await startWorkerProcess(bench.appUrl, SLOTS)
  const logger = makeLogger({ level: 'error', output: process.stderr })
  const scheduler = await startScheduler({ appUrl: bench.appUrl, logger, now: clock.now })
  try {
    yield await idleTicks(bench, clock, quick ? 5 : 60)
    yield await manyAtOnce({ bench, clock, source, month }, jobs, quick ? 1 : rounds)
    yield { name: 'memory of a worker of small runs', value: worker.peakMb(), unit: 'MB', ...below(worker.peakMb(), 300) }
  } finally {
    await scheduler.stop()
    await worker.stop()
    await bench.close()
    await source.stop()
  }
}

async function idleTicks(bench: Bench, clock: LeapingClock, ticks: number): Promise<Answer> {
  const seen: { toDecided: number; toStarted: number }[] = []
  for (let n = 0; n < ticks + 1; n++) {
    const due = clock.leapTo((at) => at.getUTCMinutes() === 7)
    const run = await until(async () => {
      const [row] = await bench.context.db.execute<{ decided: number; started: number; status: string }>(sql`
        select extract(epoch from t.decided_at)::float8 * 1000 as decided, extract(epoch from a.started_at)::float8 * 1000 as started, r.status
        from ticks t join runs r on r.run_id = t.run_id join attempts a on a.run_id = r.run_id and a.attempt = 1
        where t.due_at = ${due.at.toISOString()}::timestamptz`)
      return row?.status === 'succeeded' && row
    })
    // The first makes statements and connections known.
    if (n > 0) seen.push({ toDecided: run.decided - due.at.getTime(), toStarted: run.started - due.realMs })
  }
  const of = (measure: (one: (typeof seen)[number]) => number) => {
    const values = seen.map(measure)
    return { p50: rounded(median(values), 1), p95: rounded(p95(values), 1), most: rounded(Math.max(...values), 1) }
  }
  const toStarted = of((one) => one.toStarted)
  return {
    name: 'tick to run start, idle',
    value: toStarted.p95,
    unit: 'ms',
    ...below(toStarted.p95, 50),
    measured: 'p95 from the due instant to the start of the attempt in its row',
    ticks,
    dueToStarted: toStarted,
    dueToDecided: of((one) => one.toDecided),
    decidedToStarted: of((one) => one.toStarted - one.toDecided),
  }
}

type World = {
  readonly bench: Bench
  readonly clock: LeapingClock
  readonly source: { change(): void }
  readonly month: number
}

async function manyAtOnce(world: World, jobs: number, rounds: number): Promise<Answer> {
  const { bench, clock, month } = world
  const found: { clock: number; direct: number; decided: number; noop: number }[] = []
  // The first round brings new lines, which is other work.
  for (let round = 0; round <= rounds; round++) {
    world.source.change()
    const due = clock.leapTo((at) => at.getUTCMonth() + 1 === month && at.getUTCHours() === 0 && at.getUTCMinutes() === 37)
    const byClock = await endOf(bench, due.realMs, jobs)
    const [ticks] = await bench.context.db.execute<{ last: number }>(sql`
      select extract(epoch from max(r.queued_at))::float8 * 1000 as last from ticks t join runs r on r.run_id = t.run_id where t.due_at = ${due.at.toISOString()}::timestamptz`)
    world.source.change()
    const direct = await endOf(bench, await enqueueDirectly(bench), jobs)
    const noop = await noopTasks(bench, jobs)
    tell(
      `  ${jobs} at once, round ${round}: the clock ${byClock.toFixed(0)} ms, directly ${direct.toFixed(0)} ms, tasks that do nothing ${noop.toFixed(0)} ms`,
    )
    if (round > 0) found.push({ clock: byClock, direct, decided: ticks!.last - due.realMs, noop })
  }
  const perSecond = (key: keyof (typeof found)[number]) => Math.round(jobs / (median(found.map((one) => one[key])) / 1000))
  const ratios = found.map((one) => rounded(one.direct / one.clock))
  const value = rounded(median(ratios))
  return {
    name: `${jobs} small jobs due at once`,
    value,
    unit: 'ratio',
    ...atLeast(value, 0.7),
    against: 'the same runs of the same jobs, handed to graphile-worker directly; one worker process',
    slots: SLOTS,
    rounds,
    ratios,
    runsPerS: perSecond('clock'),
    directPerS: perSecond('direct'),
    lastTickDecidedMs: Math.round(median(found.map(({ decided }) => decided))),
    noopTasksPerS: perSecond('noop'),
  }
}

/** Runs that are there already, as somebody's "run now" makes them, put into the queue by one statement. */
async function enqueueDirectly({ context }: Bench): Promise<number> {
  const jobs = await context.db.execute<{ jobId: number; version: number }>(
    sql`select job_id as "jobId", current_version as version from jobs where name like 'heap-%' order by 1`,
  )
  const common = { trigger: 'manual', status: 'queued', slice: '*', requestedBy: BENCH.name } as const
  const runs = await context.db.transaction((tx) =>
    insertRuns(
      tx,
      jobs.map(({ jobId, version }) => ({ ...common, jobId, jobVersion: version, correlationId: randomUUID() })),
    ),
  )
  const begun = Date.now()
  await context.db.transaction((tx) =>
    enqueueRuns(
      tx,
      runs.map(({ runId }) => runId),
    ),
  )
  return begun
}

/** Milliseconds from `begunMs` until the last of the newest `jobs` runs has ended. */
async function endOf({ context }: Bench, begunMs: number, jobs: number): Promise<number> {
  const ended = await until(async () => {
    const [row] = await context.db.execute<{ n: number; bad: number; last: number }>(sql`
      select count(*)::int as n, count(*) filter (where status <> 'succeeded')::int as bad, extract(epoch from max(finished_at))::float8 * 1000 as last
      from runs where finished_at >= to_timestamp(${begunMs / 1000})`)
    return row!.n >= jobs && row!
  })
  if (ended.bad > 0) throw new Error(`${ended.bad} of ${jobs} runs did not succeed`)
  return ended.last - begunMs
}

async function noopTasks(bench: Bench, tasks: number): Promise<number> {
  let done = 0
  let allDone = () => {}
  const finished = new Promise<void>((resolve) => {
    allDone = resolve
  })
  const queue = await startQueue({
    connectionString: bench.appUrl,
    concurrency: SLOTS,
    noHandleSignals: true,
    logger: new Logger(() => () => undefined),
    taskList: {
      bench_noop: async () => {
        if (++done === tasks) allDone()
      },
    },
  })
  const begun = performance.now()
  await bench.context.db.execute(sql`select graphile_worker.add_job('bench_noop', '{}') from generate_series(1, ${tasks}::int)`)
  await finished
  const taken = performance.now() - begun
  await queue.stop()
  return taken
}

async function importInParts({ context }: Bench, jobs: readonly object[]): Promise<void> {
  for (let i = 0; i < jobs.length; i += 100) {
    const yaml = jobs.slice(i, i + 100).map((job) => JSON.stringify(job))
    await importDefinitions(context, { yaml: yaml.join('\n---\n'), actor: BENCH })
  }
}

type LeapingClock = ReturnType<typeof leapingClock>

/** What a process does every few seconds it does at the same place in each of these, and so in each minute. */
const LATTICE_MS = 5_000

/** A clock that goes like the machine's and leaps ahead when asked, so that a due time begins soon, and where minutes begin. */
function leapingClock() {
  let aheadMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    /** The next minute for which `isDue`, and the machine's instant at which it begins. */
    leapTo(isDue: (at: Date) => boolean): { at: Date; realMs: number } {
      const realMs = Math.ceil((Date.now() + LEAD_MS) / LATTICE_MS) * LATTICE_MS
      let at = new Date(Math.floor((realMs + aheadMs) / 60_000) * 60_000 + 60_000)
      while (!isDue(at)) at = new Date(at.getTime() + 60_000)
      aheadMs = at.getTime() - realMs
      return { at, realMs }
    },
  }
}

async function until<T>(look: () => Promise<T | false | undefined>): Promise<T> {
  for (const end = Date.now() + 300_000; ; await sleep(20)) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error('it did not come to that')
  }
}
