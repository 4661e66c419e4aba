import fc from 'fast-check'
import { anyHistory, playHistory } from '#db/testing/history.ts'
import { openCluster } from './cluster.ts'
import { inspect, Tally } from './compare.ts'
import { openTower, openWorker } from './tower.ts'
import type { Found, Setting, Trial } from './trial.ts'

const SIZES = { brief: 4, quick: 25, long: 1_000 } as const
/** What is not played by then is not played, and the notes say so. */
const MS_MAX = { brief: 20_000, quick: 30_000, long: 3_600_000 } as const

/** Random histories of loads, corrections, closings, replays and rollbacks against a model of maps and loops. */
export const trial: Trial = { name: 'histories', isPeaceful: true, run }

async function run({ random, size, loads, tell }: Setting): Promise<Found> {
  const tally = new Tally()
  const cluster = await openCluster()
  try {
    const tower = await openTower(cluster, 'tried', [])
    // What is tried here is not the disk.
    await tower.owner.unsafe('alter database tried set synchronous_commit = off')
    const worker = await openWorker(tower.appUrl)
    const numRuns = loads ?? SIZES[size]
    let [played, hasFailed] = [0, false]
    const play = fc.asyncProperty(anyHistory, async (steps) => {
      try {
        tally.loads += await playHistory(worker.context, `erp-${++played}`, steps)
        if (played % 50 === 0 && !hasFailed) tell(`  ${played} of ${numRuns} histories`)
      } catch (error) {
        if (!hasFailed) tell(`  history ${played} differs; the smallest that does is looked for`)
        hasFailed = true
        throw error
      }
    })
    const limits = { numRuns, interruptAfterTimeLimit: MS_MAX[size], markInterruptAsFailure: false }
    const details = await fc.check(play, { seed: random.whole(0, 1_000_000_000), ...limits })
    tally.say(`${details.numRuns} of ${numRuns} histories`)
    const reason = details.errorInstance instanceof Error ? details.errorInstance.message : ''
    tally.blame(details.failed ? 1 : 0, `${reason}\n${JSON.stringify(details.counterexample, bigints)}`.slice(0, 8_000))
    await inspect(tower, tally)
    await worker.close()
    await tower.close()
    return { ...tally }
  } finally {
    await cluster.remove()
  }
}

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
