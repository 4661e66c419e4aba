import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { TransactionSql } from 'postgres'
import type { Actor } from '#server/domain/actor.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { compareNow } from '#server/services/reconcile/compare-now.ts'
import { compareWhatMoved } from '#server/services/reconcile/compare-what-moved.ts'
import { certifyReconciliation, prepareReconciliation } from '#server/services/reconcile/sign.ts'
import type { TestDatabase } from './database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from './ledger.ts'
import { ADMIN, load } from './load.ts'
import { addActors } from './people.ts'

export const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
export const CARL: Actor = { name: 'carl', role: 'controller', entityScope: ['*'] }

const LEDGER = ledgerJob()
const BILLING = ledgerJob({ job: 'billing', system: { code: 'billing', name: 'Billing', kind: 'billing' } })
const DEFINITION = {
  kind: 'reconciliation',
  reconciliation: 'billing-to-ledger',
  title: 'Invoices of billing in the ledger',
  sides: [
    { name: 'Billing', system: 'billing' },
    { name: 'Ledger', system: 'erp', accounts: ['4000-4099'] },
  ],
  key: ['document'],
  tolerance: { absolute: { NOK: '1.00' } },
}

export const invoice = (n: number, credit: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id: `I${n}`,
  document: `INV${n}`,
  debit: '',
  credit,
  ...more,
})

/** Billing and a ledger, compared by document: what a signature is tried on. */
export function reconciledWorld(world: TestDatabase) {
  const compare = () => compareWhatMoved(world.context)
  const list = async () => [
    ...(await world.db.execute<{ reconciliation_id: number; revision: number; state: string; comparison_id: number }>(
      sql`select reconciliation_id, revision, state, comparison_id from reconciliations order by period, entity, reconciliation_id`,
    )),
  ]
  const sign = async (n = 0) => {
    const asked = async (actor: Actor) => {
      const { reconciliation_id: reconciliationId, revision: seenRevision } = (await list())[n]!
      return { reconciliationId, seenRevision, actor }
    }
    await prepareReconciliation(world.context, await asked(FIONA))
    return certifyReconciliation(world.context, await asked(CARL))
  }
  /** Somebody waits for what another has under lock. */
  const untilLocked = async () => {
    for (let waiting = 0; waiting === 0; await sleep(10))
      waiting = (await world.owner`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
        .length
  }
  return {
    untilLocked,
    define: async (more: object = {}) => {
      await addActors(world, FIONA, CARL)
      return importDefinitions(world.context, { yaml: JSON.stringify({ ...DEFINITION, ...more }), actor: ADMIN })
    },
    bill: (rows: readonly LedgerRow[]) => load(world.context, BILLING, ledgerCsv(rows)),
    book: (rows: readonly LedgerRow[]) => load(world.context, LEDGER, ledgerCsv(rows)),
    compare,
    list,
    one: async (n = 0) => (await list())[n]!,
    sign,
    /** Compares the first of them, and lets something happen after its sides were looked at and before what was found is kept. */
    compareDuring: async (happens: (tx: TransactionSql) => Promise<unknown>) => {
      const { reconciliation_id: reconciliationId } = (await list())[0]!
      let comparing: Promise<unknown> | undefined
      await world.owner.begin(async (tx) => {
        await tx`select from reconciliations for update`
        comparing = compareNow(world.context, { reconciliationId, actor: CARL })
        await untilLocked()
        await happens(tx)
      })
      await comparing
    },
  }
}
