import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { approveDefinitions } from '#db/testing/people.ts'
import type { Actor } from '#server/domain/actor.ts'
import { importDefinitions } from '../import-definitions.ts'
import { readReconciliation } from '../reads/reconciliation-view.ts'
import { compareWhatMoved } from './compare-what-moved.ts'
import { explainBreak } from './explain.ts'

/** Balances of a ledger and its copy over three months. */
const world = useDatabase()
const LEDGER = ledgerJob()
const COPY = ledgerJob({ job: 'copy', system: { code: 'copy', name: 'Copy', kind: 'erp' } })
const fiona: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const DEFINITION = {
  kind: 'reconciliation',
  reconciliation: 'copied',
  title: 'The copy',
  sides: [
    { name: 'Ledger', system: 'erp' },
    { name: 'Copy', system: 'copy' },
  ],
  key: ['account'],
  certification: { automaticUpTo: { NOK: '1000000.00' }, sample: 0 },
}
const row = (id: string, month: number, account: string, credit: string): LedgerRow => ({
  id,
  document: id,
  period: `2026-0${month}`,
  account,
  debit: '',
  credit,
})
const view = async (period: string) => {
  const [one] = await world.db.execute<{ reconciliation_id: number }>(
    sql`select reconciliation_id from reconciliations where period = ${period}`,
  )
  return readReconciliation(world.db, { reconciliationId: one!.reconciliation_id, scope: ['*'] }, new Date())
}
const items = async (period: string) =>
  (await view(period)).broughtForward.map(({ key, amount, since, last, movedNow, isCleared, text }) => [
    key,
    amount,
    since === last ? since : `${since} to ${last}`,
    movedNow,
    isCleared ? 'cleared' : 'open',
    text,
  ])

test('what an earlier period differs in comes along with its explanation until a period sets it right', async () => {
  await importDefinitions(world.context, { yaml: JSON.stringify(DEFINITION), actor: ADMIN })
  await approveDefinitions(world)
  await load(
    world.context,
    LEDGER,
    ledgerCsv(
      [1, 2, 3].flatMap((month) => [row(`A${month}`, month, '4000', '100.00'), row(`B${month}`, month, '4010', '50.00')]),
    ),
  )
  await load(
    world.context,
    COPY,
    ledgerCsv([
      // 30.00 too little in January, and in February too; all of it came in March. 4010 is a krone off for ever.
      row('A1', 1, '4000', '70.00'),
      row('A2', 2, '4000', '70.00'),
      row('A3', 3, '4000', '160.00'),
      ...[1, 2, 3].map((month) => row(`B${month}`, month, '4010', month === 1 ? '49.00' : '50.00')),
    ]),
  )
  await compareWhatMoved(world.context)
  const january = await view('2026-01')
  expect(january.broughtForward).toEqual([])
  const part = january.parts.find(({ key }) => key === '4000')!
  const { reconciliationId } = january.reconciliation
  await explainBreak(world.context, {
    reconciliationId,
    comparisonId: january.comparison.comparisonId,
    part: part.part,
    type: 'timing',
    amount: '30.00',
    text: 'comes in March',
    actor: fiona,
  })
  expect(await items('2026-02')).toEqual([
    ['4000', '30.00', '2026-01', '30.00', 'open', 'comes in March'],
    ['4010', '1.00', '2026-01', '0', 'open', null],
  ])
  expect(await items('2026-03')).toEqual([
    ['4000', '60.00', '2026-01 to 2026-02', '-60.00', 'cleared', 'comes in March'],
    ['4010', '1.00', '2026-01', '0', 'open', null],
  ])
})

test('a period that ties is left to people while items of earlier periods are open, and certified by its rule when none is', async () => {
  await load(world.context, LEDGER, ledgerCsv([row('C1', 4, '4000', '5.00')]))
  await load(world.context, COPY, ledgerCsv([row('C1', 4, '4000', '5.00')]))
  await compareWhatMoved(world.context)
  const april = await view('2026-04')
  expect([april.parts, april.reconciliation.state, april.leftToPeople]).toEqual([
    [],
    'ready',
    'items of earlier periods are still open',
  ])
  await load(world.context, COPY, ledgerCsv([row('D1', 4, '4010', '1.00')]))
  await compareWhatMoved(world.context)
  expect(await items('2026-04')).toEqual([['4010', '1.00', '2026-01', '-1.00', 'cleared', null]])
  await load(world.context, LEDGER, ledgerCsv([row('E1', 5, '4000', '5.00')]))
  await load(world.context, COPY, ledgerCsv([row('E1', 5, '4000', '5.00')]))
  await compareWhatMoved(world.context)
  expect((await view('2026-05')).reconciliation.state).toBe('certified')
})

test('what sets right a period that was never compared is no open item', async () => {
  const later = { ...DEFINITION, reconciliation: 'later', title: 'From June on', since: '2026-06', key: ['document'] }
  await importDefinitions(world.context, { yaml: JSON.stringify(later), actor: ADMIN })
  await approveDefinitions(world)
  const late = { period: '2026-05', document: 'LATE' }
  await load(
    world.context,
    LEDGER,
    ledgerCsv([{ ...row('L', 6, '4000', '9.00'), ...late }, row('G6', 6, '4000', '1.00'), row('G7', 7, '4000', '1.00')]),
  )
  const there = { document: 'LATE' }
  await load(
    world.context,
    COPY,
    ledgerCsv([{ ...row('L', 6, '4000', '9.00'), ...there }, row('G6', 6, '4000', '1.00'), row('G7', 7, '4000', '1.00')]),
  )
  await compareWhatMoved(world.context)
  const [june, july] = await world.db.execute<{ reconciliation_id: number }>(
    sql`select reconciliation_id from reconciliations r join reconciliation_definitions d using (definition_id) where d.name = 'later' order by period`,
  )
  const read = (of: typeof june) =>
    readReconciliation(world.db, { reconciliationId: of!.reconciliation_id, scope: ['*'] }, new Date())
  expect((await read(june)).parts).toMatchObject([{ key: 'LATE', because: { kind: 'other_period', period: '2026-05' } }])
  expect((await read(july)).broughtForward).toEqual([])
})
