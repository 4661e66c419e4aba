import fs, { mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listDueDeliveries } from '#db/queries/deliveries.ts'
import { useDatabase } from '#db/testing/database.ts'
import { deliverAll, deliveryWorld, fileTargetOf } from '#db/testing/delivery.ts'
import { ADMIN } from '#db/testing/load.ts'
import { retryDelivery } from '../change-delivery.ts'
import type { Context } from '../context.ts'
import { carryOutDelivery } from './carry-out-delivery.ts'

const world = useDatabase()
const { deliveriesOf, exceptionsOf, itemsOf, jobTo, send, stop } = deliveryWorld(world)
let folder = ''
const context = () => ({ ...world.context, credential: () => folder })
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tower-deliver-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterAll(stop)

test('a file: whole, named by its publication, with its own totals, read back; the same bytes again are no second file', async () => {
  const job = jobTo(fileTargetOf('.'))
  await send(job, [
    { id: '1', document: 'A', debit: '10.50', text: 'rent, "old"' },
    { id: '2', document: 'A', credit: '10.50' },
    { id: '3', document: 'B', currency: 'JPY', debit: '700' },
  ])
  await deliverAll(context())
  const [delivery] = await deliveriesOf(job)
  expect(delivery!.status).toBe('confirmed')
  const [name, ...others] = (await readdir(folder)).filter((file) => file.includes(job.job))
  expect(others).toEqual([])
  const text = await readFile(join(folder, name!), 'utf8')
  expect(text.split('\n').at(-2)).toBe('TRAILER,3,2,710.50,10.50')
  expect(text).toContain('"rent, ""old"""')
  // As after a kill between placing it and writing that down.
  await world.owner`update delivery_items set state = 'unknown' where delivery_id = ${delivery!.delivery_id}`
  await world.owner`update deliveries set status = 'waiting' where delivery_id = ${delivery!.delivery_id}`
  await deliverAll(context())
  expect((await deliveriesOf(job))[0]!.status).toBe('confirmed')
  expect((await readdir(folder)).filter((file) => file.includes(job.job))).toEqual([name])
  await writeFile(join(folder, name!), text.replace('700', '701'))
  await world.owner`update delivery_items set state = 'sent' where delivery_id = ${delivery!.delivery_id}`
  await world.owner`update deliveries set status = 'waiting' where delivery_id = ${delivery!.delivery_id}`
  await deliverAll(context())
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'failed', failure_code: 'delivery_conflicts' })
})

test.each([
  ['before it was read back', 'sent'],
  ['before it was written down that it is there', 'unknown'],
])('a file that the receiver took %s is not placed a second time, except by a person', async (_when, state) => {
  const job = jobTo(fileTargetOf('.'))
  const files = async () => (await readdir(folder)).filter((file) => file.includes(job.job))
  await send(job, [{ id: '1', document: 'A', debit: '10.50' }])
  await deliverAll(context())
  const deliveryId = (await deliveriesOf(job))[0]!.delivery_id
  const [name] = await files()
  await unlink(join(folder, name!))
  await world.owner`update delivery_items set state = ${state} where delivery_id = ${deliveryId}`
  await world.owner`update deliveries set status = 'waiting' where delivery_id = ${deliveryId}`
  await deliverAll(context())
  const gone = [{ status: 'failed', failure_code: 'target_file_gone' }]
  expect(await deliveriesOf(job)).toMatchObject(gone)
  expect(await exceptionsOf(job)).toMatchObject([
    { code: 'target_file_gone', title: expect.stringContaining('was placed and is gone') },
  ])
  const asked = { deliveryId, reason: 'the receiver was asked', actor: ADMIN }
  await retryDelivery(context(), asked)
  await deliverAll(context())
  expect(await deliveriesOf(job)).toMatchObject(gone)
  expect(await files()).toEqual([])
  await retryDelivery(context(), { ...asked, again: true })
  await deliverAll(context())
  expect(await deliveriesOf(job)).toMatchObject([{ status: 'confirmed' }])
  expect(await files()).toEqual([name])
  await expect(retryDelivery(context(), { ...asked, again: true })).rejects.toMatchObject({ code: 'delivery_cannot' })
})

