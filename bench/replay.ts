import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { writeLedger } from './ledger-file.ts'
import { atMost, median, rounded, seconds, tell, watchMemory, type Answer, type Size } from './question.ts'
import { BENCH, benchDir, loadCsv, openBench, type Bench } from './setup.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { replayRun } from '#server/services/replay-run.ts'

/**
 * What comes again beside its first load, a fresh database each round: the run replayed with nothing changed, and the file delivered
 * once more with 5% of its lines changed. From the moment it is asked for until it is published: a file that is delivered is kept
 * as an artifact first, a replay reads the one that is there.
 */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const lines = quick ? 100_000 : 1_000_000
  const first = join(benchDir, `ledger-${lines}.csv`)
  const second = join(benchDir, `ledger-${lines}-changed.csv`)
  await writeLedger(first, { lines })
  await writeLedger(second, { lines, isChanged: (document) => document % 20 === 0 })
  const found: { first: number; replay: number; changed: number; load: number; changedLoad: number }[] = []
  let written = 0
  const peak = watchMemory()
  for (let round = 1; round <= (quick ? 1 : rounds); round++) {
    const bench = await openBench('tower_bench')
    try {
      const loaded = await loadCsv(bench, first)
      const before = await countLines(bench)
      const replay = (await seconds(() => replayed(bench, loaded.runId))).seconds
      written = Math.max(written, (await countLines(bench)) - before)
      const changed = await loadCsv(bench, second)
      const changedLines = (await countLines(bench)) - before
      if (changedLines !== lines / 20) throw new Error(`${changedLines} lines were written for ${lines / 20} changed ones`)
      const one = {
        first: loaded.store + loaded.load,
        replay,
        changed: changed.store + changed.load,
        load: loaded.load,
        changedLoad: changed.load,
      }
      found.push(one)
      tell(
        `  ${lines} lines, round ${round}: first ${one.first.toFixed(2)} s (load ${one.load.toFixed(2)}), replay ${replay.toFixed(2)}, ` +
          `5% changed ${one.changed.toFixed(2)} (load ${one.changedLoad.toFixed(2)} ${JSON.stringify(changed.stages)})`,
      )
    } finally {
      await bench.close()
    }
  }
  const nodeMb = peak()
  await Promise.all([rm(first), rm(second)])
  const of = (key: keyof (typeof found)[0]) => rounded(median(found.map((one) => one[key])))
  const ratio = (top: keyof (typeof found)[0], under: keyof (typeof found)[0]) =>
    rounded(median(found.map((one) => one[top] / one[under])))
  const common = { unit: 'ratio', lines, rounds: found.length, nodeMb, firstS: of('first'), firstLoadAloneS: of('load') } as const
  const replay = ratio('replay', 'first')
  yield {
    name: 'replay of unchanged lines',
    value: replay,
    ...atMost(replay, 0.5),
    ok: replay <= 0.5 && written === 0,
    against: 'its first load, delivery to publication',
    ...common,
    replayS: of('replay'),
    againstLoadAlone: ratio('replay', 'load'),
    linesWritten: written,
  }
  const changed = ratio('changed', 'first')
  yield {
    name: '5% of the lines changed',
    value: changed,
    ...atMost(changed, 0.6),
    against: 'its first load, delivery to publication',
    ...common,
    changedS: of('changed'),
    loadAloneAgainstLoadAlone: ratio('changedLoad', 'load'),
  }
}

async function replayed({ context }: Bench, runId: number): Promise<void> {
  const replay = await replayRun(context, { runId, rules: 'original', preview: false, reason: 'measured', actor: BENCH })
  const status = await executeRun(context, replay.runId)
  if (status !== 'succeeded') throw new Error(`the replay ended ${status}`)
}

async function countLines({ context }: Bench): Promise<number> {
  const [row] = await context.db.execute<{ n: number }>(sql`select count(*) as n from lines`)
  return Number(row!.n)
}
