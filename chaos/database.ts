import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { databaseCode } from '#db/failures.ts'
import { randomOf, type Random } from '#db/seed/world/random.ts'
import { inDatabase } from '#db/testing/global-setup.ts'
import { openCluster, type Cluster } from './cluster.ts'
import { compareTowers, compareWithSources, inspect, Tally } from './compare.ts'
import { deliveriesOf, handOverTwice, insisting, loadCalmly, untilEnded, untilRoom, type Handed } from './feed.ts'
import { startReader } from './reader.ts'
import { Source } from './source.ts'
import { openTower, type Tower } from './tower.ts'
import type { Found, Setting, Size, Trial } from './trial.ts'
import { startWorkers } from './workers.ts'

type Place = {
  readonly cluster: Cluster
  readonly tower: Tower
  readonly random: Random
  readonly ask: postgres.Sql
  readonly tally: Tally
}

/** A worker stands back for everybody else: on a busy machine it is long until one begins. */
const BUSY_MS_MAX = 180_000
const MOMENT_MS_MAX = 200
/** Which share of the episodes must have found something running. */
const HITS_SHARE = 3 / 4
const AWAY_MS_MAX = 1_500
const TOO_MANY_CONNECTIONS = '53300'

/** What can happen to a database, each undone when it returns. */
const EPISODES = {
  'kill -9 of all its processes': async ({ cluster, random }) => {
    await cluster.kill()
    await sleep(random.whole(0, AWAY_MS_MAX))
    await cluster.start()
  },
  'an immediate stop': async ({ cluster, random }) => {
    await cluster.stop('SIGQUIT')
    await sleep(random.whole(0, AWAY_MS_MAX))
    await cluster.start()
  },
  'a fast stop': async ({ cluster, random }) => {
    await cluster.stop('SIGINT')
    await sleep(random.whole(0, AWAY_MS_MAX))
    await cluster.start()
  },
  'connections cut at random': async ({ ask, random }) => {
    for (let i = random.whole(5, 15); i > 0; i--) {
      const pids = await ask<{ pid: number }[]>`select pid from pg_stat_activity where usename = 'tower_app' order by pid`
      if (pids.length > 0) await ask`select pg_terminate_backend(${random.pick(pids).pid})`
      await sleep(random.whole(0, 150))
    }
  },
  'a statement timeout of some milliseconds': async ({ ask, random }) => {
    await ask.unsafe(`alter role tower_app set statement_timeout = ${random.whole(2, 40)}`)
    await cutAll(ask)
    await sleep(random.whole(500, 2_000))
    await ask.unsafe('alter role tower_app reset statement_timeout')
    await cutAll(ask)
  },
  'every connection taken by others': async ({ cluster, tower, ask, random, tally }) => {
    const [slots] = await ask<{ max_connections: string }[]>`show max_connections`
    const others = Array.from({ length: Number.parseInt(slots!.max_connections, 10) }, () => anotherOf(cluster.url))
    const takeAll = () => Promise.allSettled(others.map((other) => other`select 1`))
    await takeAll()
    await cutAll(ask)
    // Those of ours that ended are taken as well.
    await takeAll()
    const ours = anotherOf(tower.appUrl)
    // A connection that was cut goes in a moment of its own, and leaves room once more.
    let code: string | null = null
    for (let tries = 0; code !== TOO_MANY_CONNECTIONS && tries < 5; tries++) {
      code = await ours`select 1`.then(() => null, databaseCode)
      if (code !== TOO_MANY_CONNECTIONS) await takeAll()
    }
    if (code !== TOO_MANY_CONNECTIONS) tally.blame(1, `every connection was taken, and one of ours was not refused: ${code}`)
    await sleep(random.whole(500, 2_000))
    await Promise.all([ours, ...others].map((other) => other.end({ timeout: 1 })))
  },
} satisfies Readonly<Record<string, (place: Place) => Promise<void>>>
type Episode = keyof typeof EPISODES
const STOPS: readonly Episode[] = ['kill -9 of all its processes', 'an immediate stop', 'a fast stop']
const ALL = Object.keys(EPISODES) as Episode[]

const SIZES: Readonly<Record<Size, { loads: number; episodes: readonly Episode[] }>> = {
  brief: { loads: 16, episodes: ['kill -9 of all its processes', 'a statement timeout of some milliseconds'] },
  quick: { loads: 42, episodes: [...ALL, 'kill -9 of all its processes'] },
  // Fifty stops, and ten of each of the others.
  long: {
    loads: 500,
    episodes: Array.from({ length: 80 }, (_, i) => (i % 8 < 5 ? STOPS[i % 3]! : ALL[STOPS.length + (i % 8) - 5]!)),
  },
}

