import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { claimDelivery } from '#db/queries/deliveries.ts'
import { cutAtTable } from '#db/testing/cut.ts'
import { useDatabase } from '#db/testing/database.ts'
import { deliverAll, deliveryWorld, documentTarget } from '#db/testing/delivery.ts'
import { Silence } from '#server/platform/silence.ts'
import { recoverRuns } from '../recover-runs.ts'
import { carryOutDelivery } from './carry-out-delivery.ts'
import { recoverDeliveries } from './recover-deliveries.ts'

const world = useDatabase()
const { deliveriesOf, itemsOf, jobTo, send, start, stop } = deliveryWorld(world)
afterAll(stop)

test.each([true, false])(
  'an answer that was lost is unknown; the target is asked, and has one document (keys known: %s)',
  async (knowsKeys) => {
    const simulator = await start({ knowsKeys })
    const job = jobTo(documentTarget(simulator.url, { idempotencyKeys: knowsKeys }))
    let cuts = 0
    simulator.fault = ({ path }) => (path === 'documents' && cuts++ === 0 ? 'cut_after' : null)
    await send(job, [{ id: '1' }, { id: '2' }])
    const [pending] = await deliveriesOf(job)
    expect(await carryOutDelivery(world.context, pending!.delivery_id)).toBe('waiting')
    expect((await itemsOf(pending!.delivery_id)).map(({ state }) => state)).toEqual(['unknown', 'unknown'])
    await deliverAll(world.context)
    const [delivery] = await deliveriesOf(job)
    expect(delivery).toMatchObject({ status: 'confirmed', attempt: 2 })
    expect(simulator.documents).toHaveLength(2)
    // It was asked and not sent again.
    expect(simulator.requests.filter(({ path }) => path === 'documents')).toHaveLength(1)
  },
)

test('what never arrived is sent again, once', async () => {
  const simulator = await start({ knowsKeys: false })
  const job = jobTo(documentTarget(simulator.url, { idempotencyKeys: false }))
  let cuts = 0
  simulator.fault = ({ path }) => (path === 'documents' && cuts++ === 0 ? 'cut_before' : null)
  await send(job, [{ id: '1' }])
  await deliverAll(world.context)
  expect(simulator.documents).toHaveLength(1)
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'confirmed', attempt: 2 })
})

test('nothing is asked while the target may still be at work', async () => {
  const simulator = await start({ knowsKeys: false })
  const job = jobTo(documentTarget(simulator.url, { settleMs: 300 }))
  let cuts = 0
  simulator.fault = ({ path }) => (path === 'documents' && cuts++ === 0 ? 'cut_after' : null)
  await send(job, [{ id: '1' }])
  await deliverAll(world.context)
  const [sent, asked] = simulator.requests.filter(({ nth }) => nth >= 2)
  expect(asked!.at.getTime() - sent!.at.getTime()).toBeGreaterThanOrEqual(300)
  expect(simulator.documents).toHaveLength(1)
})

test('a worker that died between sending and writing down: the next asks first', async () => {
  const simulator = await start({ knowsKeys: false })
  const job = jobTo(documentTarget(simulator.url, { idempotencyKeys: false, timeoutMs: 100 }))
  await send(job, [{ id: '1' }, { id: '2' }])
  const [pending] = await deliveriesOf(job)
  const dying = await world.addWorker()
  let sent = 0
  simulator.fault = ({ path }) => (path === 'documents' && sent++ === 0 ? 'silent_after' : null)
  const attempt = carryOutDelivery(dying, pending!.delivery_id)
  while (sent === 0) await sleep(5)
  // It is taken for dead in the middle of the request: what it would write afterwards is refused.
  await world.owner`update deliveries set worker_id = gen_random_uuid() where delivery_id = ${pending!.delivery_id}`
  expect(await attempt).toBeNull()
  expect((await itemsOf(pending!.delivery_id)).map(({ state }) => state)).toEqual(['unknown', 'unknown'])
  await deliverAll(world.context)
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'confirmed' })
  expect(simulator.documents).toHaveLength(2)
})

test('kill -9 after the target committed and before that was written down: the next worker asks, and sends nothing', async () => {
  const simulator = await start({ knowsKeys: false })
  const job = jobTo(documentTarget(simulator.url, { idempotencyKeys: false, timeoutMs: 1_000 }))
  await send(job, [{ id: '1' }, { id: '2' }])
  const [pending] = await deliveriesOf(job)
  let sent = 0
  simulator.fault = ({ path }) => (path === 'documents' && sent++ === 0 ? 'silent_after' : null)
  const script = join(import.meta.dirname, '../../../db/testing/run-child.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, world.appUrl, 'delivery', String(pending!.delivery_id)])
  const ended = once(child, 'exit')
  while (sent === 0) await sleep(5)
  child.kill('SIGKILL')
  await ended
  expect((await itemsOf(pending!.delivery_id)).map(({ state }) => state)).toEqual(['unknown', 'unknown'])
  // Its lock goes with it, once the server has noticed: then everybody sees that it is dead.
  await deliverAll(world.context, async () => {
    await recoverRuns(world.context)
    return false
  })
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'confirmed' })
  expect(simulator.documents).toHaveLength(2)
  expect(simulator.requests.filter(({ path }) => path === 'documents')).toHaveLength(1)
}, 30_000)

test('a delivery that was claimed, and whose answer was lost, is given back at once and not when it is taken for stuck', async () => {
  const simulator = await start({ knowsKeys: true })
  const job = jobTo(documentTarget(simulator.url))
  await send(job, [{ id: '1' }])
  const [pending] = await deliveriesOf(job)
  const id = pending!.delivery_id
  expect(await cutAtTable(world, world.db, 'job_versions', () => carryOutDelivery(world.context, id))).toBeInstanceOf(Error)
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'waiting', failure_code: 'worker_lost' })
  await deliverAll(world.context)
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'confirmed', attempt: 2 })
  expect(simulator.documents).toHaveLength(1)
})

test('a delivery is stuck when nothing was written of it for a quarter of an hour of whoever looks, whatever the clock says', async () => {
  const simulator = await start({ knowsKeys: true })
  const job = jobTo(documentTarget(simulator.url))
  await send(job, [{ id: '1' }])
  const id = (await deliveriesOf(job))[0]!.delivery_id
  await claimDelivery(world.db, id, world.context.workerId!)
  await world.owner`update deliveries set seen_at = now() - interval '1 hour' where delivery_id = ${id}`
  let ms = 0
  const silence = new Silence(() => ms)
  const look = async (seconds: number) => {
    ms += seconds * 1_000
    return recoverDeliveries(world.context, silence)
  }
  // However long the observer stood still itself.
  for (const seconds of [0, 5, 3_600]) expect(await look(seconds)).toEqual([])
  for (let passed = 15; passed < 15 * 60 - 10; passed += 10) expect(await look(10)).toEqual([])
  expect(await look(10)).toEqual([id])
  await deliverAll(world.context)
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'confirmed', attempt: 2 })
})

test('two workers at once: one document each', async () => {
  const simulator = await start({ knowsKeys: false })
  const job = jobTo(documentTarget(simulator.url, { idempotencyKeys: false }))
  const other = await world.addWorker()
  for (let i = 0; i < 5; i++) await send(job, [{ id: `${i}a` }, { id: `${i}b` }])
  await Promise.all([deliverAll(world.context), deliverAll(other)])
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(Array(5).fill('confirmed'))
  expect(simulator.documents).toHaveLength(10)
})
