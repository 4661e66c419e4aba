import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, TRAILER } from '#db/testing/ledger.ts'
import { ADMIN, load, runUntilEnded } from '#db/testing/load.ts'
import { addActors } from '#db/testing/people.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { Certainty } from '#server/domain/certainty.ts'
import { importDefinitions } from '../import-definitions.ts'
import { compareWhatMoved } from '../reconcile/compare-what-moved.ts'
import { certifyReconciliation, prepareReconciliation } from '../reconcile/sign.ts'
import { replayRun } from '../replay-run.ts'
import { setPeriodState } from '../set-period-state.ts'
import { readCertainty, readCertaintyOfAll } from './certainty.ts'
import { readException } from './exceptions-view.ts'
import { readLines } from './lines-view.ts'
import { readRejected } from './run-rows.ts'
import { readRunScreen } from './run-screen.ts'
import { readTotals } from './totals-view.ts'
import { readTower } from './tower-view.ts'
import { readHeldLoads, readWaiting } from './waiting-view.ts'

/** Sales and books of NO01 2026-03, tied and compared twice: in all, and by document. */
const world = useDatabase()
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const system = (code: string) => ledgerJob({ job: code, system: { code, name: code, kind: 'erp' } })
const [SALES, BOOKS] = [system('sales'), system('books')]
const definition = (name: string) => ({
  kind: 'reconciliation',
  reconciliation: name,
  title: name,
  sides: [
    { name: 'Sales', system: 'sales' },
    { name: 'Books', system: 'books' },
  ],
  key: ['document'],
})
const SLICE = { entity: 'NO01', period: '2026-03', version: 'actual' }
const ROWS = [{ id: '1', document: 'D1', credit: '10.00', debit: '' }]
const both = async (rows: typeof ROWS) => {
  await load(world.context, SALES, ledgerCsv(rows))
  return (await load(world.context, BOOKS, ledgerCsv(rows))).publication!
}
const at = async (publication?: number) =>
  (await readCertainty(world.db, { scope: ['*'] }, publication ?? (await newestPublication(world.db))))(SLICE)
const sign = async (name: string) => {
  const [row] = await world.db.execute<{ id: number; revision: number }>(sql`
    select r.reconciliation_id as id, r.revision from reconciliations r join reconciliation_definitions d using (definition_id) where d.name = ${name}`)
  const asked = { reconciliationId: row!.id, seenRevision: row!.revision }
  await prepareReconciliation(world.context, { ...asked, actor: FIONA })
  await certifyReconciliation(world.context, { ...asked, seenRevision: row!.revision + 1, actor: CARA })
}
let signedAt = 0

beforeAll(async () => {
  await addActors(world, FIONA, CARA)
  signedAt = await both(ROWS)
})

test('without a reconciliation nobody answers for it', async () => {
  expect(await at()).toBe('not_reconciled')
})

test('it is certified once every reconciliation of it is, and not before', async () => {
  for (const name of ['in-all', 'by-document'])
    await importDefinitions(world.context, { yaml: JSON.stringify(definition(name)), actor: ADMIN })
  await compareWhatMoved(world.context)
  expect(await at()).toBe('preliminary')
  await sign('in-all')
  expect(await at(), 'one of two').toBe('preliminary')
  await sign('by-document')
  expect(await at()).toBe('certified')
  expect(await readCertaintyOfAll(world.db, { scope: ['*'] }, signedAt)).toBe('certified')
})

test('closing does not certify, and what is certified is not closed by it', async () => {
  await setPeriodState(world.context, { entity: 'NO01', period: '2026-04', state: 'closed', reason: 'for a test', actor: CARA })
  expect((await readCertainty(world.db, { scope: ['*'] }, signedAt))({ ...SLICE, period: '2026-04' })).not.toBe('certified')
  expect(await world.owner`select from period_states where period = '2026-03'`).toHaveLength(0)
})

test('what was published a moment ago is preliminary before anybody has compared it; as of then it stays certified', async () => {
  const moved = await both([...ROWS, { id: '2', document: 'D2', credit: '5.00', debit: '' }])
  expect(await at(), 'not looked at yet').toBe('preliminary')
  await compareWhatMoved(world.context)
  expect(await at(), 'superseded').toBe('preliminary')
  expect(await at(signedAt)).toBe('certified')
  expect(await at(moved - 1), 'one side had moved').toBe('preliminary')
  for (const name of ['in-all', 'by-document']) await sign(name)
  expect([await at(signedAt), await at(moved - 1), await at(moved)]).toEqual(['certified', 'preliminary', 'certified'])
})

test('a period in which nothing came that came before is preliminary, and entities out of scope are not looked at', async () => {
  await load(
    world.context,
    system('other'),
    ledgerCsv([{ id: '9', period: '2026-05', document: 'X', credit: '1.00', debit: '' }]),
  )
  const certainty = await readCertainty(world.db, { scope: ['*'] }, await newestPublication(world.db))
  expect(certainty({ ...SLICE, period: '2026-05' }), 'compared in March, and nothing of it in May').toBe('preliminary')
  const elsewhere = await readCertainty(world.db, { scope: ['SE01'] }, signedAt)
  expect(elsewhere(SLICE)).toBe('not_reconciled')
})