/** The database is killed, stopped, cut off, hurried and full while worker processes load; none of them may die of it. */
export const trial: Trial = { name: 'database', run }

async function run({ random, size, tell }: Setting): Promise<Found> {
  const tally = new Tally()
  const sources = [new Source(random, 'elm', 'north'), new Source(random, 'fir', 'north'), new Source(random, 'gorse', 'south')]
  const { loads, episodes } = SIZES[size]
  const cluster = await openCluster()
  try {
    const jobs = sources.map(({ job }) => job)
    const tower = await openTower(cluster, 'tried', jobs)
    const deliveries = deliveriesOf(random, sources, loads / 2, size === 'brief' ? 0 : Math.ceil(episodes.length / 10))
    const workers = await startWorkers({ ownerUrl: tower.ownerUrl, folder: cluster.folder, count: size === 'long' ? 2 : 1 })
    const reader = startReader(tower.appUrl, sources, 10)
    const going = { episodes: 0 }
    const feeding = feed(tower, deliveries, () => (deliveries.length * (going.episodes + 1)) / episodes.length)
    const ask = postgres(inDatabase(cluster.url, 'postgres'), { max: 1, backoff: () => 0.05, onnotice: () => undefined })
    const place: Place = { cluster, tower, ask, tally, random: randomOf(`episodes ${random.whole(0, 1_000_000)}`) }
    for (const name of episodes) {
      if (await untilBusy(tower, place.random)) tally.kills++
      await EPISODES[name](place)
      tell(`  ${++going.episodes} of ${episodes.length}: ${name}, ${tally.kills} while something ran`)
    }
    const few = Math.ceil(HITS_SHARE * episodes.length) - tally.kills
    tally.blame(Math.max(0, few), `only ${tally.kills} of ${episodes.length} episodes found something running`)
    await ask.end({ timeout: 1 })
    await feeding
    const restarted = await untilEnded(tower, tally)
    const read = await reader.stop()
    const { count, said } = workers.deaths()
    await workers.stop()
    tally.blame(count, `${count} workers died with the database: ${said.join('; ')}`)
    tally.read(read)
    const calm = await openTower(cluster, 'calm', jobs)
    await loadCalmly(calm, deliveries)
    await compareWithSources(tower, sources, tally)
    await compareTowers(tower, calm, tally)
    await inspect(tower, tally)
    tally.loads = 2 * deliveries.length
    tally.say(
      `${await failuresOf(tower)}; ${read.looks} looks of the reader, ${read.away} times there was no answer; ${restarted} runs restarted by hand`,
    )
    await Promise.all([tower.close(), calm.close()])
    return { ...tally }
  } finally {
    await cluster.remove()
  }
}

const WAITING_MAX = 10

/** Each episode has its share of the deliveries, so that none finds the feed ended. */
async function feed(tower: Tower, deliveries: readonly Handed[], mostBy: () => number): Promise<void> {
  for (const [i, delivery] of deliveries.entries()) {
    while (i >= mostBy()) await sleep(20)
    await untilRoom(tower, WAITING_MAX)
    await handOverTwice(tower, delivery)
  }
}

/** A moment after something began, while something still runs; false where nothing does. */
async function untilBusy({ owner }: Tower, random: Random): Promise<boolean> {
  const isBusy = async () => (await insisting(() => owner`select from runs where status = 'running' limit 1`)).length > 0
  for (const until = Date.now() + BUSY_MS_MAX; Date.now() < until; await sleep(10)) {
    if (!(await isBusy())) continue
    await sleep(random.whole(0, MOMENT_MS_MAX))
    if (await isBusy()) return true
  }
  return false
}

const anotherOf = (url: string) => postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined })

const cutAll = (ask: postgres.Sql) => ask`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tower_app'`

async function failuresOf({ owner }: Tower): Promise<string> {
  const rows = await owner<{ failure_code: string; n: number }[]>`
    select failure_code, count(*)::int as n from attempts where outcome = 'failed' group by 1 order by 1`
  return `attempts that failed: ${rows.map(({ failure_code, n }) => `${n} ${failure_code}`).join(', ') || 'none'}`
}
