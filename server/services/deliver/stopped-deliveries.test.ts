import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { deliverAll, deliveryWorld, documentTarget } from '#db/testing/delivery.ts'
import { ledgerCsv } from '#db/testing/ledger.ts'
import { ADMIN, bytesOf, importJob, runUntilEnded } from '#db/testing/load.ts'
import { abortDelivery, holdDelivery, retryDelivery } from '../change-delivery.ts'
import { loadFile } from '../load-file.ts'
import { readDeliveryView } from '../reads/deliveries-view.ts'

const world = useDatabase()
const { deliveriesOf, exceptionsOf, itemsOf, jobTo, send, start, stop } = deliveryWorld(world)
afterAll(stop)
/** The technical words of its exceptions, for somebody with that scope. */
const toldOf = async ({ job }: { job: string }, scope: readonly string[]) =>
  (await listExceptions(world.db, { job, scope })).map(({ detail }) => detail)

test('a document the target refuses is named; the others are there; what mends it closes it', async () => {
  const simulator = await start()
  const job = jobTo(documentTarget(simulator.url))
  simulator.refuse = ({ key }) => (key.endsWith('B') ? { code: 'locked', message: 'the version is locked' } : null)
  await send(job, [
    { id: '1', document: 'A' },
    { id: '2', document: 'B' },
  ])
  await deliverAll(world.context)
  const [delivery] = await deliveriesOf(job)
  expect(delivery!.status).toBe('refused')
  expect((await itemsOf(delivery!.delivery_id)).map(({ state }) => state)).toEqual(['confirmed', 'refused'])
  expect(await exceptionsOf(job)).toMatchObject([
    { code: 'delivery_document_refused', failure_class: 'business', closed_at: null },
  ])
  simulator.refuse = null
  await retryDelivery(world.context, { deliveryId: delivery!.delivery_id, reason: 'the version was unlocked', actor: ADMIN })
  await deliverAll(world.context)
  expect((await deliveriesOf(job))[0]!.status).toBe('confirmed')
  expect((await exceptionsOf(job))[0]!.closed_at).not.toBeNull()
})

test.each([
  ['half a pair after the cut', `${'x'.repeat(491)}\u{1F600} no`, `locked: ${'x'.repeat(491)}\ufffd`],
  ['a zero character', 'no\u0000pe', 'locked: nope'],
  ['half a pair', 'no\ud83d', 'locked: no\ufffd'],
])('a refusal in words with %s is kept, and nothing stays unknown', async (_what, message, kept) => {
  const simulator = await start()
  const job = jobTo(documentTarget(simulator.url))
  simulator.refuse = () => ({ code: 'locked', message })
  await send(job, [{ id: '1', document: 'A' }])
  await deliverAll(world.context)
  const [delivery] = await deliveriesOf(job)
  expect(delivery!.status).toBe('refused')
  const [item] = await world.owner`select state, refusal from delivery_items where delivery_id = ${delivery!.delivery_id}`
  expect(item).toEqual({ state: 'refused', refusal: kept })
})

test('totals that differ are never confirmed: an exception with the signed difference, closed by the same control', async () => {
  const simulator = await start()
  const job = jobTo(documentTarget(simulator.url))
  await send(job, [{ id: '1', debit: '5' }])
  await deliverAll(world.context)
  // Somebody else takes it away at the target.
  simulator.tamper((documents) => documents.splice(0))
  await send(job, [
    { id: '2', debit: '7' },
    { id: '2-SE', entity: 'SE01', currency: 'SEK' },
  ])
  await deliverAll(world.context)
  const [, second] = await deliveriesOf(job)
  expect(second).toMatchObject({ status: 'failed', failure_code: 'delivery_differs' })
  const [exception] = await exceptionsOf(job)
  expect(exception).toMatchObject({ code: 'delivery_differs', failure_class: 'control' })
  expect(exception!.detail).toContain('NOK: -1 records, debit -5.00')
  // Who sees another part of it only does not hear of it, as on the list of exceptions.
  const titlesFor = async (entityScope: string[]) => {
    const actor = { ...ADMIN, entityScope }
    const { exceptions } = await readDeliveryView(world.db, { deliveryId: second!.delivery_id, actor }, world.context.now())
    return exceptions.map(({ title }) => title)
  }
  expect(await titlesFor(['*'])).toEqual([exception!.title])
  expect(await titlesFor(['SE01'])).toEqual([])
  // Later ones wait behind it.
  await send(job, [{ id: '3', debit: '9' }])
  await deliverAll(world.context)
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['confirmed', 'failed', 'pending'])
  const held = { ...simulator.documents[0]! }
  simulator.tamper((documents) =>
    documents.push({ ...held, key: 'put-back', reference: 'PL-X', lines: [{ debit: '5.00', credit: '0' }] }),
  )
  await retryDelivery(world.context, { deliveryId: second!.delivery_id, reason: 'it was put back', actor: ADMIN })
  await deliverAll(world.context)
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['confirmed', 'confirmed', 'confirmed'])
  expect((await exceptionsOf(job))[0]!.closed_at).not.toBeNull()
})