test('nobody has seen anything of a file that was not placed: it is placed', async () => {
  const job = jobTo(fileTargetOf('later'))
  await send(job, [{ id: '1' }])
  await deliverAll(context())
  const deliveryId = (await deliveriesOf(job))[0]!.delivery_id
  expect(await itemsOf(deliveryId)).toMatchObject([{ state: 'pending' }])
  const asked = { deliveryId, reason: 'the folder is there', actor: ADMIN }
  await expect(retryDelivery(context(), { ...asked, again: true })).rejects.toMatchObject({ code: 'delivery_cannot' })
  await mkdir(join(folder, 'later'))
  await retryDelivery(context(), asked)
  await deliverAll(context())
  expect(await deliveriesOf(job)).toMatchObject([{ status: 'confirmed' }])
})

test.each([
  ['ENOSPC', 'waiting', 'target_disk_full'],
  ['EACCES', 'failed', 'target_folder_unusable'],
])(
  'a file that the folder itself refused (%s) was never there: it is placed once the folder takes it',
  async (code, status, told) => {
    const job = jobTo(fileTargetOf('.'))
    await send(job, [{ id: '1' }])
    const deliveryId = (await deliveriesOf(job))[0]!.delivery_id
    const refusal = vi.spyOn(fs, 'link').mockRejectedValueOnce(Object.assign(new Error(code), { code }))
    syncBuiltinESMExports()
    try {
      expect(await carryOutDelivery(context(), deliveryId)).toBe(status)
    } finally {
      refusal.mockRestore()
      syncBuiltinESMExports()
    }
    expect(await deliveriesOf(job)).toMatchObject([{ failure_code: told }])
    expect(await itemsOf(deliveryId)).toMatchObject([{ state: 'pending' }])
    if (status === 'failed') await retryDelivery(context(), { deliveryId, reason: 'the folder takes files', actor: ADMIN })
    await world.owner`update deliveries set due_at = now() where delivery_id = ${deliveryId}`
    await deliverAll(context())
    expect(await deliveriesOf(job)).toMatchObject([{ status: 'confirmed' }])
  },
)

test('a file was not placed where the answer was lost that it may be: it is placed by the next attempt', async () => {
  const job = jobTo(fileTargetOf('.'))
  await send(job, [{ id: '1' }])
  const deliveryId = (await deliveriesOf(job))[0]!.delivery_id
  let isLost = false
  const transaction: Context['db']['transaction'] = async (...asked) => {
    const result = await world.db.transaction(...asked)
    if (isLost || (await itemsOf(deliveryId))[0]?.state !== 'unknown') return result
    isLost = true
    throw Object.assign(new Error('the answer was lost'), { code: 'CONNECTION_CLOSED' })
  }
  const db = Object.create(world.db, { transaction: { value: transaction } }) as Context['db']
  expect(await carryOutDelivery({ ...context(), db }, deliveryId)).toBe('waiting')
  expect([isLost, await itemsOf(deliveryId)]).toMatchObject([true, [{ state: 'pending' }]])
  await world.owner`update deliveries set due_at = now() where delivery_id = ${deliveryId}`
  await deliverAll(context())
  expect(await deliveriesOf(job)).toMatchObject([{ status: 'confirmed' }])
})

test('a folder that is not there is said at once', async () => {
  const job = jobTo(fileTargetOf('nowhere'))
  await send(job, [{ id: '1' }])
  await deliverAll(context())
  expect(await deliveriesOf(job)).toMatchObject([{ status: 'failed', failure_code: 'target_folder_unusable' }])
  expect(await listDueDeliveries(world.db, 10)).toEqual([])
})
