import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { executeRun } from '#server/services/execute-run.ts'
import { loadFile } from '#server/services/load-file.ts'
import { writeLedger } from './ledger-file.ts'
import { BENCH, benchDir, median, openBench } from './setup.ts'

/**
 * A governed load of a million lines beside a raw COPY of the same lines into a table with the same indexes, in one run.
 * npm run bench -- [LINES] [ROUNDS]
 */
const lines = Number.parseInt(process.argv[2] ?? '1000000', 10)
const rounds = Number.parseInt(process.argv[3] ?? '3', 10)
const file = join(benchDir, `ledger-${lines}.csv`)
const rows = join(benchDir, `ledger-${lines}.copy`)

const results: { reference: number; store: number; load: number; rssMb: number }[] = []
for (let round = 0; round < rounds; round++) {
  const bench = await openBench('tower_bench')
  try {
    if (round === 0) await writeLedger(file, lines)
    const peak = watchMemory()
    const store = await seconds(() =>
      loadFile(bench.context, {
        job: 'bench-ledger',
        name: 'ledger.csv',
        bytes: createReadStream(file, { highWaterMark: 1 << 20 }),
        actor: BENCH,
      }),
    )
    const load = await seconds(async () => {
      const status = await executeRun(bench.context, store.result.runId)
      if (status !== 'succeeded') throw new Error(`the load ended ${status}`)
    })
    const rssMb = peak()
    const stages = await bench.context.db.execute<{ stage: string; s: string }>(sql`
      select stage, round(extract(epoch from ended_at - started_at), 2)::text as s from stages where run_id = ${store.result.runId} order by started_at`)
    const owner = postgres(bench.ownerUrl, { max: 1, onnotice: () => {} })
    if (round === 0) await exportRows(bench.ownerUrl, rows)
    const reference = await referenceCopy(owner, rows)
    await owner.end()
    results.push({ reference, store: store.seconds, load: load.seconds, rssMb })
    console.log(
      `round ${round + 1}: reference ${reference.toFixed(2)} s, store ${store.seconds.toFixed(2)} s, load ${load.seconds.toFixed(2)} s (${stages.map((x) => `${x.stage} ${x.s}`).join(', ')}), ratio ${(reference / load.seconds).toFixed(2)}, Node ${rssMb} MB`,
    )
  } finally {
    await bench.close()
  }
}
const of = (key: keyof (typeof results)[0]) => median(results.map((result) => result[key]))
console.log(
  `${lines.toLocaleString('en')} lines, ${(await stat(file)).size.toLocaleString('en')} bytes, ${rounds} rounds, medians`,
)
console.log(
  `raw COPY into the same indexes ${of('reference').toFixed(2)} s; keep the artifact ${of('store').toFixed(2)} s; governed load ${of('load').toFixed(2)} s`,
)
console.log(
  `ratio reference / governed load ${(of('reference') / of('load')).toFixed(2)}; with keeping the artifact ${(of('reference') / (of('load') + of('store'))).toFixed(2)}; Node at most ${Math.max(...results.map((r) => r.rssMb))} MB`,
)

/**
 * The lines as COPY takes them, straight from the load that was just published: the same columns, the same values. On a
 * connection of its own: postgres.js can leave a connection paused after a COPY to the client.
 */
async function exportRows(url: string, path: string): Promise<void> {
  const owner = postgres(url, { max: 1, onnotice: () => {} })
  await pipeline(await owner`copy (select * from lines order by line_id) to stdout`.readable(), createWriteStream(path))
  await owner.end({ timeout: 1 })
}

async function referenceCopy(owner: postgres.Sql, path: string): Promise<number> {
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
  return taken
}

async function seconds<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - start) / 1000 }
}

function watchMemory(): () => number {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 50)
  return () => {
    clearInterval(timer)
    look()
    return Math.round(peak / 1024 / 1024)
  }
}
