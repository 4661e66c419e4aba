import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { listMovedLines } from '#db/queries/comparison-sides.ts'
import { countSupersededOf } from '#db/queries/reconciliation-screens.ts'
import { findReconciliationDefinition } from '#db/queries/reconciliations.ts'
import { listCertifications } from '#db/queries/sign-offs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { addActors, plant } from '#db/testing/people.ts'
import type { Actor } from '#server/domain/actor.ts'
import { sha256Hex } from '#server/platform/hash.ts'
import { importDefinitions } from '../import-definitions.ts'
import { verify } from '../verify.ts'
import { compareWhatMoved } from './compare-what-moved.ts'
import { comparedOf } from './compared.ts'
import { explainBreak, withdrawExplanation } from './explain.ts'
import { certifyReconciliation, prepareReconciliation, rejectReconciliation } from './sign.ts'

/** A ledger and a billing system, brought by jobs of their own, and what is between them. */
const world = useDatabase()

const LEDGER = ledgerJob()
const BILLING = ledgerJob({ job: 'billing', system: { code: 'billing', name: 'Billing', kind: 'billing' } })
const fiona: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const cara: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const carl: Actor = { name: 'carl', role: 'controller', entityScope: ['*'] }

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
const invoice = (n: number, credit: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id: `I${n}`,
  document: `INV${n}`,
  debit: '',
  credit,
  ...more,
})
const INVOICES = [invoice(1, '100.00'), invoice(2, '250.50'), invoice(3, '7.25')]

type Row = { reconciliation_id: number; state: string; comparison_id: number; revision: number; period: string }
const all = () => world.db.execute<Row>(sql`select * from reconciliations order by period`)
const one = async (): Promise<Row> => (await all())[0]!
const parts = async () => {
  const { comparison_id } = await one()
  return world.db.execute<{ part: number; key: string; amount: string; keys: number; bucket: string }>(
    sql`select part, key, amount::text, keys, bucket from comparison_parts where comparison_id = ${comparison_id} order by part`,
  )
}
const asked = async (actor: Actor, comment?: string) => {
  const { reconciliation_id: reconciliationId, revision: seenRevision } = await one()
  return { reconciliationId, seenRevision, actor, comment }
}
const ledger = (rows: readonly LedgerRow[]) => load(world.context, LEDGER, ledgerCsv(rows))
const compareAll = () => compareWhatMoved(world.context)

beforeAll(async () => {
  await addActors(world, fiona, cara, carl)
  await importDefinitions(world.context, { yaml: JSON.stringify(DEFINITION), actor: ADMIN })
  await load(world.context, BILLING, ledgerCsv(INVOICES))
})

test('a side that has nothing yet is every record missing, in amount and in keys', async () => {
  await ledger([invoice(1, '100.00', { account: '1200' })])
  await compareAll()
  expect((await one()).state).toBe('breaks')
  expect([...(await parts())].map(({ key, amount, keys }) => [key, amount, keys])).toEqual([
    ['INV1', '100.00', -1],
    ['INV2', '250.50', -1],
    ['INV3', '7.25', -1],
  ])
})

test('it is compared when a side moved, and not before', async () => {
  expect(await compareAll()).toBe(0)
  await ledger(INVOICES.map((row) => ({ ...row, ...(row.id === 'I2' && { credit: '252.50' }) })))
  expect(await compareAll()).toBe(1)
  expect((await one()).state).toBe('breaks')
  expect([...(await parts())]).toMatchObject([{ key: 'INV2', amount: '-2.00', keys: 0, bucket: 'unexplained' }])
})

test('what is unexplained can be neither prepared nor certified, and says why', async () => {
  await expect(prepareReconciliation(world.context, await asked(fiona))).rejects.toThrow('something is unexplained')
  await expect(certifyReconciliation(world.context, await asked(cara))).rejects.toThrow('something is unexplained')
})

