import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import postgres from 'postgres'
import { listPublishedTotals } from '#db/queries/totals.ts'
import { subtractDecimals } from '#server/domain/money.ts'
import type { ControlTotal } from '#server/domain/run.ts'
import { readTotals, type TotalsRequest } from '#server/services/reads/totals-view.ts'
import { openLedgerWorld, type LedgerWorld } from './ledger-world.ts'
import { below, rounded, seconds, tell, type Answer, type Size } from './question.ts'
import { readAlone, readTogether, type Times } from './readers.ts'
import { benchDir } from './setup.ts'

const READERS = 20
const ENTITIES = Array.from({ length: 12 }, (_, n) => `DE${String(n + 1).padStart(2, '0')}`)

/**
 * The totals screen over all entities, periods, versions and currencies, as it stands and as of an old publication: 20 readers at
 * once through one process and its pool, who ask again as soon as they are answered. Beside DuckDB, which adds up the same rows.
 */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const world = await openLedgerWorld(quick ? 300_000 : 10_000_000)
  const { lines, publications } = world
  const times = quick ? 10 : 10 * rounds
  try {
    for (const [when, publication, goal] of [
      ['', publications.newest, 100],
      [' as of an old publication', publications.first, 300],
    ] as const) {
      const pivot = await measure(times, reader(world, 'pivot', publication))
      const slices = await measure(times, reader(world, 'published', publication))
      const { p95Ms } = pivot.together
      yield { name: `control totals${when}`, value: p95Ms, unit: 'ms', ...below(p95Ms, goal), lines, readers: READERS, ...pivot }
      yield {
        name: `control totals${when}, published slices`,
        value: slices.together.p95Ms,
        unit: 'ms',
        ...below(slices.together.p95Ms, goal),
        ...slices,
      }
    }
    yield* besideDuck(world, times)
  } finally {
    await world.close()
  }
}

type Reader = (nth: number, entity?: string) => Promise<unknown>

const reader =
  ({ context, publications }: LedgerWorld, view: TotalsRequest['view'], publication: number): Reader =>
  (_, entity) =>
    readTotals(
      context.db,
      { view, filter: { entity, scope: ['*'] }, publication, isPast: publication !== publications.newest },
      new Date(),
    )

/** Everybody asks for everything; each for one entity; and everything once a second, as people do. */
async function measure(times: number, read: Reader): Promise<Record<'alone' | 'together' | 'byEntity' | 'everySecond', Times>> {
  const crowd = { readers: READERS, forMs: times * 200 }
  return {
    alone: await readAlone(times, read),
    together: await readTogether({ ...crowd, pace: 'at once' }, read),
    byEntity: await readTogether({ ...crowd, pace: 'at once' }, (nth) => read(nth, ENTITIES[nth % ENTITIES.length])),
    everySecond: await readTogether({ ...crowd, pace: 'every second' }, read),
  }
}

async function* besideDuck(world: LedgerWorld, times: number): AsyncGenerator<Answer> {
  const file = join(benchDir, 'lines-for-duckdb.csv')
  const exported = await seconds(() => exportLines(world.ownerUrl, file))
  const duck = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect()
  const loaded = await seconds(() =>
    duck.run(`create table lines as select * from read_csv('${file}', header = false, columns = ${COLUMNS})`),
  )
  await rm(file)
  tell(`  DuckDB: ${exported.seconds.toFixed(1)} s to export, ${loaded.seconds.toFixed(1)} s to load`)
  for (const [when, publication] of [
    ['', world.publications.newest],
    [' as of an old publication', world.publications.first],
  ] as const) {
    const ours = await readAlone(times, () => listPublishedTotals(world.context.db, { scope: ['*'] }, publication))
    const theirs = await readAlone(times, () => duckTotals(duck, publication))
    const differing = differences(
      await listPublishedTotals(world.context.db, { scope: ['*'] }, publication),
      await duckTotals(duck, publication),
    )
    yield {
      name: `the same totals as DuckDB${when}`,
      value: rounded(ours.medianMs / theirs.medianMs),
      unit: 'ratio',
      goal: 'every total the same',
      ok: differing.length === 0,
      ours,
      duckdb: theirs,
      duckdbLoadS: rounded(loaded.seconds, 1),
      exportS: rounded(exported.seconds, 1),
      ...(differing.length > 0 && { differing: differing.slice(0, 5) }),
    }
  }
  duck.disconnectSync()
}

const COLUMNS = `{entity: 'VARCHAR', period: 'VARCHAR', version: 'VARCHAR', currency: 'VARCHAR', debit: 'DECIMAL(18,4)', credit: 'DECIMAL(18,4)', loaded: 'INTEGER', superseded: 'INTEGER'}`

/** On a connection of its own: postgres.js can leave a connection paused after a COPY to the client. */
async function exportLines(url: string, file: string): Promise<void> {
  const owner = postgres(url, { max: 1, onnotice: () => {} })
  const rows = await owner`
    copy (select entity, period, version, currency, debit, credit, loaded_at_pub, superseded_at_pub from lines) to stdout (format csv)`.readable()
  await pipeline(rows, createWriteStream(file))
  await owner.end({ timeout: 1 })
}

type DuckTotal = Record<'entity' | 'period' | 'version' | 'currency' | 'count' | 'debit' | 'credit', string>

async function duckTotals(duck: DuckDBConnection, publication: number): Promise<DuckTotal[]> {
  const read = await duck.runAndReadAll(`
    select entity, period, version, currency, count(*)::varchar as count, sum(debit)::varchar as debit, sum(credit)::varchar as credit
    from lines where loaded <= ${publication} and (superseded is null or superseded > ${publication}) group by all order by all`)
  return read.getRowObjects() as DuckTotal[]
}

/** Slices that are not the same on both sides, to the last digit. */
function differences(ours: readonly ControlTotal[], theirs: readonly DuckTotal[]): string[] {
  const keyOf = (total: { entity: string; period: string; version: string; currency: string }) =>
    [total.entity, total.period, total.version, total.currency].join(' ')
  const isSame = (a: string, b: string) => /^-?[0.]*$/.test(subtractDecimals(a, b))
  const found = new Map(theirs.map((total) => [keyOf(total), total]))
  const wrong = ours.filter((total) => {
    const other = found.get(keyOf(total))
    found.delete(keyOf(total))
    return !other || other.count !== `${total.count}` || !isSame(other.debit, total.debit) || !isSame(other.credit, total.credit)
  })
  return [...wrong.map(keyOf), ...found.keys()]
}
