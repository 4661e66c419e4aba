import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { readException, readExceptions, type ExceptionsRequest } from '#server/services/reads/exceptions-view.ts'
import { below, tell, type Answer, type Size } from './question.ts'
import { readAlone } from './readers.ts'
import { benchDir, loadCsv, openBench, type Bench } from './setup.ts'

const OCCURRENCES = 100_000
const CAUSES = 300
/** Mended by a second delivery, so that there are closed ones as well. */
const MENDED_CAUSES = 30
const PER_CAUSE = 340 // records in documents of four
const GOAL_MS = 100

/** The list of exceptions, by every filter its screen has, over records that were refused for 300 causes. */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const bench = await openBench('tower_bench_exceptions', 'quarantine')
  const { db } = bench.context
  try {
    await fill(bench)
    const [found] = await db.execute<{ causes: number; occurrences: number; closed: number }>(sql`
      select count(*) filter (where closed_at is null)::int as causes, count(*) filter (where closed_at is not null)::int as closed,
        (select count(*)::int from rejections where replaced_by_run_id is null) as occurrences from exceptions`)
    if (found!.causes < CAUSES || found!.occurrences < OCCURRENCES || found!.closed < MENDED_CAUSES)
      throw new Error(`not the world that was meant: ${JSON.stringify(found)}`)
    const times = quick ? 12 : 12 * rounds
    const [run] = await db.execute<{ runId: number; newestId: number }>(
      sql`select max(last_run_id) filter (where closed_at is null) as "runId", max(exception_id) as "newestId" from exceptions`,
    )
    for (const [name, filter] of Object.entries(filters(run!.runId))) {
      const list = (nth: number) => readExceptions(db, { group: 'business', scope: ['*'], ...filter(nth) }, new Date())
      const times95 = await readAlone(times, list)
      yield answer(name, times95, { ...found, rows: (await list(0)).rows.length })
    }
    const open = (nth: number) => readException(db, { exceptionId: run!.newestId - (nth % CAUSES), scope: ['*'] }, new Date())
    yield answer('one of them', await readAlone(times, open), { ...found })
  } finally {
    await bench.close()
  }
}

const answer = (name: string, times: Awaited<ReturnType<typeof readAlone>>, more: object): Answer => ({
  name: `exceptions: ${name}`,
  value: times.p95Ms,
  unit: 'ms',
  ...below(times.p95Ms, GOAL_MS),
  ...times,
  ...more,
})

/** Each filter of the screen alone, then together. */
function filters(runId: number): Record<string, (nth: number) => Partial<ExceptionsRequest>> {
  const today = new Date().toISOString().slice(0, 10)
  const entity = (nth: number) => `DE${String(1 + (nth % 12)).padStart(2, '0')}`
  const period = (nth: number) => `2026-${String(1 + (nth % 12)).padStart(2, '0')}`
  return {
    open: () => ({}),
    'in the order of what they release': () => ({ order: 'release' }),
    'the next page': () => ({ page: 2 }),
    'the last page of them': () => ({ order: 'release', page: 3 }),
    closed: () => ({ state: 'closed' }),
    'open and closed': () => ({ state: 'all' }),
    'of a job': () => ({ job: 'bench-ledger' }),
    'of a code': () => ({ code: 'code_unmapped' }),
    'of an entity': (nth) => ({ entity: entity(nth) }),
    'of a period': (nth) => ({ period: period(nth) }),
    'of a version': () => ({ version: 'actual' }),
    'of a currency': () => ({ currency: 'EUR' }),
    'of an age': () => ({ age: { bucket: '0-1', today } }),
    'closed in these days': () => ({ state: 'closed', closedFrom: today, closedTo: today }),
    'of a run': () => ({ runId }),
    'of another group': () => ({ group: 'control' }),
    'of who sees two entities': () => ({ scope: ['DE01', 'DE02'] }),
    'all filters together': (nth) => ({
      job: 'bench-ledger',
      code: 'code_unmapped',
      entity: entity(nth),
      period: period(nth),
      version: 'actual',
      currency: 'EUR',
      age: { bucket: '0-1', today },
    }),
  }
}

async function fill(bench: Bench): Promise<void> {
  const causes = CAUSES + MENDED_CAUSES
  for (const [name, of, isMended] of [
    ['refused', causes, false],
    ['mended', MENDED_CAUSES, true],
  ] as const) {
    const file = join(benchDir, `${name}.csv`)
    await writeDocuments(file, of, isMended)
    const { load } = await loadCsv(bench, file)
    tell(`  ${name}: ${load.toFixed(1)} s to load`)
    await rm(file)
  }
}

/** Documents that are booked on a cost centre nobody knows, and after each that is mended or refused one that is good. */
async function writeDocuments(path: string, causes: number, isMended: boolean): Promise<void> {
  const out = createWriteStream(path)
  let text = 'company,posted_on,journal,line,account,cost_centre,partner,currency,debit,credit,status,text,value_date\n'
  for (let document = 0; document < (causes * PER_CAUSE) / 4; document++) {
    const cause = document % causes
    const journal = `${Math.floor(document / causes)}C${cause}`
    text += linesOf(`R${journal}`, document, isMended ? NONE : cause) + linesOf(`G${journal}`, document, NONE)
    if (text.length > 1 << 20) {
      if (!out.write(text)) await once(out, 'drain')
      text = ''
    }
  }
  out.end(text)
  await once(out, 'finish')
}

const NONE = -1

/** Half of the causes are cost centres, half accounts: of more than 200 unknown codes of one field one cause is made. */
function linesOf(journal: string, document: number, cause: number): string {
  const costCentre = cause >= 0 && cause % 2 === 0 ? `X${cause}` : 'CC101'
  const account = cause % 2 === 1 ? `9${cause}` : `${4_000 + (document % 97)}`
  const amount = `${10 + (document % 9_000)}.25`
  const entity = `DE${String(1 + (document % 12)).padStart(2, '0')}`
  const day = `2026-${String(1 + (Math.floor(document / 12) % 12)).padStart(2, '0')}-15`
  let text = ''
  for (let n = 0; n < 4; n++) {
    const [debit, credit] = n < 2 ? [amount, ''] : ['', amount]
    text += `${entity},${day},${journal},${n + 1},${account},${costCentre},S1,EUR,${debit},${credit},posted,Invoice ${document},${day}\n`
  }
  return text
}