test('an explanation covers its amount and no more; what is within the tolerance is accepted', async () => {
  const [part] = await parts()
  const { reconciliation_id: reconciliationId, comparison_id: comparisonId } = await one()
  const base = { reconciliationId, comparisonId, part: part!.part, type: 'timing' as const, actor: fiona }
  const { explanationId } = await explainBreak(world.context, { ...base, amount: '-0.99', text: 'a part of it' })
  expect((await one()).state).toBe('breaks')
  const second = await explainBreak(world.context, { ...base, amount: '-0.01', text: 'up to the tolerance' })
  expect((await one()).state).toBe('ready')
  await withdrawExplanation(world.context, { ...base, explanationId: second.explanationId })
  expect((await one()).state).toBe('breaks')
  await explainBreak(world.context, { ...base, amount: '-1.01', text: 'the rest of it' })
  expect((await one()).state).toBe('ready')
  await expect(withdrawExplanation(world.context, { ...base, explanationId: second.explanationId })).rejects.toThrow(
    'withdrawn already',
  )
  expect(explanationId).toBeGreaterThan(0)
})

test('four eyes: never who prepared it, never who changed something under it, whatever the door', async () => {
  await expect(certifyReconciliation(world.context, await asked(cara))).rejects.toThrow('nobody has prepared it')
  await prepareReconciliation(world.context, await asked(cara))
  await expect(certifyReconciliation(world.context, await asked(cara))).rejects.toThrow('you prepared it')
  const { reconciliation_id, comparison_id } = await one()
  const sign = (who: string) =>
    world.db.execute(sql`insert into sign_offs (reconciliation_id, comparison_id, act, signed_by, comment, signed_at)
      values (${reconciliation_id}, ${comparison_id}, 'certified', ${who}, '', now())`)
  await expect(sign('cara')).rejects.toMatchObject({ cause: { message: expect.stringContaining('cara has signed') } })
  await expect(sign(ADMIN.name)).rejects.toMatchObject({ cause: { message: expect.stringContaining('changed something') } })
  await expect(certifyReconciliation(world.context, { ...(await asked(carl)), seenRevision: 0 })).rejects.toThrow(
    'It moved since',
  )
})

test('it goes back with a reason, and must be prepared again', async () => {
  await expect(rejectReconciliation(world.context, await asked(carl, 'no'))).rejects.toThrow('reason')
  await rejectReconciliation(world.context, await asked(carl, 'say which invoice it is'))
  expect((await one()).state).toBe('ready')
  await expect(certifyReconciliation(world.context, await asked(carl))).rejects.toThrow('nobody has prepared it')
  await prepareReconciliation(world.context, await asked(fiona, 'said so'))
})

test('certifying seals it: the hash is that of the seal, and nobody can edit it', async () => {
  const { certificationId, sealHash } = await certifyReconciliation(world.context, await asked(carl, 'seen'))
  expect((await one()).state).toBe('certified')
  const [certification] = await listCertifications(world.db, (await one()).reconciliation_id)
  expect(certification).toMatchObject({ certificationId, sealHash, supersededAt: null })
  expect(sha256Hex(certification!.seal)).toBe(sealHash)
  expect(JSON.parse(certification!.seal)).toMatchObject({
    reconciliation: { name: 'billing-to-ledger', entity: 'NO01', period: '2026-03' },
    figures: [
      { side: 'Billing', currency: 'NOK', lines: 3, amount: '-357.75' },
      { side: 'Ledger', currency: 'NOK', lines: 3, amount: '-359.75' },
    ],
    parts: [{ bucket: 'unexplained', key: ['INV2'], amount: '-2.00' }],
    signOffs: [
      { act: 'prepared', signedBy: 'cara' },
      { act: 'rejected', signedBy: 'carl' },
      { act: 'prepared', signedBy: 'fiona' },
      { act: 'certified', signedBy: 'carl', comment: 'seen' },
    ],
  })
  await expect(world.db.execute(sql`update certifications set seal = ''`)).rejects.toMatchObject({
    cause: { code: '42501' },
  })
  await expect(world.db.execute(sql`delete from sign_offs`)).rejects.toMatchObject({ cause: { code: '42501' } })
})

