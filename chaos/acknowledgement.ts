import { randomOf } from '#db/seed/world/random.ts'
import { keepFile } from '#db/testing/load.ts'
import { openCluster } from './cluster.ts'
import { compareWithSources, inspect, Tally } from './compare.ts'
import { openCuttingProxy, type Cut } from './cutting-proxy.ts'
import { startReader } from './reader.ts'
import { csvOf, Source } from './source.ts'
import { openTower, openWorker, toItsEnd, type Tower } from './tower.ts'
import type { Found, Setting, Size, Trial } from './trial.ts'

/** How many of the cuts are tried: all, or every so many, beginning where the seed says. */
const EVERY: Readonly<Record<Size, number>> = { brief: 8, quick: 3, long: 1 }
const SOURCES = 2
const LINES = 40

/**
 * The connection is cut at each statement of the publishing transaction, before it is sent and after it was answered, up to the commit
 * whose answer nobody hears. It is published once or not at all, and the next attempt ends well.
 */
export const trial: Trial = { name: 'acknowledgement', run }

async function run({ random, size, tell }: Setting): Promise<Found> {
  const tally = new Tally()
  const rows = randomOf(`rows ${random.whole(0, 1_000_000)}`)
  const sources = Array.from(
    { length: SOURCES },
    (_, i) => new Source(rows, `hazel${i + 1}`, `system ${i + 1}`.replace(' ', '-')),
  )
  const cluster = await openCluster()
  try {
    const tower = await openTower(
      cluster,
      'tried',
      sources.map(({ job }) => job),
    )
    const proxy = await openCuttingProxy(tower.appUrl)
    const worker = await openWorker(proxy.url)
    const reader = startReader(tower.appUrl, sources, 1)
    const deliver = async (source: Source, cut: Cut | null): Promise<void> => {
      const runId = await keepFile(tower.context, source.name, csvOf(source.next(LINES)), `${source.name}-${++tally.loads}.csv`)
      proxy.arm(cut)
      const what = cut ? `cut ${cut.when} statement ${cut.statement}` : 'not cut'
      const status = await toItsEnd(worker.context, tower, runId)
      if (proxy.wasCut()) tally.kills++
      if (status !== 'succeeded') tally.blame(1, `${what}: the run ended ${status}`)
      await countPublications(tower, runId, what, tally)
    }
    // The first delivery is new, the second has corrections: the statements of one that publishes.
    await deliver(sources[0]!, null)
    await deliver(sources[0]!, null)
    const statements = [...proxy.statements()]
    if (!/^commit/i.test(statements.at(-1) ?? ''))
      throw new Error(`the publishing transaction was not seen to its end: ${statements.at(-1)}`)
    const cuts = statements.flatMap((_, i): Cut[] => [
      { statement: i + 1, when: 'before' },
      { statement: i + 1, when: 'after' },
    ])
    const first = random.whole(0, EVERY[size])
    // The commit is what it is about: it is always there.
    const chosen = cuts.filter((cut, i) => i % EVERY[size] === first || cut.statement >= statements.length)
    for (const cut of chosen) {
      await deliver(random.pick(sources), cut)
      if (!proxy.wasCut()) tally.say(`statement ${cut.statement} was not reached: a first delivery publishes in fewer`)
      if (tally.kills % 25 === 0) tell(`  ${tally.kills} of ${chosen.length} cuts`)
    }
    const read = await reader.stop()
    tally.read(read)
    await worker.close()
    await proxy.close()
    await compareWithSources(tower, sources, tally)
    await inspect(tower, tally)
    tally.say(
      `${statements.length} statements in the publishing transaction, ${chosen.length} of ${cuts.length} cuts tried; ${read.looks} looks of the reader`,
    )
    await tower.close()
    return { ...tally }
  } finally {
    await cluster.remove()
  }
}

async function countPublications({ owner }: Tower, runId: number, what: string, tally: Tally): Promise<void> {
  const [row] = await owner<{ n: number }[]>`select count(*)::int as n from publications where run_id = ${runId}`
  if (row!.n !== 1) tally.blame(1, `${what}: published ${row!.n} times`)
}
