import { createReadStream } from 'node:fs'
import { sql } from 'drizzle-orm'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findReconciliationDefinition } from '#db/queries/reconciliations.ts'
import { compareDecimals } from '#server/domain/money.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { loadFile } from '#server/services/load-file.ts'
import { compare } from '#server/services/reconcile/compare.ts'
import { ledgerJobOf, writeLedger } from './ledger-file.ts'
import { atMost, median, rounded, seconds, tell, watchMemory, type Answer, type Size } from './question.ts'
import { BENCH, benchDir, openBench, type Bench } from './setup.ts'

const SIDES = ['bench-first', 'bench-other'] as const
const GOAL = 1.5

/**
 * Two sides of a million lines in one entity and period: compared, split, matched and kept, against what a person at a database
 * would write: one full outer join of the two by their key that names what differs. In turn, several rounds, on one server.
 */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const lines = quick ? 100_000 : 1_000_000
  const bench = await openBench('tower_bench_reconcile')
  try {
    await fill(bench, lines)
    const plain: number[] = []
    const ours: number[] = []
    const stopWatching = watchMemory()
    for (let round = 0; round <= rounds; round++) {
      const joined = await seconds(() => fullJoin(bench))
      await define(bench, round)
      const compared = await seconds(() => compareAnew(bench))
      expectSame(joined.result, compared.result)
      // The first round makes pages and statements known.
      if (round === 0) continue
      plain.push(joined.seconds)
      ours.push(compared.seconds)
      tell(`  round ${round}: full join ${joined.seconds.toFixed(2)} s, compared ${compared.seconds.toFixed(2)} s`)
    }
    const ratio = rounded(median(ours.map((s, i) => s / plain[i]!)))
    yield {
      name: 'two sides reconciled and matched / a full outer join',
      value: ratio,
      unit: 'ratio',
      ...atMost(ratio, GOAL),
      linesOfEachSide: lines,
      fullJoinS: rounded(median(plain)),
      reconciledS: rounded(median(ours)),
      peakMB: stopWatching(),
    }
  } finally {
    await bench.close()
  }
}

/** One document of 500 with another amount, one of 1,000 missing, one of 1,000 by another number. */
async function fill(bench: Bench, lines: number): Promise<void> {
  const { context } = bench
  await importDefinitions(context, { yaml: SIDES.map(ledgerJobOf).join('\n---\n'), actor: BENCH })
  for (const job of SIDES) {
    const isOther = job === SIDES[1]
    const file = join(benchDir, `${job}.csv`)
    await writeLedger(file, {
      lines,
      isOneSlice: true,
      isChanged: (document) => isOther && document % 500 === 7,
      isMissing: (document) => isOther && document % 1_000 === 11,
      isRenamed: (document) => isOther && document % 1_000 === 13,
    })
    const { runId } = await loadFile(context, { job, name: `${job}.csv`, bytes: createReadStream(file), actor: BENCH })
    const { result: status, seconds: took } = await seconds(() => executeRun(context, runId))
    if (status !== 'succeeded') throw new Error(`the load ended ${status}`)
    tell(`  ${job}: ${lines} lines loaded in ${took.toFixed(1)} s`)
    await rm(file)
  }
}

type Outcome = { readonly differing: number; readonly difference: string }

/** Lines of each side by its key, side by side; those that differ are counted and summed. */
async function fullJoin({ context }: Bench): Promise<Outcome> {
  const lines = (system: string) => sql`
    select l.source_key, l.currency, l.debit - l.credit as amount from lines l join systems s on s.system_id = l.system_id
    where s.code = ${system} and l.object_type = 'journal_line' and l.version = 'actual' and l.entity = 'DE01' and l.period = '2026-03' and l.superseded_at_pub is null`
  const [row] = await context.db.execute<Outcome>(sql`
    select count(*)::int as differing, sum(coalesce(b.amount, 0) - coalesce(a.amount, 0))::text as difference
    from (${lines(SIDES[0])}) a full join (${lines(SIDES[1])}) b using (source_key, currency) where a.amount is distinct from b.amount`)
  return row!
}

/** A new version of the definition each time: what was found is kept each time, as after a publication. */
const define = ({ context }: Bench, round: number) =>
  importDefinitions(context, {
    actor: BENCH,
    yaml: JSON.stringify({
      kind: 'reconciliation',
      reconciliation: 'bench',
      title: `First in other, round ${round}`,
      sides: SIDES.map((system, i) => ({ name: ['First', 'Other'][i], system })),
      key: ['source_key'],
      reference: 'description',
      rules: [{ name: 'same text and amount', equal: ['reference'], days: 0 }],
    }),
  })

async function compareAnew({ context }: Bench): Promise<Outcome> {
  const known = await findReconciliationDefinition(context.db, 'bench')
  const compared = await compare(context, known!, { entity: 'DE01', period: '2026-03' })
  const [row] = await context.db.execute<Outcome>(sql`
    select (select count(*) from comparison_items i where i.comparison_id = ${compared!.comparisonId} and not i.is_evidence)::int as differing,
      (select sum(amount) from comparison_parts p where p.comparison_id = ${compared!.comparisonId})::text as difference`)
  return row!
}

function expectSame(joined: Outcome, compared: Outcome): void {
  if (compareDecimals(joined.difference, compared.difference) !== 0) throw new Error(`${JSON.stringify({ joined, compared })}`)
}
