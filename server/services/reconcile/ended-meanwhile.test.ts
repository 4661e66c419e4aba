import { beforeAll, expect, test } from 'vitest'
import { listParts } from '#db/queries/comparisons.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { untilLockWaits } from '#db/testing/lock-waits.ts'
import { CARL, FIONA, invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import { decideEnding } from '../decide-ending.ts'
import { proposeEnding } from '../propose-ending.ts'
import { compareNow } from './compare-now.ts'

/** What publishes nothing into the slice may say all the same why something is missing there. */
const world = useDatabase()
const { define, bill, book, compare, compareDuring, list, one } = reconciledWorld(world)
const STRICT = ledgerJob({ job: 'strict', onFailure: 'hold', rules: { members: ['cost_centre'] } })
const buckets = async () => (await listParts(world.db, (await one()).comparison_id)).map(({ key, bucket }) => `${key} ${bucket}`)

beforeAll(async () => {
  await define()
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'One']]))
  await bill([invoice(1, '100.00'), invoice(2, '50.00')])
  await book([invoice(9, '1.00', { account: '1200' })])
  await compare()
})

test('a load that is held while its sides are looked at is looked at next', async () => {
  expect(await buckets()).toEqual(['INV1 unexplained', 'INV2 unexplained'])
  await compareDuring(async () => {
    const { outcome } = await load(
      world.context,
      STRICT,
      ledgerCsv([invoice(1, '100.00'), invoice(3, '1.00', { cost_centre: 'X' })]),
    )
    expect(outcome).toBe('held')
  })
  expect(await buckets(), 'nobody had seen it').toContain('INV1 unexplained')
  expect(await compare()).toBe(1)
  expect(await buckets()).toEqual(['INV2 unexplained', 'INV1 in_flight'])
  expect(await compare()).toBe(0)
})

test('a load that is held and given up brings nothing any more: what waits in it is unexplained', async () => {
  const exceptions = [
    ...(await world.owner<
      { exceptionId: number }[]
    >`select exception_id as "exceptionId" from exceptions where closed_at is null`),
  ]
  const ended = { reason: 'the file was sent by mistake', ending: 'rejected' } as const
  await proposeEnding(world.context, { exceptions, ...ended, actor: FIONA })
  expect(await compare(), 'it is only proposed').toBe(0)
  // Its sides are looked at while the decision waits for whoever has the exception.
  let deciding: ReturnType<typeof decideEnding> | undefined
  await world.owner.begin(async (tx) => {
    await tx`select from exceptions for update`
    deciding = decideEnding(world.context, { exceptions, decision: 'approved', actor: CARL })
    await untilLockWaits(world)
    await compareNow(world.context, { reconciliationId: (await one()).reconciliation_id, actor: CARL })
    expect(await buckets()).toContain('INV1 in_flight')
  })
  expect((await deciding!).results.map(({ outcome }) => outcome)).toEqual(['done'])
  expect(await compare()).toBe(1)
  expect(await buckets()).toContain('INV1 unexplained')
})

test('a held load that is cleared away while it is looked at brings nothing any more, and stops no comparison', async () => {
  const { runId } = await load(world.context, STRICT, ledgerCsv([invoice(1, '100.00'), invoice(4, '1.00', { cost_centre: 'Y' })]))
  const { reconciliation_id: reconciliationId } = await one()
  let comparing: Promise<unknown> | undefined
  await world.owner.begin(async (tx) => {
    await tx`select drop_load_place(load_id) from loads where run_id = ${runId}`
    await tx`update loads set has_own_place = false where run_id = ${runId}`
    comparing = compareNow(world.context, { reconciliationId, actor: CARL })
    await untilLockWaits(world)
  })
  await comparing
  expect(await buckets()).toContain('INV1 unexplained')
})

test('a record that comes in another period is found from the period that misses it', async () => {
  await book([invoice(2, '50.00', { period: '2026-04', posted_on: '2026-04-01' })])
  await compare()
  expect(await list()).toHaveLength(2)
  expect(await buckets()).toContain('INV2 cut_off_timing')
})
