import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { addActors, approveDefinitions } from '#db/testing/people.ts'
import type { Actor } from '#server/domain/actor.ts'
import { importDefinitions } from '../import-definitions.ts'
import { readReconciliation } from '../reads/reconciliation-view.ts'
import { compareWhatMoved } from './compare-what-moved.ts'
import { certifyReconciliation, prepareReconciliation } from './sign.ts'

/** Two systems that say the same of 200 lines, but for 0.99 each: every one of them small enough. */
const world = useDatabase()
const LEDGER = ledgerJob()
const COPY = ledgerJob({ job: 'copy', system: { code: 'copy', name: 'Copy', kind: 'erp' } })
const LINES = 200
const fiona: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const cara: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }

const row = (n: number, credit: string): LedgerRow => ({
  ...ledgerRows(1)[0]!,
  id: `I${n}`,
  document: `INV${n}`,
  debit: '',
  credit,
})
const rows = (credit: string) => ledgerCsv(Array.from({ length: LINES }, (_, n) => row(n, credit)))

async function define(tolerance: object): Promise<void> {
  const sides = [
    { name: 'Ledger', system: 'erp' },
    { name: 'Copy', system: 'copy' },
  ]
  const definition = { kind: 'reconciliation', reconciliation: 'copied', title: 'The copy', sides, key: ['document'], tolerance }
  await importDefinitions(world.context, { yaml: JSON.stringify(definition), actor: ADMIN })
  await approveDefinitions(world)
  await compareWhatMoved(world.context)
}
async function view() {
  const [one] = await world.db.execute<{ reconciliation_id: number }>(sql`select reconciliation_id from reconciliations`)
  return readReconciliation(world.db, { reconciliationId: one!.reconciliation_id, scope: ['*'] }, new Date())
}
async function asked(actor: Actor) {
  const { reconciliation } = await view()
  return { reconciliationId: reconciliation.reconciliationId, seenRevision: reconciliation.revision, actor }
}

beforeAll(async () => {
  await addActors(world, fiona, cara)
  await load(world.context, LEDGER, rows('100.00'))
  await load(world.context, COPY, rows('99.01'))
})

test('small differences are accepted one by one only up to a sum that is said', async () => {
  await expect(define({ rounding: 99 })).rejects.toThrow('how much of each currency may be accepted in all')
  await define({ rounding: 99, budget: { NOK: '197.99' } })
  const { reconciliation, rests, budget } = await view()
  expect(reconciliation.state).toBe('breaks')
  expect(rests).toEqual([])
  expect(budget).toEqual([
    {
      rule: 'Rounding',
      currency: 'NOK',
      over: LINES,
      under: 0,
      signed: '198.00',
      absolute: '198.00',
      cap: '197.99',
      isOverCap: true,
      bias: 'over',
    },
  ])
  await expect(prepareReconciliation(world.context, await asked(fiona))).rejects.toThrow('than its budget allows')
})

test('a currency that is not listed has no budget', async () => {
  await define({ rounding: 99, budget: { EUR: '1000.00' } })
  expect((await view()).budget).toMatchObject([{ cap: '0.00', isOverCap: true }])
})

test('exactly the budget passes; that all lean one way is said, and sealed', async () => {
  await define({ rounding: 99, budget: { NOK: '198.00' } })
  expect((await view()).reconciliation.state).toBe('ready')
  await prepareReconciliation(world.context, await asked(fiona))
  await certifyReconciliation(world.context, await asked(cara))
  const [{ seal } = { seal: '' }] = await world.db.execute<{ seal: string }>(sql`select seal from certifications`)
  expect(JSON.parse(seal)).toMatchObject({ budget: [{ rule: 'Rounding', absolute: '198.00', cap: '198.00', bias: 'over' }] })
})