test('content under our key that we never sent is not overwritten, and is told to who sees its entity', async () => {
  const simulator = await start()
  const job = jobTo(documentTarget(simulator.url))
  await send(job, [{ id: '1', document: 'A', debit: '5' }])
  await deliverAll(world.context)
  simulator.tamper((documents) => documents.splice(0, 1, { ...documents[0]!, contentHash: 'theirs' }))
  await send(job, [
    { id: '1', document: 'A', debit: '6' },
    { id: '2', document: 'B', entity: 'SE01', currency: 'SEK' },
  ])
  await deliverAll(world.context)
  expect((await deliveriesOf(job))[1]).toMatchObject({ status: 'failed', failure_code: 'delivery_conflicts' })
  expect(await toldOf(job, ['NO01'])).toEqual([expect.stringContaining('|D:A is there as')])
  expect(await toldOf(job, ['SE01'])).toEqual([])
  expect(simulator.documents).toHaveLength(1)
})

test('what a target answers for some entities is told to who sees them, and its words to who sees all of them', async () => {
  const server = createServer((_request, response) => response.writeHead(400).end('{"message":"NO01|D:A is closed"}'))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const job = jobTo(documentTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  await send(job, [
    { id: '1', document: 'A' },
    { id: '2', document: 'B', entity: 'SE01', currency: 'SEK' },
  ])
  await deliverAll(world.context)
  server.close()
  expect(await deliveriesOf(job)).toMatchObject([{ status: 'failed', failure_code: 'target_refused' }])
  expect((await toldOf(job, ['*'])).join()).toContain('NO01|D:A is closed')
  expect(await toldOf(job, ['SE01'])).toEqual([''])
  expect(await toldOf(job, ['DK01'])).toEqual([])
})

test('held, it waits; aborted, the next goes on', async () => {
  const simulator = await start()
  const job = jobTo(documentTarget(simulator.url))
  await send(job, [{ id: '1' }])
  await send(job, [{ id: '2' }])
  const [first] = await deliveriesOf(job)
  const asked = { deliveryId: first!.delivery_id, reason: 'to look at it', actor: ADMIN }
  await holdDelivery(world.context, asked)
  await deliverAll(world.context)
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['held', 'pending'])
  await abortDelivery(world.context, asked)
  await deliverAll(world.context)
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['aborted', 'confirmed'])
  await expect(retryDelivery(world.context, asked)).rejects.toMatchObject({ code: 'delivery_cannot' })
  expect(simulator.documents).toHaveLength(1)
})

test('journals are not written to planning: not by the definition, and not by one that came another way', async () => {
  const simulator = await start()
  const planning = documentTarget(simulator.url)
  const asked = jobTo({ ...planning, system: { ...planning.system, kind: 'planning' } })
  await expect(importJob(world.context, asked)).rejects.toMatchObject({
    code: 'job_invalid',
    detail: expect.stringContaining('never a journal line'),
  })
  const job = jobTo(planning)
  await importJob(world.context, job)
  await world.owner`
    update job_versions set definition = jsonb_set(definition, '{targets,0,system,kind}', '"planning"') where job_id = (select job_id from jobs where name = ${job.job})`
  const { runId } = await loadFile(world.context, {
    job: job.job,
    name: 'x.csv',
    bytes: bytesOf(ledgerCsv([{ id: '1' }])),
    actor: ADMIN,
  })
  await runUntilEnded(world.context, runId)
  await deliverAll(world.context)
  const [delivery] = await deliveriesOf(job)
  expect(delivery).toMatchObject({ status: 'refused', failure_code: 'write_back_refused' })
  expect(simulator.requests).toEqual([])
  const [event] =
    await world.owner`select action, after from audit_events where object_type = 'delivery' and object_id = ${String(delivery!.delivery_id)}`
  expect(event).toMatchObject({ action: 'delivery.refused', after: { code: 'write_back_refused' } })
})

test('an actual under the name of a budget line is refused at the door', async () => {
  const simulator = await start()
  const planning = documentTarget(simulator.url)
  const job = { ...jobTo({ ...planning, system: { ...planning.system, kind: 'planning' } }), objectType: 'budget_line' as const }
  await send(job, [{ id: '1', version: 'budget' }])
  await send(job, [{ id: '2', version: 'actual' }])
  await deliverAll(world.context)
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['confirmed', 'refused'])
})
