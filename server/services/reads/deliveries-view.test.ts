import { afterAll, beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { deliverAll, deliveryWorld, documentTarget } from '#db/testing/delivery.ts'
import { ADMIN, type JobInput } from '#db/testing/load.ts'
import { ITEM_STATES } from '#server/domain/delivery.ts'
import { previewRollback, rollbackRun } from '../rollback/rollback-run.ts'
import { verify } from '../verify.ts'
import { readDeliveries, readDeliveriesOfRun, readDeliveryView } from './deliveries-view.ts'
import { readPivotLeaves } from './pivot-leaves.ts'

const world = useDatabase()
const { jobTo, send, start, stop } = deliveryWorld(world)
afterAll(stop)

const ALL = { entityScope: ['*'] }
const NO01 = { entityScope: ['NO01'] }
const now = new Date('2026-11-21T12:00:00Z')
let job: JobInput
let simulator: Awaited<ReturnType<typeof start>>
let firstRun = 0
let secondRun = 0

beforeAll(async () => {
  simulator = await start()
  job = jobTo(documentTarget(simulator.url))
  simulator.refuse = ({ key }) => (key.endsWith('LOCKED') ? { code: 'locked', message: 'closed there' } : null)
  const rows = [
    { id: '1', document: 'A', debit: '10' },
    { id: '2', document: 'B', entity: 'SE01', currency: 'SEK', debit: '20' },
    { id: '3', document: 'LOCKED', debit: '30' },
  ]
  firstRun = (await send(job, rows)).runId
  secondRun = (
    await send(job, [
      { id: '1', document: 'A', debit: '11' },
      { id: '4', document: 'C', debit: '4' },
    ])
  ).runId
  await deliverAll(world.context)
})

test('every count opens its list: documents by state', async () => {
  const { rows } = await readDeliveries(world.db, { scope: ['*'] }, now)
  expect(rows.map(({ status }) => status)).toEqual(['confirmed', 'refused'])
  for (const { deliveryId, items } of rows)
    for (const state of ITEM_STATES) {
      const view = await readDeliveryView(world.db, { deliveryId, actor: ALL, state }, now)
      expect(view.items).toHaveLength(items[state] ?? 0)
      expect(new Set([...view.slices, ...view.items].map(({ certainty }) => certainty))).toEqual(new Set(['not_reconciled']))
    }
})

test('filters: by target, job and status', async () => {
  const count = async (filter: object) => (await readDeliveries(world.db, { scope: ['*'], ...filter }, now)).rows.length
  expect(await count({ job: job.job })).toBe(2)
  expect(await count({ job: 'another' })).toBe(0)
  expect(await count({ status: 'refused' })).toBe(1)
  expect(await count({ target: job.targets![0]!.system.code })).toBe(2)
  expect(await count({ entity: 'SE01' })).toBe(1)
})

test('who sees one entity sees its documents and totals, and no words that name the others', async () => {
  const { rows } = await readDeliveries(world.db, { scope: NO01.entityScope }, now)
  const refused = rows.find(({ status }) => status === 'refused')!
  expect(refused.items).toEqual({ confirmed: 1, refused: 1 })
  expect(refused.failureDetail).toBeNull()
  const view = await readDeliveryView(world.db, { deliveryId: refused.deliveryId, actor: NO01 }, now)
  expect(new Set([...view.items, ...view.slices].map(({ entity }) => entity))).toEqual(new Set(['NO01']))
  await expect(
    readDeliveryView(world.db, { deliveryId: refused.deliveryId, actor: { entityScope: ['DK01'] } }, now),
  ).rejects.toMatchObject({ code: 'delivery_not_found' })
})

test('what the target confirmed stands beside source and loaded in the control totals', async () => {
  const leaves = await readPivotLeaves(world.db, { measure: 'debit', filter: { scope: ['*'] }, publication: 2, isPast: false })
  const cell = (currency: string) => leaves.find((leaf) => leaf.currency === currency)!
  expect(cell('SEK')).toMatchObject({ cell: { published: '20.00', target: '20.00' } })
  // What it refused is published and not there.
  expect(cell('NOK')).toMatchObject({ cell: { published: '45.00', target: '15.00' } })
})

test('the preview of a rollback says what each target will be told, and that is what it is told', async () => {
  const preview = await previewRollback(world.context, secondRun)
  expect(preview.targets).toMatchObject([{ target: 'warehouse', status: 'confirmed', put: 1, withdraw: 1 }])
  const { runId } = await rollbackRun(world.context, { runId: secondRun, reason: 'for a test', actor: ADMIN })
  await deliverAll(world.context)
  const [made] = await readDeliveriesOfRun(world.db, runId, ['*'])
  const [told] = await readDeliveriesOfRun(world.db, secondRun, ['*'])
  expect(made!.delivery).toMatchObject({ status: 'confirmed', compensates: told!.delivery.deliveryId })
  expect(told!.delivery.compensatedBy).toBe(made!.delivery.deliveryId)
  const { items } = await readDeliveryView(world.db, { deliveryId: made!.delivery.deliveryId, actor: ALL }, now)
  expect(items.map(({ operation }) => operation).sort()).toEqual(['put', 'withdraw'])
  expect(await readDeliveriesOfRun(world.db, firstRun, ['*'])).toHaveLength(1)
})

test('verify adds up every document from its lines, and names one that was changed', async () => {
  expect((await verify(world.context)).sound).toBe(true)
  await world.owner`update delivery_items set debit = debit + 0.01 where item_id = (select min(item_id) from delivery_items)`
  const { checks } = await verify(world.context)
  expect(checks.find(({ name }) => name === 'deliveries')!.differences).toHaveLength(1)
  await world.owner`update delivery_items set debit = debit - 0.01 where item_id = (select min(item_id) from delivery_items)`
})
