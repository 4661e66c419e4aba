import { randomUUID } from 'node:crypto'
import { createReadStream, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Transaction } from '#db/client.ts'
import { enqueueRuns } from '#db/queries/queue.ts'
import { insertRuns } from '#db/queries/runs.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { loadFile } from '#server/services/load-file.ts'
import { ledgerJobOf, writeLedger } from './ledger-file.ts'
import { cpuSecondsOf, parentOf, startWorkerProcess } from './processes.ts'
import { atLeast, below, median, rounded, tell, type Answer, type Size } from './question.ts'
import { BENCH, benchDir, openBench, type Bench } from './setup.ts'
import { smallJob, startSmallSource } from './small-source.ts'

const LOOK_MS = 100
const WAITS_SHOWN = 6

type Heap = { readonly small: number; readonly medium: number; readonly mediumLines: number }
type Found = { seconds: number; nodeCpu: number; databaseCpu: number; waits: Record<string, number>; workerMb: number[] }

/**
 * How throughput grows with worker processes on one database: the same heap of work (small runs that ask their source for four
 * changed lines, and medium loads) for 1, 2 and, where there is time, 4 of them, four slots each. What bounds it is looked up, not guessed: processor
 * seconds of Node and of PostgreSQL from /proc beside the seconds that passed, and what active backends waited for.
 */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const sides = quick ? [1, 2] : [1, 2, 4]
  const heap: Heap = quick ? { small: 24, medium: 1, mediumLines: 10_000 } : { small: 400, medium: 8, mediumLines: 40_000 }
  const file = join(benchDir, `ledger-${heap.mediumLines}.csv`)
  const source = await startSmallSource()
  const bench = await openBench('tower_bench_workers')
  try {
    await writeLedger(file, { lines: heap.mediumLines })
    await importHeap(bench, heap, source.url)
    const found = new Map<number, Found[]>(sides.map((processes) => [processes, []]))
    // The first round brings every line for the first time, which is other work.
    for (let round = 0; round <= (quick ? 1 : Math.min(rounds, 3)); round++) {
      for (const processes of sides) {
        source.change()
        const one = await carryOut(bench, heap, file, processes)
        tell(`  ${processes} worker processes, round ${round}: ${JSON.stringify(one)}`)
        if (round > 0) found.get(processes)!.push(one)
      }
    }
    yield* answers(heap, found)
  } finally {
    await bench.close()
    await source.stop()
    await rm(file, { force: true })
  }
}

function* answers(heap: Heap, found: ReadonlyMap<number, Found[]>): Generator<Answer> {
  const secondsOf = (processes: number) => median(found.get(processes)!.map(({ seconds }) => seconds))
  const runs = heap.small + heap.medium
  const curve = [...found].map(([processes, times]) => {
    const last = times.at(-1)!
    return {
      processes,
      runsPerS: rounded(runs / secondsOf(processes), 1),
      against1: rounded(secondsOf(1) / secondsOf(processes)),
      // Of the processors' seconds that passed: 2 would be both cores, all the time.
      nodeCores: rounded(last.nodeCpu / last.seconds),
      databaseCores: rounded(last.databaseCpu / last.seconds),
      waits: last.waits,
      workerMb: last.workerMb,
    }
  })
  const value = curve.find(({ processes }) => processes === 2)!.against1
  // Two cores are full when one worker and its database run: more than this is not there to be had.
  yield { name: '2 worker processes against 1', value, unit: 'ratio', ...atLeast(value, 1), ...heap, curve }
  const mb = Math.max(...[...found.values()].flat().flatMap(({ workerMb }) => workerMb))
  yield { name: 'memory of a worker process among others', value: mb, unit: 'MB', ...below(mb, 300) }
}

async function importHeap({ context }: Bench, { small, medium }: Heap, url: string): Promise<void> {
  const definitions = [
    ...Array.from({ length: small }, (_, i) => JSON.stringify(smallJob(url, `heap-${i}`))),
    ...Array.from({ length: medium }, (_, i) => ledgerJobOf(`medium-${i}`)),
  ]
  for (let i = 0; i < definitions.length; i += 100)
    await importDefinitions(context, { yaml: definitions.slice(i, i + 100).join('\n---\n'), actor: BENCH })
}