test('a column over several periods is certified where each of them is; each row says its own', async () => {
  const publication = await newestPublication(world.db)
  const shape = { by: 'entity', below: null, across: 'period' } as const
  const request = { view: 'pivot', filter: { scope: ['*'] }, publication, isPast: false } as const
  const across = await readTotals(world.db, { ...request, shape }, new Date())
  const down = await readTotals(world.db, request, new Date())
  if (across.view !== 'pivot' || down.view !== 'pivot') throw new Error('another view')
  expect(across.pivot.columns.map((period, i) => [period, across.pivot.certainties[i]])).toEqual([
    ['2026-03', 'certified'],
    ['2026-05', 'preliminary'],
  ])
  expect(down.pivot.groups[0]!.totals.map(({ certainty }) => certainty)).toEqual(['preliminary'])
  expect(Object.fromEntries(down.pivot.groups[0]!.rows.map(({ key, certainty }) => [key.period, certainty]))).toEqual({
    '2026-03': 'certified',
    '2026-05': 'preliminary',
  })
})

test('a row that waits says it of its own period, a sum over several is certified where each of them is', async () => {
  const name = 'members-cost-centre'
  await load(
    world.context,
    memberJob('cost_centre'),
    memberCsv(['code', 'name', 'status'], [['OLD', 'Warehouse', 'inactive']]),
    name,
  )
  const job = ledgerJob({ ...system('late'), rules: { members: ['cost_centre'] }, onFailure: 'quarantine' })
  const waits = (id: string, period: string, currency: string) => ({ id, period, currency, cost_centre: 'OLD', debit: '7.00' })
  const rows = [waits('w1', '2026-03', 'NOK'), waits('w2', '2026-05', 'NOK'), waits('w3', '2026-03', 'EUR')]
  const { runId } = await load(world.context, job, ledgerCsv(rows))
  const now = new Date()
  const expected = { EUR: 'certified', NOK: 'preliminary' }

  const waiting = await readWaiting(world.db, { filter: { scope: ['*'] } }, now)
  expect(waiting.rows.map(({ period, certainty }) => [period, certainty])).toEqual([
    ['2026-03', 'certified'],
    ['2026-05', 'preliminary'],
    ['2026-03', 'certified'],
  ])
  expect(Object.fromEntries(waiting.sums.map(({ currency, certainty }) => [currency, certainty]))).toEqual(expected)
  const publication = await newestPublication(world.db)
  const { money } = await readTower(world.db, { role: 'controller', grid: 'periods', publication, scope: ['*'] }, now)
  expect(Object.fromEntries(money.map((row) => [row.currency, row.waiting?.certainty]))).toEqual(expected)
  const run = await readRunScreen(world.db, { runId, actor: CARA, open: undefined, previewRunId: undefined, now })
  const each = new Set(['2026-03 certified', '2026-05 preliminary'])
  expect(marks(run.totals)).toEqual(each)
  expect(marks((await readRejected(world.db, { runId, scope: ['*'] }, now)).rows)).toEqual(each)
  const { exception_id: exceptionId } = (
    await world.owner<{ exception_id: number }[]>`
    select exception_id from exceptions where job_id = (select job_id from runs where run_id = ${runId})`
  )[0]!
  expect(marks((await readException(world.db, { exceptionId, scope: ['*'] }, now)).waiting.rows)).toEqual(each)
})

test('lines, and what a rollback or a replay would move, say it of their own period', async () => {
  const now = new Date()
  const publication = await newestPublication(world.db)
  const lines = await readLines(world.db, { filter: { scope: ['*'] }, publication, addUp: false }, now)
  expect([marks(lines.rows), lines.certainty]).toEqual([new Set(['2026-03 certified', '2026-05 preliminary']), 'preliminary'])
  for (const [job, expected] of [
    ['sales', '2026-03 certified'],
    ['other', '2026-05 preliminary'],
  ]) {
    const [run] = await world.owner<{ run_id: number }[]>`
      select max(run_id) as run_id from runs where publication is not null and job_id = (select job_id from jobs where name = ${job!})`
    const asked = { runId: run!.run_id, actor: CARA, now }
    const { rollbackPreview } = await readRunScreen(world.db, { ...asked, open: 'rollback', previewRunId: undefined })
    expect(marks(rollbackPreview!.slices)).toEqual(new Set([expected]))
  }
  const [sales] = await world.owner<{ run_id: number }[]>`
    select min(run_id) as run_id from runs where job_id = (select job_id from jobs where name = 'sales')`
  const runId = sales!.run_id
  const preview = await replayRun(world.context, { runId, rules: 'current', preview: true, actor: ADMIN })
  await runUntilEnded(world.context, preview.runId)
  const asked = { runId, actor: CARA, now, open: 'replay', previewRunId: preview.runId } as const
  expect(marks((await readRunScreen(world.db, asked)).replayPreview!.totals)).toEqual(new Set(['2026-03 certified']))
})

const marks = (rows: readonly { readonly period: string; readonly certainty: Certainty }[]) =>
  new Set(rows.map(({ period, certainty }) => `${period} ${certainty}`))

test('amounts that are held back or unexplained say it too', async () => {
  for (const [id, period, currency] of [
    ['c1', '2026-05', 'NOK'],
    ['c2', '2026-03', 'EUR'],
  ] as const) {
    const job = ledgerJob({ ...system(`claims-${id}`), format: { type: 'csv', trailer: { ...TRAILER, currency } } })
    await load(world.context, job, ledgerCsv([{ id, period, currency }], [1, 1, '3', '0']))
  }
  const publication = await newestPublication(world.db)
  const { money } = await readTower(world.db, { role: 'controller', grid: 'periods', publication, scope: ['*'] }, new Date())
  expect(money.map((row) => [row.currency, row.held?.certainty, row.unexplained?.certainty])).toEqual([
    ['EUR', 'certified', 'certified'],
    ['NOK', 'preliminary', 'preliminary'],
  ])
  const { rows } = await readHeldLoads(world.db, { scope: ['*'] }, new Date())
  expect(rows.map(({ period, certainty }) => [period, certainty])).toEqual([
    ['2026-03', 'certified'],
    ['2026-05', 'preliminary'],
  ])
})
