import { sql } from 'drizzle-orm'
import type { Actor } from '#server/domain/actor.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { compareWhatMoved } from '#server/services/reconcile/compare-what-moved.ts'
import { addEvidence } from '#server/services/reconcile/evidence.ts'
import { explainBreak } from '#server/services/reconcile/explain.ts'
import { certifyReconciliation, prepareReconciliation } from '#server/services/reconcile/sign.ts'
import type { TestDatabase } from './database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from './ledger.ts'
import { ADMIN, load } from './load.ts'
import { addActors, plant } from './people.ts'

const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const DEFINITION = {
  kind: 'reconciliation',
  reconciliation: 'sales-to-books',
  title: 'Sales in the books',
  sides: [
    { name: 'Sales', system: 'sales' },
    { name: 'Books', system: 'books' },
  ],
  key: ['document'],
}
const CALENDAR =
  '{ kind: calendar, calendar: months, pattern: months, firstYear: 2024, lastYear: 2032, postingCutOff: { workingDay: 5, at: "18:00" } }'

const SALES = ledgerJob({ job: 'sales', system: { code: 'sales', name: 'Sales', kind: 'billing' } })
const BOOKS = ledgerJob({ job: 'books', system: { code: 'books', name: 'Books', kind: 'erp' } })
const sold = (period: string, entity: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id: `${entity}-${period}`,
  document: `S-${entity}-${period}`,
  debit: '',
  credit: '100.00',
  entity,
  currency: entity === 'SE01' ? 'SEK' : 'NOK',
  period,
  ...more,
})

type World = Pick<TestDatabase, 'context' | 'owner' | 'db'>

/**
 * Reconciliations in every state, by period of NO01: 2026-06 certified, 2026-07 prepared, 2026-08 with breaks, 2026-09 explained and ready;
 * SE01 2026-06 superseded, and the file it sealed is gone; that of NO01 is there. Of later periods neither side has anything. Both systems were connected in January.
 */
export async function makeCloseWorld({ context, owner, db }: World): Promise<void> {
  await addActors({ owner }, FIONA, CARA)
  await importDefinitions(context, { yaml: CALENDAR, actor: ADMIN })
  await importDefinitions(context, { yaml: JSON.stringify(DEFINITION), actor: ADMIN })
  const all = [...['2026-06', '2026-07', '2026-08', '2026-09'].map((period) => sold(period, 'NO01')), sold('2026-06', 'SE01')]
  await load(context, SALES, ledgerCsv(all))
  const wrong = (row: LedgerRow) => (row.period === '2026-08' || row.period === '2026-09' ? { ...row, credit: '98.50' } : row)
  const books = await load(context, BOOKS, ledgerCsv(all.map(wrong)))
  await owner`update publications set published_at = '2026-01-05T00:00:00Z' where publication <= ${books.publication}`
  await compareWhatMoved(context)

  const at = async (entity: string, period: string) => {
    const [row] = await db.execute<{ id: number; comparison: number; revision: number }>(
      sql`select reconciliation_id as id, comparison_id as comparison, revision from reconciliations where entity = ${entity} and period = ${period}`,
    )
    return { reconciliationId: row!.id, comparisonId: row!.comparison, seenRevision: row!.revision }
  }
  for (const entity of ['NO01', 'SE01']) {
    const { reconciliationId } = await at(entity, '2026-06')
    const file = { name: `${entity}.txt`, bytes: new TextEncoder().encode(entity) }
    await addEvidence(context, { reconciliationId, file, actor: FIONA })
  }
  for (const [entity, period] of [
    ['NO01', '2026-06'],
    ['NO01', '2026-07'],
    ['SE01', '2026-06'],
  ] as const)
    await prepareReconciliation(context, { ...(await at(entity, period)), actor: FIONA })
  for (const entity of ['NO01', 'SE01']) await certifyReconciliation(context, { ...(await at(entity, '2026-06')), actor: CARA })
  await plant({ owner }, "delete from evidence where name = 'SE01.txt'")
  const { reconciliationId, comparisonId } = await at('NO01', '2026-09')
  const words = { type: 'timing', amount: '1.50', text: 'invoiced a day later' } as const
  await explainBreak(context, { reconciliationId, comparisonId, part: 1, ...words, actor: FIONA })

  const late = ledgerCsv([...all.map(wrong), sold('2026-06', 'SE01', { id: 'late', document: 'S-LATE', credit: '5.00' })])
  await load(context, BOOKS, late, 'late.csv')
  await compareWhatMoved(context)
}

/** The same, and the newest run of the books failed: it names no entity, and stops all it ever brought. */
export async function makeFailedCloseWorld(world: World): Promise<void> {
  await makeCloseWorld(world)
  await load(world.context, BOOKS, 'no,ledger\n1,2\n')
}
