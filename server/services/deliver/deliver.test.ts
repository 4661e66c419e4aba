import { afterAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { currentOf, deliverAll, deliveryWorld, documentTarget } from '#db/testing/delivery.ts'
import { ADMIN } from '#db/testing/load.ts'
import { rollbackRun } from '../rollback/rollback-run.ts'

const world = useDatabase()
const { deliveriesOf, exceptionsOf, itemsOf, jobTo, send, start, stop } = deliveryWorld(world)
afterAll(stop)

test('a publication is delivered document by document, read back, and confirmed', async () => {
  const simulator = await start()
  const job = jobTo(documentTarget(simulator.url))
  await send(job, [
    { id: '1', document: 'A', debit: '10.50' },
    { id: '2', document: 'A', credit: '10.50' },
    { id: '3', document: 'B', debit: '7' },
    { id: '4', document: '', debit: '1' },
    { id: '5', document: 'C', currency: 'SEK', debit: '2' },
  ])
  const [before] = await deliveriesOf(job)
  expect(before).toMatchObject({ status: 'pending', attempt: 0 })
  await deliverAll(world.context)
  const [delivery] = await deliveriesOf(job)
  expect(delivery).toMatchObject({ status: 'confirmed', attempt: 1, failure_code: null })
  const items = await itemsOf(delivery!.delivery_id)
  expect(items.map(({ state }) => state)).toEqual(['confirmed', 'confirmed', 'confirmed', 'confirmed'])
  expect(currentOf(simulator)).toHaveLength(4)
  const totals = await world.owner`
    select checkpoint, currency, count::int, debit::text, credit::text from delivery_totals where delivery_id = ${delivery!.delivery_id} order by 1, 2`
  expect(totals).toMatchObject([
    { checkpoint: 'confirmed', currency: 'NOK', count: 4, debit: '18.50', credit: '10.50' },
    { checkpoint: 'confirmed', currency: 'SEK', count: 1, debit: '2.00', credit: '0' },
    { checkpoint: 'delivered', currency: 'NOK', count: 4, debit: '18.50', credit: '10.50' },
    { checkpoint: 'delivered', currency: 'SEK', count: 1, debit: '2.00', credit: '0' },
  ])
  const [event] =
    await world.owner`select action from audit_events where object_type = 'delivery' and object_id = ${String(delivery!.delivery_id)}`
  expect(event).toMatchObject({ action: 'delivery.confirmed' })
})

test('only what changed is told: a changed document takes the place of the old one, in order', async () => {
  const simulator = await start()
  const job = jobTo(documentTarget(simulator.url))
  await send(job, [
    { id: '1', document: 'A', debit: '10' },
    { id: '2', document: 'B', debit: '20' },
  ])
  await send(job, [{ id: '1', document: 'A', debit: '11' }])
  await deliverAll(world.context)
  const [first, second] = await deliveriesOf(job)
  expect([first!.status, second!.status]).toEqual(['confirmed', 'confirmed'])
  expect(await itemsOf(second!.delivery_id)).toMatchObject([{ operation: 'put', state: 'confirmed', count: 1 }])
  expect(currentOf(simulator)).toHaveLength(2)
  expect(simulator.documents).toHaveLength(3)
})

test('a target that is down stops no load, is an exception after a while, and goes on by itself', async () => {
  const simulator = await start()
  const job = { ...jobTo(documentTarget(simulator.url)), retry: { attempts: 2, baseMs: 10, maxMs: 20 } }
  simulator.fault = () => 'down'
  for (const id of ['1', '2', '3']) expect((await send(job, [{ id }])).outcome).toBe('succeeded')
  await deliverAll(world.context, async () => (await exceptionsOf(job)).length > 0)
  const [exception] = await exceptionsOf(job)
  expect(exception).toMatchObject({ code: 'target_answer_lost', failure_class: 'technical_transient', closed_at: null })
  // A later load closes nothing of the target's.
  await send(job, [{ id: '4' }])
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['waiting', 'pending', 'pending', 'pending'])
  expect((await exceptionsOf(job))[0]!.closed_at).toBeNull()
  simulator.fault = null
  await deliverAll(world.context)
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['confirmed', 'confirmed', 'confirmed', 'confirmed'])
  expect((await exceptionsOf(job))[0]!.closed_at).not.toBeNull()
  expect(simulator.documents).toHaveLength(4)
})

test('being told to slow down is obeyed and is no failure', async () => {
  const simulator = await start({ rate: { requests: 2, windowMs: 400 } })
  const job = { ...jobTo(documentTarget(simulator.url)), retry: { attempts: 2, baseMs: 10, maxMs: 20 } }
  await send(
    job,
    ['1', '2', '3', '4', '5', '6', '7'].map((id) => ({ id })),
  )
  await deliverAll(world.context)
  expect(simulator.requests.some(({ status }) => status === 429)).toBe(true)
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'confirmed' })
  expect(await exceptionsOf(job)).toEqual([])
  expect(simulator.documents).toHaveLength(7)
}, 20_000)

test('a rollback tells the target too: the delivery that makes good names the one it makes good', async () => {
  const simulator = await start()
  const job = jobTo(documentTarget(simulator.url))
  await send(job, [{ id: '1', document: 'A', debit: '5' }])
  const { runId } = await send(job, [
    { id: '1', document: 'A', debit: '6' },
    { id: '2', document: 'B', debit: '7' },
  ])
  await deliverAll(world.context)
  await rollbackRun(world.context, { runId, reason: 'it was wrong', actor: ADMIN })
  await deliverAll(world.context)
  const [, wrong, good] = await deliveriesOf(job)
  expect(good).toMatchObject({ status: 'confirmed', compensates: wrong!.delivery_id })
  expect((await itemsOf(good!.delivery_id)).map(({ operation }) => operation)).toEqual(['put', 'withdraw'])
  expect(currentOf(simulator)).toMatchObject([{ lines: [{ debit: '5.00' }] }])
})

test('a rollback before the target was told: both are told, in order', async () => {
  const simulator = await start()
  const job = jobTo(documentTarget(simulator.url))
  const { runId } = await send(job, [{ id: '1', document: 'A', debit: '5' }])
  await rollbackRun(world.context, { runId, reason: 'it was wrong', actor: ADMIN })
  await deliverAll(world.context)
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['confirmed', 'confirmed'])
  expect(currentOf(simulator)).toEqual([])
})
