import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '#db/seed/world/random.ts'
import { httpLedgerJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, type JobInput } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { generateLedgerLines } from '#server/connectors/simulator/ledger-lines.ts'
import { startLedgerSimulator, type LedgerSimulatorOptions } from '#server/connectors/simulator/ledger-simulator.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '#server/services/context.ts'
import { replayRun } from '#server/services/replay-run.ts'
import { rollbackRun } from '#server/services/rollback/rollback-run.ts'
import { startRun } from '#server/services/start-run.ts'
import { bookOf, figuresOf, judgeBooks, type Book } from './book.ts'
import { openCluster } from './cluster.ts'
import { inspect, Tally } from './compare.ts'
import { startReader } from './reader.ts'
import { csvOf, Source, type SourceLine } from './source.ts'
import { openTower, openWorker, toItsEnd, type Tower } from './tower.ts'
import type { Found, Setting, Size, Trial } from './trial.ts'

const ROUNDS: Readonly<Record<Size, number>> = { brief: 1, quick: 3, long: 40 }
const PAGE = 10

type Place = {
  readonly tower: Tower
  readonly workers: readonly Context[]
  readonly random: Random
  readonly tally: Tally
  readonly number: number
  /** Which turn of this kind. */
  readonly round: number
  readonly folder: string
  readonly rollbacks: { through: number; refused: number }
}
type Round = (place: Place) => Promise<void>

const ROUNDS_OF: Readonly<Record<string, Round>> = {
  'the same delivery twice at once': async (place) => {
    const { source, first } = await standing(place)
    const runs = [await keep(place, source, first), await keep(place, source, first)]
    await watched(place, source, () => atOnce(place, runs))
    await judge(place, source, [bookOf(first)])
  },
  'the same delivery by two jobs of one system at once': async (place) => {
    const { source, first } = await standing(place)
    const twin = { ...source.job, job: `${source.name}-twin` }
    await importJob(place.tower.context, twin)
    const second = source.next(place.random.whole(20, 200))
    const runs = [await keep(place, source, second), await keepFile(place.tower.context, twin.job, csvOf(second))]
    place.tally.loads++
    await watched(place, source, () => atOnce(place, runs))
    await judge(place, source, [bookOf(first, second)])
  },
  'pages shuffled': (place) => samePages(place, (options) => ({ ...options, shuffle: place.random.whole(1, 1_000_000) })),
  'a page repeated': (place) =>
    samePages(place, (options) => {
      const lines = [...(options.lines as ReturnType<typeof generateLedgerLines>)]
      const at = PAGE * place.random.whole(0, Math.floor(lines.length / PAGE))
      return { ...options, lines: [...lines.slice(0, at + PAGE), ...lines.slice(at, at + PAGE), ...lines.slice(at + PAGE)] }
    }),
  'a cursor that loops': async (place) => {
    const { tower, workers, random, tally, number } = place
    const before = await publishedHash(tower.context.db)
    const simulator = await startLedgerSimulator({
      lines: { count: 80 },
      pageSize: PAGE,
      faults: [{ on: 'request', kind: 'loop_cursor', nth: random.whole(2, 7) }],
    })
    const runId = await ask(place, httpJob(`loops-${number}`, simulator.url))
    const status = await toItsEnd(workers[0]!, tower, runId)
    await simulator.stop()
    if (status !== 'failed') tally.blame(1, `a cursor that loops ended ${status}`)
    if ((await publishedHash(tower.context.db)) !== before) tally.blame(1, 'a cursor that loops changed what is published')
  },
  'a file replaced while it is read': async (place) => {
    const source = new Source(place.random, `folder-${place.number}`, `folder-${place.number}`)
    const other = new Source(place.random, source.name, source.name)
    const [first, second] = [source.next(4_000), other.next(4_000)]
    source.states.push(other.states.at(-1)!)
    const job: JobInput = {
      ...source.job,
      source: { type: 'folder', path: place.folder, pattern: `${source.name}.csv`, settleMs: 0 },
    }
    const path = join(place.folder, `${source.name}.csv`)
    await writeFile(path, csvOf(first))
    const runId = await ask(place, job, `file:${source.name}.csv`)
    await writeFile(`${path}.new`, csvOf(second))
    await watched(place, source, async () => {
      const going = atOnce(place, [runId])
      await sleep(place.random.whole(0, 40))
      await rename(`${path}.new`, path)
      place.tally.kills++
      await going
    })
    // Where it was noticed, it was tried again.
    await judge(place, source, [bookOf(first), bookOf(second)])
  },
  'two replays of one run at once': async (place) => {
    const { source, first, runId } = await standing(place)
    const second = source.next(place.random.whole(20, 200))
    await atOnce(place, [await keep(place, source, second)])
    source.apply(first)
    const runs = [await replay(place, runId), await replay(place, runId)]
    await watched(place, source, () => atOnce(place, runs))
    await judge(place, source, [bookOf(first, second, first)])
  },
  'a replay during a load of the same slice': async (place) => {
    const { source, first, runId } = await standing(place)
    const second = source.next(place.random.whole(20, 200))
    const runs = [await keep(place, source, second), await replay(place, runId)]
    // It was asked for before the load had published, so it puts nothing of it back.
    const isTooLate = second.some(({ id }) => first.some((line) => line.id === id))
    await watched(place, source, () => atOnce(place, runs, ['succeeded', isTooLate ? 'failed' : 'succeeded']))
    await judge(place, source, [bookOf(first, second)])
  },
  'a rollback during a replay': async (place) => {
    const { source, first, runId } = await standing(place)
    const second = source.next(place.random.whole(20, 200))
    const [correction] = await atOnce(place, [await keep(place, source, second)])
    const again = await replay(place, runId)
    source.apply(first)
    source.states.push(source.states[1]!)
    // Begun before it, asked for after its end, and then at some moment.
    const waitMs = place.random.whole(0, 150)
    await watched(place, source, async () => {
      const early = place.round === 0 ? rollback(place, correction!) : null
      const replaying = atOnce(place, [again])
      if (!early) await (place.round === 1 ? replaying : sleep(waitMs))
      const isThrough = await (early ?? rollback(place, correction!))
      await replaying
      const isTooLate = place.round === 1 && second.some(({ id }) => first.some((line) => line.id === id))
      if (isTooLate && isThrough) place.tally.blame(1, 'a rollback got through though a later publication stands on it')
      await judge(place, source, [isThrough ? bookOf(first) : bookOf(first, second, first)])
    })
  },
}