async function carryOut(bench: Bench, heap: Heap, file: string, processes: number): Promise<Found> {
  const runIds = await makeRuns(bench, heap, file)
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorkerProcess(bench.appUrl)))
  try {
    const look = await lookAtDatabase(bench)
    const cpuBefore = workers.reduce((all, worker) => all + worker.cpuSeconds(), 0)
    const begun = Date.now()
    await bench.context.db.transaction(async (tx) => {
      await setDue(tx, runIds, '0 s')
      await enqueueRuns(tx, runIds)
    })
    const ended = await untilEnded(bench, runIds)
    const { databaseCpu, waits } = await look.end()
    return {
      seconds: rounded((ended - begun) / 1000, 2),
      nodeCpu: rounded(workers.reduce((all, worker) => all + worker.cpuSeconds(), 0) - cpuBefore, 1),
      databaseCpu,
      waits,
      workerMb: workers.map((worker) => worker.peakMb()),
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
  }
}

/** Medium loads come first, the long ones of the heap. None is due yet, so that nobody begins before all may. */
async function makeRuns({ context }: Bench, { medium }: Heap, file: string): Promise<number[]> {
  const runIds: number[] = []
  for (let i = 0; i < medium; i++) {
    const bytes = createReadStream(file, { highWaterMark: 1 << 20 })
    runIds.push((await loadFile(context, { job: `medium-${i}`, name: 'ledger.csv', bytes, actor: BENCH })).runId)
  }
  const jobs = await context.db.execute<{ jobId: number; version: number }>(
    sql`select job_id as "jobId", current_version as version from jobs where name like 'heap-%' order by 1`,
  )
  const common = { trigger: 'manual', status: 'queued', slice: '*', requestedBy: BENCH.name } as const
  const small = await context.db.transaction((tx) =>
    insertRuns(
      tx,
      jobs.map(({ jobId, version }) => ({ ...common, jobId, jobVersion: version, correlationId: randomUUID() })),
    ),
  )
  runIds.push(...small.map(({ runId }) => runId))
  await context.db.transaction((tx) => setDue(tx, runIds, '1 h'))
  await context.db.execute(sql`select graphile_worker.remove_job('run:' || run_id) from runs where run_id in ${runIds}`)
  return runIds
}

async function setDue(tx: Transaction, runIds: readonly number[], from: '0 s' | '1 h'): Promise<void> {
  await tx.execute(sql`update runs set due_at = now() + ${from}::interval where run_id in ${runIds}`)
}

export async function untilEnded({ context }: Bench, runIds: readonly number[]): Promise<number> {
  const given = JSON.stringify(runIds)
  for (const end = Date.now() + 900_000; ; await sleep(50)) {
    const [row] = await context.db.execute<{ open: number; bad: number; last: number }>(sql`
      select count(*) filter (where finished_at is null)::int as open, count(*) filter (where finished_at is not null and status <> 'succeeded')::int as bad,
        extract(epoch from max(finished_at))::float8 * 1000 as last
      from runs where run_id in (select value::int from jsonb_array_elements_text(${given}::jsonb))`)
    if (row!.bad > 0) throw new Error(`${row!.bad} runs did not succeed`)
    if (row!.open === 0) return row!.last
    if (Date.now() > end) throw new Error(`${row!.open} runs have not ended`)
  }
}

/** Processor seconds of all processes of the server, and what its active backends were seen to wait for, in percent. */
export async function lookAtDatabase({ context }: Bench) {
  const [backend] = await context.db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  const postmaster = parentOf(backend!.pid)
  const before = new Map<number, number>()
  const now = new Map<number, number>()
  const waits = new Map<string, number>()
  const look = async () => {
    for (const pid of childrenOf(postmaster)) {
      const used = cpuSecondsOf(pid)
      // One that was born since has used all of it since.
      if (!before.has(pid)) before.set(pid, now.size === 0 ? used : 0)
      now.set(pid, Math.max(used, now.get(pid) ?? 0))
    }
    const rows = await context.db.execute<{ wait: string; n: number }>(sql`
      select coalesce(wait_event_type || ' ' || wait_event, 'runs') as wait, count(*)::int as n from pg_stat_activity
      where datname = current_database() and backend_type in ('client backend', 'parallel worker') and pid <> pg_backend_pid() and state = 'active' group by 1`)
    for (const { wait, n } of rows) waits.set(wait, (waits.get(wait) ?? 0) + n)
  }
  await look()
  let looking = Promise.resolve()
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined)
  }, LOOK_MS)
  return {
    async end() {
      clearInterval(timer)
      await looking
      await look()
      const all = [...waits.values()].reduce((sum, n) => sum + n, 0)
      const most = [...waits].sort((a, b) => b[1] - a[1]).slice(0, WAITS_SHOWN)
      return {
        databaseCpu: rounded(
          [...now].reduce((sum, [pid, used]) => sum + used - (before.get(pid) ?? 0), 0),
          1,
        ),
        waits: Object.fromEntries(most.map(([wait, n]) => [wait, Math.round((100 * n) / all)])),
      }
    },
  }
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return pids.filter((pid) => parentOf(pid) === parent)
}
