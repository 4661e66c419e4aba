import { setTimeout as sleep } from 'node:timers/promises'
import { compareTowers, compareWithSources, inspect, Tally } from './compare.ts'
import { openCluster } from './cluster.ts'
import { countActive, deliveriesOf, handOverTwice, insisting, loadCalmly, untilEnded, untilRoom } from './feed.ts'
import { startReader } from './reader.ts'
import { Source } from './source.ts'
import { openTower, type Tower } from './tower.ts'
import type { Found, Setting, Size, Trial } from './trial.ts'
import { startWorkers } from './workers.ts'

const LOADS: Readonly<Record<Size, { loads: number; large: number }>> = {
  brief: { loads: 12, large: 0 },
  quick: { loads: 50, large: 1 },
  long: { loads: 1_000, large: 10 },
}
const WAITING_MAX = 24
/** After the last one that was killed is at work again: on a busy machine that alone takes seconds. */
const BETWEEN_MS = { least: 50, most: 2_500 }
const STAGES = ['extract', 'validate', 'load', 'prove', 'publish'] as const
const STAGE_MS_MAX = 3_000
/** Of the twenty a job of the trial has. */
const ATTEMPTS_KILLED_MAX = 15

/**
 * kill -9 of worker processes at random moments while several jobs load at once, every delivery handed over twice. Afterwards
 * everything is as after an undisturbed run of the same deliveries, and as the sources say.
 */
export const trial: Trial = { name: 'kills', run }

async function run({ random, size, loads: asked, tell }: Setting): Promise<Found> {
  const tally = new Tally()
  const { loads, large } = asked === null ? LOADS[size] : { loads: asked, large: Math.max(1, Math.round(asked / 100)) }
  // Two of them bring lines of one system: their differences are taken against each other.
  const sources = [
    new Source(random, 'ash', 'north'),
    new Source(random, 'birch', 'north'),
    new Source(random, 'cedar', 'south'),
    new Source(random, 'dogwood', 'west'),
  ]
  const cluster = await openCluster()
  try {
    const tried = await openTower(
      cluster,
      'tried',
      sources.map(({ job }) => job),
    )
    const deliveries = deliveriesOf(random, sources, Math.ceil(loads / 2), large)
    const workers = await startWorkers({ ownerUrl: tried.ownerUrl, folder: cluster.folder, count: 2 })
    const reader = startReader(tried.appUrl, sources)
    const feeding = { isOver: false }
    const killing = killAtRandom(tried, random, workers, feeding, tally, loads)
    let handed = 0
    for (const delivery of deliveries) {
      await untilRoom(tried, WAITING_MAX)
      await handOverTwice(tried, delivery)
      if (++handed % 50 === 0) tell(`  ${2 * handed} of ${loads} loads, ${tally.kills} kills`)
    }
    feeding.isOver = true
    await killing
    const restarted = await untilEnded(tried, tally)
    const read = await reader.stop()
    const deaths = workers.deaths()
    await workers.stop()

    const calm = await openTower(
      cluster,
      'calm',
      sources.map(({ job }) => job),
    )
    await loadCalmly(calm, deliveries)
    tally.read(read)
    for (const note of deaths.said) tally.say(note)
    tally.blame(deaths.count, `${deaths.count} workers died that nobody killed`)
    await compareWithSources(tried, sources, tally)
    await compareTowers(tried, calm, tally)
    await inspect(tried, tally)
    tally.loads = 2 * deliveries.length
    tally.say(await whatWasHit(tried, read.looks, restarted))
    await Promise.all([tried.close(), calm.close()])
    return { ...tally }
  } finally {
    await cluster.remove()
  }
}

/** Every other kill at a random moment, the others in a stage chosen at random, while there is work. */
async function killAtRandom(
  tower: Tower,
  random: Setting['random'],
  workers: Awaited<ReturnType<typeof startWorkers>>,
  feeding: { readonly isOver: boolean },
  tally: Tally,
  killsMax: number,
): Promise<void> {
  for (;;) {
    await workers.allUp()
    await sleep(random.whole(BETWEEN_MS.least, BETWEEN_MS.most))
    if (tally.kills % 2 === 1) await untilSomeoneIsIn(tower, random.pick(STAGES))
    await sleep(random.whole(0, 30))
    // A run that nobody takes back would be waited for for ever.
    if (feeding.isOver && (tally.kills >= killsMax || (await countActive(tower)) === 0)) return
    if (await isNearlyGivenUp(tower)) continue
    const first = random.whole(0, 2)
    workers.kill(first)
    tally.kills++
    if (random.whole(0, 5) > 0) continue
    workers.kill(1 - first)
    tally.kills++
  }
}

/**
 * Killed too often a run ends as failed, and later deliveries go on without it: rightly so, and nothing to compare with an undisturbed
 * run any more. On a busy machine a large load comes to that.
 */
async function isNearlyGivenUp({ owner }: Tower): Promise<boolean> {
  const [row] = await insisting(
    () => owner<{ n: number }[]>`
      select coalesce(max(attempt - attempts_forgiven), 0)::int as n from runs where status in ('queued', 'waiting', 'running')`,
  )
  return row!.n >= ATTEMPTS_KILLED_MAX
}

async function untilSomeoneIsIn({ owner }: Tower, stage: (typeof STAGES)[number]): Promise<void> {
  for (const until = Date.now() + STAGE_MS_MAX; Date.now() < until; await sleep(3)) {
    const found = await owner`
      select from stages s join runs r on r.run_id = s.run_id and r.attempt = s.attempt
      where r.status = 'running' and s.stage = ${stage} and s.ended_at is null limit 1`
    if (found.length > 0) return
  }
}

async function whatWasHit({ owner }: Tower, looks: number, restarted: number): Promise<string> {
  const hit = await insisting(
    () => owner<{ stage: string; n: number }[]>`
      select coalesce((select s.stage from stages s where s.run_id = a.run_id and s.attempt = a.attempt order by s.started_at desc limit 1), 'none') as stage, count(*)::int as n
      from attempts a where a.failure_code = 'worker_lost' group by 1 order by 1`,
  )
  const [segments] = await owner<{ n: number }[]>`select count(distinct segment)::int as n from lines where segment <> 0`
  return `attempts killed: ${hit.map(({ stage, n }) => `${n} in ${stage}`).join(', ') || 'none'}; ${segments!.n} loads attached as segments; ${looks} looks of the reader; ${restarted} runs restarted by hand`
}