/** What comes twice, out of order, or at the same time as something that contradicts it: always rows that some plain order would have left. */
export const trial: Trial = { name: 'disorder', run }

async function run({ random, size, tell }: Setting): Promise<Found> {
  const tally = new Tally()
  const folder = await mkdtemp(join(tmpdir(), 'tower-chaos-files-'))
  const cluster = await openCluster()
  try {
    const tower = await openTower(cluster, 'tried', [])
    const workers = await Promise.all([openWorker(tower.appUrl), openWorker(tower.appUrl)])
    let number = 0
    const rollbacks = { through: 0, refused: 0 }
    for (let round = 0; round < ROUNDS[size]; round++) {
      for (const [what, play] of Object.entries(ROUNDS_OF)) {
        const blamed = tally.lost + tally.doubled + tally.unexplained
        const contexts = workers.map(({ context }) => context)
        await play({ tower, workers: contexts, random, tally, number: ++number, round, folder, rollbacks })
        if (tally.lost + tally.doubled + tally.unexplained > blamed) tally.say(`in round ${number}: ${what}`)
      }
      tell(`  ${number} rounds`)
    }
    await inspect(tower, tally)
    tally.blame(rollbacks.through > 0 ? 0 : 1, 'no rollback got through')
    tally.say(
      `${rollbacks.through} rollbacks got through, ${rollbacks.refused} came too late; ${tally.looks} looks of the reader`,
    )
    tally.say(`${number} rounds of ${Object.keys(ROUNDS_OF).length} kinds: ${Object.keys(ROUNDS_OF).join(', ')}`)
    for (const worker of workers) await worker.close()
    await tower.close()
    return { ...tally }
  } finally {
    await cluster.remove()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A source of its own whose first delivery stands. */
async function standing(place: Place): Promise<{ source: Source; first: SourceLine[]; runId: number }> {
  const source = new Source(place.random, `round-${place.number}`, `round-${place.number}`)
  await importJob(place.tower.context, source.job)
  const first = source.next(place.random.whole(20, 200))
  const runId = await keep(place, source, first)
  await atOnce(place, [runId])
  return { source, first, runId }
}

async function keep({ tower, tally }: Place, source: Source, rows: readonly SourceLine[]): Promise<number> {
  tally.loads++
  return keepFile(tower.context, source.name, csvOf(rows))
}

async function ask({ tower, tally }: Place, job: JobInput, slice = '*'): Promise<number> {
  tally.loads++
  await importJob(tower.context, job)
  return (await startRun(tower.context, { job: job.job, actor: ADMIN, slice })).runId
}

async function replay({ tower, tally }: Place, runId: number): Promise<number> {
  tally.loads++
  return (
    await replayRun(tower.context, {
      runId,
      rules: 'current',
      preview: false,
      overNewer: true,
      actor: ADMIN,
      reason: 'once more',
    })
  ).runId
}

/** Refused where the replay was published before it: a later publication stands on it. */
async function rollback({ tower, rollbacks }: Place, runId: number): Promise<boolean> {
  try {
    await rollbackRun(tower.context, { runId, actor: ADMIN, reason: 'it was not meant' })
    rollbacks.through++
    return true
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    rollbacks.refused++
    return false
  }
}

/** A reader looks while it happens. */
async function watched(place: Place, source: Source, work: () => Promise<unknown>): Promise<void> {
  const reader = startReader(place.tower.appUrl, [source])
  await work()
  place.tally.read(await reader.stop())
}

/** Every run by another worker, in the same moment. */
async function atOnce(
  { tower, workers, tally }: Place,
  runs: readonly number[],
  wanted: readonly string[] = [],
): Promise<readonly number[]> {
  const ended = await Promise.all(runs.map((runId, i) => toItsEnd(workers[i % workers.length]!, tower, runId)))
  for (const [i, status] of ended.entries()) if (status !== (wanted[i] ?? 'succeeded')) tally.blame(1, `a run ended ${status}`)
  return runs
}

const httpJob = (name: string, url: string): JobInput =>
  httpLedgerJob(url, { job: name, system: { code: name, name, kind: 'erp' }, retry: { attempts: 3, baseMs: 10, maxMs: 20 } })

/** An API that misbehaves leaves what the same one leaves when it does not. */
async function samePages(place: Place, disturb: (options: LedgerSimulatorOptions) => LedgerSimulatorOptions): Promise<void> {
  const { tower, workers, tally, number } = place
  const options: LedgerSimulatorOptions = { lines: generateLedgerLines({ count: 95 }), pageSize: PAGE }
  const hashes: string[] = []
  for (const [name, given] of [
    ['calm', options],
    ['tried', disturb(options)],
  ] as const) {
    const simulator = await startLedgerSimulator(given)
    const system = `pages-${number}-${name}`
    const status = await toItsEnd(workers[0]!, tower, await ask(place, httpJob(system, simulator.url)))
    await simulator.stop()
    if (status !== 'succeeded') tally.blame(1, `${system} ended ${status}`)
    hashes.push(await publishedHash(tower.context.db, system))
  }
  tally.blame(hashes[0] === hashes[1] ? 0 : 1, 'an API that sends its pages in disorder leaves other figures')
}

async function judge({ tower, tally }: Place, source: Source, allowed: readonly Book[]): Promise<void> {
  await judgeBooks(tower.owner, source.entity, allowed, tally)
  const found = await figuresOf(tower.owner, source.entity)
  if (found.lines !== found.totals) tally.blame(1, `${source.entity}: totals are not those of the lines`)
}
