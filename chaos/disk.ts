import { execFile } from 'node:child_process'
import { chmod, mkdtemp, open, rm, rmdir, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isDatabaseAway } from '#db/failures.ts'
import { keepFile } from '#db/testing/load.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { recoverRuns } from '#server/services/recover-runs.ts'
import { openCluster, type Cluster } from './cluster.ts'
import { compareWithSources, inspect, Tally } from './compare.ts'
import { startReader } from './reader.ts'
import { csvOf, Source } from './source.ts'
import { openTower, openWorker, type Tower } from './tower.ts'
import type { Found, Setting, Size, Trial } from './trial.ts'
import { NOTHING } from './trial.ts'

const run = promisify(execFile)
const DISK_MB = 400
const ROUNDS: Readonly<Record<Size, number>> = { brief: 1, quick: 2, long: 10 }
const LINES = 12_000
const TRIES_MAX = 12
const ENDS_MS_MAX = 60_000

/**
 * PostgreSQL on a small disk that fills up while it loads. The run says so in words and is tried again, what was handed over is kept or
 * refused as a whole, this process lives, and once there is room everything ends well; also where PostgreSQL itself went down, as
 * it does when it cannot write its log.
 */
export const trial: Trial = { name: 'disk', run: runTrial }

async function runTrial({ random, size, tell }: Setting): Promise<Found> {
  const folder = await mkdtemp(join(tmpdir(), 'tower-chaos-disk-'))
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0711`, 'tower-chaos', folder]).then(
    () => true,
    () => false,
  )
  if (!mounted) {
    await rmdir(folder)
    return { ...NOTHING, notRun: true, notes: ['not run: needs the right to mount a small disk (tmpfs)'] }
  }
  const unmount = () => run('umount', [folder])
  const tally = new Tally()
  try {
    await chmod(folder, 0o711)
    const cluster = await openCluster(folder)
    try {
      const sources = [new Source(random, 'juniper', 'north')]
      const tower = await openTower(
        cluster,
        'tried',
        sources.map(({ job }) => job),
      )
      const reader = startReader(tower.appUrl, sources, 20)
      for (let round = 0; round < ROUNDS[size]; round++) {
        await fillAndEmpty(cluster, tower, sources[0]!, random.whole(2, 30), tally)
        tell(`  ${round + 1} of ${ROUNDS[size]} full disks`)
      }
      tally.read(await reader.stop())
      await compareWithSources(tower, sources, tally)
      await inspect(tower, tally)
      await sayFailures(tower, tally)
      await tower.close()
    } finally {
      await cluster.remove()
    }
  } finally {
    await unmount()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...tally }
}

/** Loads until the disk is full, looks at what is said, makes room, and goes on. */
async function fillAndEmpty(cluster: Cluster, tower: Tower, source: Source, leftMb: number, tally: Tally): Promise<void> {
  const ballast = join(cluster.folder, 'ballast')
  const worker = await openWorker(tower.appUrl)
  await fill(ballast, cluster.folder, leftMb)
  let stuck: { runId: number; going: Promise<unknown> } | null = null
  let refused: string | null = null
  for (let tries = 0; tries < TRIES_MAX && stuck === null && refused === null; tries++) {
    const text = csvOf(source.next(LINES))
    const runId = await keepFile(tower.context, source.name, text).catch((error: unknown) => {
      // Away it may be as well: PostgreSQL goes down when it cannot write its log.
      if (!isDatabaseAway(error)) tally.blame(1, `a delivery was refused, and not for the disk: ${String(error)}`)
      return null
    })
    // Not answered for: nothing of it may be there, and whoever handed it over does so again.
    if (runId === null) refused = text
    else {
      tally.loads++
      const going = executeRun(worker.context, runId).catch(() => null)
      if ((await Promise.race([going, untilDown(cluster)])) !== 'succeeded') stuck = { runId, going }
    }
  }
  tally.kills++
  if (stuck === null && refused === null) tally.blame(1, `the disk did not fill up with ${leftMb} MB left`)
  // It goes down a moment after it has said so.
  await sleep(1_000)
  const wasUp = await cluster.isUp()
  await rm(ballast)
  if (!wasUp) await cluster.start()
  tally.say(
    `${leftMb} MB left: ${stuck === null ? 'a delivery was refused' : 'a load did not get through'}; PostgreSQL ${wasUp ? 'stayed up' : 'went down, and came back once there was room'}`,
  )
  let runId = stuck?.runId ?? null
  if (refused !== null) {
    const text = refused
    runId = await again(() => keepFile(tower.context, source.name, text))
    tally.loads++
  }
  await stuck?.going
  // Another worker takes over what this one could not even end.
  await worker.close()
  const next = await openWorker(tower.appUrl)
  if (runId !== null && (await untilEnded(tower, next.context, runId)) !== 'succeeded')
    tally.blame(1, `run ${runId} did not end well once there was room`)
  await next.close()
}

async function untilDown(cluster: Cluster): Promise<'down'> {
  while (await cluster.isUp()) await sleep(200)
  return 'down'
}

/** Leaves so many megabytes, whatever is there. */
async function fill(path: string, folder: string, leftMb: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const bytes = Math.max(0, bavail * bsize - leftMb * 1024 * 1024)
  const file = await open(path, 'w')
  const piece = Buffer.alloc(1024 * 1024)
  for (let written = 0; written + piece.length <= bytes; written += piece.length) await file.write(piece)
  await file.close()
}

/** A server that recovers takes a while. */
async function again<T>(work: () => Promise<T>, msMax = 5_000): Promise<T> {
  for (const until = Date.now() + msMax; ; await sleep(250)) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > until) throw error
    }
  }
}

async function untilEnded({ owner }: Tower, worker: Parameters<typeof executeRun>[0], runId: number): Promise<string> {
  for (const until = Date.now() + ENDS_MS_MAX; Date.now() < until; await sleep(50)) {
    await recoverRuns(worker).catch(() => null)
    await executeRun(worker, runId).catch(() => null)
    const [row] = await again(() => owner<{ status: string }[]>`select status from runs where run_id = ${runId}`)
    if (!['queued', 'waiting', 'running'].includes(row!.status)) return row!.status
  }
  return 'never'
}

async function sayFailures({ owner }: Tower, tally: Tally): Promise<void> {
  const rows = await owner<{ failure_code: string; detail: string; n: number }[]>`
    select failure_code, min(failure_detail) as detail, count(*)::int as n from attempts where outcome = 'failed' group by 1`
  for (const { failure_code, detail, n } of rows) tally.say(`${n} attempts failed as ${failure_code}: ${detail}`)
}
