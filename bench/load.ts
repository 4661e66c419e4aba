import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import { writeLedger } from './ledger-file.ts'
import { atLeast, below, median, rounded, seconds, tell, watchMemory, type Answer, type Size } from './question.ts'
import { benchDir, loadCsv, openBench } from './setup.ts'

/**
 * A governed load beside a raw COPY of the lines it published, with the same values, into a table with the same indexes: alternating,
 * in one run, a fresh database each round. Clean, and with 2% of the records refused for 20 causes.
 */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const lines = quick ? 120_000 : 1_000_000
  const clean = await compare(lines, quick ? 2 : rounds, false)
  yield { name: 'governed load', ...clean }
  yield { name: 'governed load, 2% refused', ...(await compare(lines, quick ? 1 : rounds, true)) }
  yield { name: 'memory of Node in a load', value: clean.nodeMb, unit: 'MB', ...below(clean.nodeMb, 300) }
  if (quick) return
  const large = await compare(10 * lines, 3, false)
  yield { name: 'governed load of ten million', ...large }
  const growth = rounded(large.loadS / (10 * clean.loadS))
  yield { name: 'ten times the lines, per line', value: growth, unit: 'ratio', goal: '<= 1.15', ok: growth <= 1.15 }
  yield { name: 'memory of Node in a load of ten million', value: large.nodeMb, unit: 'MB', ...below(large.nodeMb, 300) }
}

async function compare(lines: number, rounds: number, hasRefused: boolean) {
  const file = join(benchDir, `ledger-${lines}${hasRefused ? '-refused' : ''}.csv`)
  const rows = join(benchDir, `ledger-${lines}.copy`)
  const found: { reference: number; store: number; load: number; nodeMb: number; stages: Record<string, number> }[] = []
  for (let round = 1; round <= rounds; round++) {
    const bench = await openBench('tower_bench', 'quarantine')
    try {
      if (round === 1) await writeLedger(file, { lines, isRefused: (document) => hasRefused && document % 50 === 0 })
      const peak = watchMemory()
      const { store, load, stages } = await loadCsv(bench, file)
      const nodeMb = peak()
      if (round === 1) await exportLines(bench.ownerUrl, rows)
      const reference = await referenceCopy(bench.ownerUrl, rows)
      found.push({ reference, store, load, nodeMb, stages })
      tell(
        `  ${lines} lines, round ${round}: COPY ${reference.toFixed(2)} s, load ${load.toFixed(2)} s ${JSON.stringify(stages)}, Node ${nodeMb} MB`,
      )
    } finally {
      await bench.close()
    }
  }
  await Promise.all([rm(file), rm(rows)])
  const of = (key: 'reference' | 'store' | 'load') => rounded(median(found.map((one) => one[key])))
  const ratios = found.map(({ reference, load }) => rounded(reference / load))
  const value = rounded(median(ratios))
  return {
    value,
    unit: 'ratio' as const,
    ...atLeast(value, 0.8),
    against: 'raw COPY into the same indexes',
    lines,
    rounds,
    copyS: of('reference'),
    loadS: of('load'),
    storeS: of('store'),
    ratios,
    stages: found.at(-1)!.stages,
    nodeMb: Math.max(...found.map(({ nodeMb }) => nodeMb)),
  }
}

/** As COPY takes them. On a connection of its own: postgres.js can leave a connection paused after a COPY to the client. */
async function exportLines(url: string, path: string): Promise<void> {
  const owner = postgres(url, { max: 1, onnotice: () => {} })
  await pipeline(await owner`copy (select * from lines order by line_id) to stdout`.readable(), createWriteStream(path))
  await owner.end({ timeout: 1 })
}

async function referenceCopy(url: string, path: string): Promise<number> {
  const owner = postgres(url, { max: 1, onnotice: () => {} })
  await owner`drop table if exists reference`
  await owner`create table reference (like lines)`
  await owner`alter table reference add primary key (line_id, segment)`
  await owner`create index on reference (source_key)`
  await owner`create index on reference (entity, period, version, currency, line_id)`
  await owner`create index on reference (superseded_at_pub) where superseded_at_pub is not null`
  await owner`checkpoint`
  const { seconds: taken } = await seconds(async () => {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), await owner`copy reference from stdin`.writable())
  })
  await owner`drop table reference`
  await owner.end()
  return taken
}