test('what does not concern what was signed leaves it standing', async () => {
  await ledger([{ ...INVOICES[0]!, credit: '100.00', text: 'another text' }])
  await compareAll()
  expect((await one()).state).toBe('certified')
  await ledger([{ id: 'other', account: '1200', debit: '5.00' }])
  await compareAll()
  expect((await one()).state).toBe('certified')
})

test('one line that comes late supersedes it, is named, and the figure that was signed is still there', async () => {
  const before = await listCertifications(world.db, (await one()).reconciliation_id)
  await ledger([{ id: 'late', document: 'INV9', credit: '0.05' }])
  await compareAll()
  const { reconciliation_id, state } = await one()
  expect(state).toBe('breaks')
  const [certification] = await listCertifications(world.db, reconciliation_id)
  expect(certification).toMatchObject({ seal: before[0]!.seal, supersededAt: expect.any(String) })
  const known = (await findReconciliationDefinition(world.db, 'billing-to-ledger'))!
  const compared = (await comparedOf(world.db, known, { entity: 'NO01', period: '2026-03' }))!
  expect(await listMovedLines(world.db, compared, certification!.asOf, 1_000)).toMatchObject([
    { side: 1, source_key: 'late', before: null, after: '-0.05', currency: 'NOK' },
  ])
  const [event] = await world.db.execute<{ after: { moved: unknown[] } }>(
    sql`select after from audit_events where action = 'reconciliation.superseded'`,
  )
  expect(event!.after.moved).toMatchObject([{ source_key: 'late', before: null, after: '-0.05' }])
})

test('who signed it is told, and nobody else', async () => {
  const told = (person: string, scope = ['*']) => countSupersededOf(world.db, person, scope)
  expect(await Promise.all(['carl', 'fiona', 'ivan'].map((person) => told(person)))).toEqual([1, 1, 0])
  expect(await told('carl', ['SE01'])).toBe(0)
})

test('a missing record is never within the tolerance', async () => {
  expect([...(await parts())].map(({ key, amount, keys }) => [key, amount, keys])).toEqual([
    ['INV2', '-2.00', 0],
    ['INV9', '-0.05', 1],
  ])
  expect((await one()).state).toBe('breaks')
})

test('verify agrees, and names a seal, a part and a signed figure that somebody changed past the product', async () => {
  const wrong = async () => (await verify(world.context)).checks.flatMap((check) => check.differences)
  expect(await wrong()).toEqual([])
  const changed = async (change: string, back: string) => {
    await plant(world, change)
    const found = await wrong()
    await plant(world, back)
    return found
  }
  expect(
    await changed(
      `update certifications set seal = replace(seal, '-2.00', '-3.00')`,
      `update certifications set seal = replace(seal, '-3.00', '-2.00')`,
    ),
  ).toEqual([expect.stringContaining('its seal is not what was signed')])
  expect(
    await changed(
      `update comparison_parts set amount = amount + 1 where comparison_id = (select max(comparison_id) from comparisons) and part = 1`,
      `update comparison_parts set amount = amount - 1 where comparison_id = (select max(comparison_id) from comparisons) and part = 1`,
    ),
  ).toEqual([expect.stringContaining('its parts sum to')])
  const signed = `comparison_id = (select comparison_id from certifications limit 1) and side = 1`
  expect(
    await changed(
      `update comparison_figures set lines = lines + 1 where ${signed}`,
      `update comparison_figures set lines = lines - 1 where ${signed}`,
    ),
  ).toEqual([expect.stringContaining('other figures than were signed')])
  expect(await changed(`update reconciliations set state = 'certified'`, `update reconciliations set state = 'breaks'`)).toEqual([
    expect.stringContaining('is certified, and certification none stands'),
  ])
  expect(await wrong()).toEqual([])
})
