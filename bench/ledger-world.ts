import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { seconds, tell } from './question.ts'
import { benchDir, loadCsv, openKeptBench, type Bench } from './setup.ts'

export type LedgerWorld = Bench & {
  readonly lines: number
  /** Of the ledger as it was loaded first, and of the newest that stands. */
  readonly publications: { readonly first: number; readonly newest: number }
}

/**
 * A ledger that was loaded whole, from one file, and corrected after: one document of 101, in every slice. 12 entities, 12
 * periods, 3 versions and 4 currencies are 1,728 slices. Every document balances and stays in one slice.
 */
export async function openLedgerWorld(lines: number): Promise<LedgerWorld> {
  const bench = await openKeptBench(`ledger_${lines}`, `${lines} lines, 1% corrected`, (empty) => fill(empty, lines))
  const rows = await bench.context.db.execute<{ publication: number }>(sql`
    select p.publication from publications p join runs r on r.run_id = p.run_id join jobs j on j.job_id = r.job_id
    where j.name = 'bench-ledger' order by 1`)
  return { ...bench, lines, publications: { first: rows[0]!.publication, newest: rows.at(-1)!.publication } }
}

async function fill(bench: Bench, lines: number): Promise<void> {
  for (const [name, isChanged] of [['first', false] as const, ['corrections', true] as const]) {
    const file = join(benchDir, `${name}-${lines}.csv`)
    const { seconds: toWrite } = await seconds(() => writeWideLedger(file, lines, isChanged))
    const { store, load } = await loadCsv(bench, file)
    tell(`  ${name}: ${toWrite.toFixed(1)} s to write, ${store.toFixed(1)} s to keep, ${load.toFixed(1)} s to load`)
    await rm(file)
  }
}

export const VERSIONS = ['actual', 'adjusted', 'local']
export const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF']
const CORRECTED_ONE_IN = 101 // no divisor of 12: every slice has some

async function writeWideLedger(path: string, lines: number, isCorrection: boolean): Promise<void> {
  const out = createWriteStream(path)
  let text =
    'company,posted_on,version,journal,line,account,cost_centre,project,partner,currency,debit,credit,status,text,value_date\n'
  for (let n = 0; n < lines; n++) {
    const document = Math.floor(n / 4)
    if (isCorrection && document % CORRECTED_ONE_IN !== 0) continue
    text += `${lineOf(n, document, isCorrection ? 100 : 0)}\n`
    if (text.length > 1 << 20) {
      if (!out.write(text)) await once(out, 'drain')
      text = ''
    }
  }
  out.end(text)
  await once(out, 'finish')
}

function lineOf(n: number, document: number, more: number): string {
  const within = n % 4
  const base = 1_000 + ((document * 7_919) % 9_000_000) + more
  // Two debits against two credits of the same document.
  const cents = within % 2 === 0 ? base : base + 250
  const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
  const month = String(1 + (Math.floor(document / 12) % 12)).padStart(2, '0')
  const day = `2026-${month}-${String(1 + (document % 28)).padStart(2, '0')}`
  const slice = Math.floor(document / 144)
  return `DE${String(1 + (document % 12)).padStart(2, '0')},${day},${VERSIONS[slice % 3]},J${1_000_000 + document},${within + 1},${4_000 + (n % 97)},CC${
    100 + (n % 40)
  },${n % 3 === 0 ? `P${n % 9}` : ''},S${n % 977},${CURRENCIES[Math.floor(slice / 3) % 4]},${within < 2 ? amount : ''},${
    within < 2 ? '' : amount
  },posted,Invoice ${document} of supplier ${n % 977},${day}`
}
