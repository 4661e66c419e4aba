import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { HOT_QUERIES, plansOf, statementsOf, type PlanIds } from '#db/testing/plans.ts'
import { openLedgerWorld } from './ledger-world.ts'
import { tell } from './question.ts'

/**
 * Writes the plan of every hot query, as its screen sends it, to bench/plans: over a million lines, analysed, without costs.
 * node --import tsx bench/plans.ts [LINES]
 */
const FOLDER = join(import.meta.dirname, 'plans')
const world = await openLedgerWorld(Number.parseInt(process.argv[2] ?? '1000000', 10))
const owner = postgres(world.ownerUrl, { max: 1, onnotice: () => {} })
await owner`analyze`
const { db } = world.context
const [line] = await db.execute<Omit<PlanIds, 'publication' | 'runId' | 'exceptionId' | 'job'>>(sql`
  select l.line_id as "lineId", l.entity, l.period, l.version, l.currency, r.correlation_id as "correlationId"
  from lines l join publications p on p.publication = l.loaded_at_pub join runs r on r.run_id = p.run_id where p.publication = ${world.publications.first} limit 1`)
const [run] = await db.execute<{ runId: number }>(sql`select max(run_id) as "runId" from runs`)
// This ledger refused nothing, so the plans of exceptions are those of small tables.
const ids: PlanIds = {
  ...line!,
  lineId: Number(line!.lineId),
  publication: world.publications.newest,
  runId: run!.runId,
  exceptionId: 1,
  job: 'bench-ledger',
}
await mkdir(FOLDER, { recursive: true })
for (const [name, { ask }] of Object.entries(HOT_QUERIES)) {
  const statements = await statementsOf(db, () => ask(db, ids).catch(ignoreRefusal))
  const plans = await plansOf(owner, statements, 'does')
  const text = statements.map(({ text }, n) => `${text.trim()}\n\n${plans[n]}\n`).join('\n----\n\n')
  await writeFile(join(FOLDER, `${name.replaceAll(/[^a-z]+/g, '-')}.txt`), text)
  tell(`  ${name}: ${statements.length} statements`)
}
await owner.end()
await world.close()

/** What it asked before it was refused is worth seeing all the same. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Error && error.name === 'Refusal')) throw error
}
