import { sql } from 'drizzle-orm'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { countResults, findBulkReplay, findNextRun, passOf } from '#db/queries/bulk-replays.ts'
import { estimateSelection } from '#db/queries/bulk-views.ts'
import type { Actor } from '#server/domain/actor.ts'
import { isUnderWay } from '#server/domain/bulk-replay.ts'
import { advanceBulkReplay } from '#server/services/bulk-replay/advance-bulk-replay.ts'
import { rehearseReplay } from '#server/services/bulk-replay/rehearse-replay.ts'
import { startBulkReplay } from '#server/services/bulk-replay/start-bulk-replay.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { atMost, below, median, rounded, seconds, tell, watchMemory, type Answer, type Size } from './question.ts'
import { benchDir, loadCsv, openBench, type Bench } from './setup.ts'

const SIZES = [1_000, 10_000] as const
const GOAL_S = 2
/** Ten times the records may not take more than this of the memory. */
const MEMORY_SHARE = 1.15
const ACTOR: Actor = { name: 'bench', role: 'admin', entityScope: ['*'] }

/** One bulk action over ten thousand rejected records: how long until somebody sees what it would do, and what Node needs for it. */
export async function* ask({ rounds }: Size): AsyncGenerator<Answer> {
  const bench = await openBench('tower_bench_rehearsals', 'quarantine')
  const { db } = bench.context
  try {
    const peaks: number[] = []
    for (const records of SIZES) {
      const file = join(benchDir, `waiting-${records}.csv`)
      await writeWaiting(file, records)
      await loadCsv(bench, file)
      await rm(file)
      const asked = { code: 'code_unmapped', entity: entityOf(records) }
      const request = { asked, rules: 'current' as const, intoClosed: false, scope: ['*'] }
      const times: number[] = []
      for (let n = 0; n < rounds; n++) times.push((await seconds(() => estimateSelection(db, request))).seconds)
      const estimate = await estimateSelection(db, request)
      if (estimate.records !== records) throw new Error(`not the world that was meant: ${JSON.stringify(estimate)}`)
      const stopWatching = watchMemory()
      const { result, seconds: toFreeze } = await seconds(() => rehearseReplay(bench.context, { ...request, actor: ACTOR }))
      const toRehearse = await carryOn(bench, result.bulkReplayId)
      await startBulkReplay(bench.context, { bulkReplayId: result.bulkReplayId, reason: 'for the bench', actor: ACTOR })
      const toReplay = await carryOn(bench, result.bulkReplayId)
      peaks.push(stopWatching())
      const results = await countResults(db, result.bulkReplayId, 'result')
      if (results.still_failing !== records) throw new Error(`not what was meant: ${JSON.stringify(results)}`)
      tell(
        `  ${records}: frozen in ${toFreeze.toFixed(2)} s, rehearsed in ${toRehearse.toFixed(1)} s, replayed in ${toReplay.toFixed(1)} s`,
      )
      yield {
        name: `what ${records.toLocaleString('en')} records would be, before anything runs`,
        value: rounded(median(times)),
        unit: 's',
        ...below(median(times), GOAL_S),
        frozenS: rounded(toFreeze),
        rehearsedS: rounded(toRehearse),
        replayedS: rounded(toReplay),
      }
    }
    const share = rounded(peaks[1]! / peaks[0]!)
    yield {
      name: 'memory of Node with ten times the records',
      value: share,
      unit: 'ratio',
      ...atMost(share, MEMORY_SHARE),
      peaksMB: peaks,
    }
  } finally {
    await bench.close()
  }
}

async function carryOn({ context }: Bench, bulkReplayId: number): Promise<number> {
  const { seconds: taken } = await seconds(async () => {
    for (;;) {
      await advanceBulkReplay(context, bulkReplayId)
      const { status } = (await findBulkReplay(context.db, bulkReplayId))!
      if (!isUnderWay(status)) return
      const next = await context.db.transaction((tx) => findNextRun(tx, bulkReplayId, passOf(status)))
      if (next?.runId) await executeRun(context, next.runId)
      else await context.db.execute(sql`select pg_sleep(0.01)`)
    }
  })
  return taken
}

const entityOf = (records: number) => (records === SIZES[0] ? 'DE01' : 'DE02')

/** Documents of two lines on a cost centre nobody knows, and as many good ones. */
async function writeWaiting(path: string, records: number): Promise<void> {
  const out = createWriteStream(path)
  const entity = entityOf(records)
  out.write('company,posted_on,journal,line,account,cost_centre,partner,currency,debit,credit,status,text,value_date\n')
  for (let n = 0; n < records; n++) {
    for (const [prefix, centre] of [
      ['R', 'X1'],
      ['G', 'CC101'],
    ]) {
      const [debit, credit] = n % 2 === 0 ? ['10.25', ''] : ['', '10.25']
      const line = `${entity},2026-03-15,${prefix}${entity}${Math.floor(n / 2)},${n % 2},4000,${centre},S1,EUR,${debit},${credit},posted,Invoice ${n},2026-03-15\n`
      if (!out.write(line)) await once(out, 'drain')
    }
  }
  out.end()
  await once(out, 'finish')
}
