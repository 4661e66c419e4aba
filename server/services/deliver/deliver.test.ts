import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listDueDeliveries } from '#db/queries/deliveries.ts'
import { useDatabase } from '#db/testing/database.ts'
import { deliverAll, documentTarget, fileTargetOf, targetsOf } from '#db/testing/delivery.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, type JobInput } from '#db/testing/load.ts'
import { abortDelivery, holdDelivery, retryDelivery } from '../change-delivery.ts'
import { rollbackRun } from '../rollback-run.ts'
import { carryOutDelivery } from './carry-out-delivery.ts'

const world = useDatabase()
const targets = targetsOf()
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tower-deliver-'))
})
afterAll(async () => {
  await targets.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A job of its own, with a system of its own: its publications are nobody else's. */
const jobTo = (...to: NonNullable<JobInput['targets']>): JobInput => {
  const name = `j${randomUUID().slice(0, 8)}`
  return ledgerJob({ job: name, system: { code: name, name, kind: 'erp' }, targets: to })
}
const own = (target: ReturnType<typeof documentTarget>) => {
  const code = `t${randomUUID().slice(0, 8)}`
  return { ...target, system: { ...target.system, code, name: code } }
}
const send = (job: JobInput, rows: readonly LedgerRow[]) => load(world.context, job, ledgerCsv(rows))
const deliveriesOf = (job: JobInput) =>
  world.owner<
    { delivery_id: number; status: string; compensates: number | null; failure_code: string | null; attempt: number }[]
  >`select d.* from deliveries d join jobs j using (job_id) where j.name = ${job.job} order by delivery_id`
const itemsOf = (deliveryId: number) =>
  world.owner<
    { natural_key: string; operation: string; state: string; count: number; reference: string | null; attempts: number }[]
  >`select * from delivery_items where delivery_id = ${deliveryId} order by item_id`
const exceptionsOf = (job: JobInput) =>
  world.owner<
    { code: string; failure_class: string; closed_at: Date | null; detail: string; title: string }[]
  >`select e.* from exceptions e join jobs j using (job_id) where j.name = ${job.job} order by exception_id`
const current = (simulator: { documents: readonly { isCurrent: boolean; key: string }[] }) =>
  simulator.documents.filter(({ isCurrent }) => isCurrent)

test('a publication is delivered document by document, read back, and confirmed', async () => {
  const simulator = await targets.start()
  const job = jobTo(own(documentTarget(simulator.url)))
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
  expect(current(simulator)).toHaveLength(4)
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
  const simulator = await targets.start()
  const job = jobTo(own(documentTarget(simulator.url)))
  await send(job, [
    { id: '1', document: 'A', debit: '10' },
    { id: '2', document: 'B', debit: '20' },
  ])
  await send(job, [{ id: '1', document: 'A', debit: '11' }])
  await deliverAll(world.context)
  const [first, second] = await deliveriesOf(job)
  expect([first!.status, second!.status]).toEqual(['confirmed', 'confirmed'])
  expect(await itemsOf(second!.delivery_id)).toMatchObject([{ operation: 'put', state: 'confirmed', count: 1 }])
  expect(current(simulator)).toHaveLength(2)
  expect(simulator.documents).toHaveLength(3)
})

test.each([true, false])(
  'an answer that was lost is unknown; the target is asked, and has one document (keys known: %s)',
  async (knowsKeys) => {
    const simulator = await targets.start({ knowsKeys })
    const job = jobTo(own(documentTarget(simulator.url, { idempotencyKeys: knowsKeys })))
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
  const simulator = await targets.start({ knowsKeys: false })
  const job = jobTo(own(documentTarget(simulator.url, { idempotencyKeys: false })))
  let cuts = 0
  simulator.fault = ({ path }) => (path === 'documents' && cuts++ === 0 ? 'cut_before' : null)
  await send(job, [{ id: '1' }])
  await deliverAll(world.context)
  expect(simulator.documents).toHaveLength(1)
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'confirmed', attempt: 2 })
})

test('nothing is asked while the target may still be at work', async () => {
  const simulator = await targets.start({ knowsKeys: false })
  const job = jobTo(own(documentTarget(simulator.url, { settleMs: 300 })))
  let cuts = 0
  simulator.fault = ({ path }) => (path === 'documents' && cuts++ === 0 ? 'cut_after' : null)
  await send(job, [{ id: '1' }])
  await deliverAll(world.context)
  const [sent, asked] = simulator.requests.filter(({ nth }) => nth >= 2)
  expect(asked!.at.getTime() - sent!.at.getTime()).toBeGreaterThanOrEqual(300)
  expect(simulator.documents).toHaveLength(1)
})

test('a worker that died between sending and writing down: the next asks first', async () => {
  const simulator = await targets.start({ knowsKeys: false })
  const job = jobTo(own(documentTarget(simulator.url, { idempotencyKeys: false, timeoutMs: 100 })))
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

test('a target that is down stops no load, is an exception after a while, and goes on by itself', async () => {
  const simulator = await targets.start()
  const job = { ...jobTo(own(documentTarget(simulator.url))), retry: { attempts: 2, baseMs: 10, maxMs: 20 } }
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
  const simulator = await targets.start({ rate: { requests: 2, windowMs: 400 } })
  const job = { ...jobTo(own(documentTarget(simulator.url))), retry: { attempts: 2, baseMs: 10, maxMs: 20 } }
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

test('a document the target refuses is named; the others are there; what mends it closes it', async () => {
  const simulator = await targets.start()
  const job = jobTo(own(documentTarget(simulator.url)))
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

test('totals that differ are never confirmed: an exception with the signed difference, closed by the same control', async () => {
  const simulator = await targets.start()
  const job = jobTo(own(documentTarget(simulator.url)))
  await send(job, [{ id: '1', debit: '5' }])
  await deliverAll(world.context)
  // Somebody else takes it away at the target.
  simulator.tamper((documents) => documents.splice(0))
  await send(job, [{ id: '2', debit: '7' }])
  await deliverAll(world.context)
  const [, second] = await deliveriesOf(job)
  expect(second).toMatchObject({ status: 'failed', failure_code: 'delivery_differs' })
  const [exception] = await exceptionsOf(job)
  expect(exception).toMatchObject({ code: 'delivery_differs', failure_class: 'control' })
  expect(exception!.detail).toContain('NOK: -1 records, debit -5.00')
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

test('content under our key that we never sent is not overwritten', async () => {
  const simulator = await targets.start()
  const job = jobTo(own(documentTarget(simulator.url)))
  await send(job, [{ id: '1', document: 'A', debit: '5' }])
  await deliverAll(world.context)
  simulator.tamper((documents) => documents.splice(0, 1, { ...documents[0]!, contentHash: 'theirs' }))
  await send(job, [{ id: '1', document: 'A', debit: '6' }])
  await deliverAll(world.context)
  expect((await deliveriesOf(job))[1]).toMatchObject({ status: 'failed', failure_code: 'delivery_conflicts' })
  expect(simulator.documents).toHaveLength(1)
})

test('a rollback tells the target too: the delivery that makes good names the one it makes good', async () => {
  const simulator = await targets.start()
  const job = jobTo(own(documentTarget(simulator.url)))
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
  expect(current(simulator)).toMatchObject([{ lines: [{ debit: '5.00' }] }])
})

test('a rollback before the target was told: both are told, in order', async () => {
  const simulator = await targets.start()
  const job = jobTo(own(documentTarget(simulator.url)))
  const { runId } = await send(job, [{ id: '1', document: 'A', debit: '5' }])
  await rollbackRun(world.context, { runId, reason: 'it was wrong', actor: ADMIN })
  await deliverAll(world.context)
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['confirmed', 'confirmed'])
  expect(current(simulator)).toEqual([])
})

test('two workers at once: one document each', async () => {
  const simulator = await targets.start({ knowsKeys: false })
  const job = jobTo(own(documentTarget(simulator.url, { idempotencyKeys: false })))
  const other = await world.addWorker()
  for (let i = 0; i < 5; i++) await send(job, [{ id: `${i}a` }, { id: `${i}b` }])
  await Promise.all([deliverAll(world.context), deliverAll(other)])
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(Array(5).fill('confirmed'))
  expect(simulator.documents).toHaveLength(10)
})

test('held, it waits; aborted, the next goes on', async () => {
  const simulator = await targets.start()
  const job = jobTo(own(documentTarget(simulator.url)))
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

test('a file: whole, named by its publication, with its own totals, read back; the same bytes again are no second file', async () => {
  const job = jobTo(own(fileTargetOf(folder)))
  await send(job, [
    { id: '1', document: 'A', debit: '10.50', text: 'rent, "old"' },
    { id: '2', document: 'A', credit: '10.50' },
    { id: '3', document: 'B', currency: 'JPY', debit: '700' },
  ])
  await deliverAll(world.context)
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
  await deliverAll(world.context)
  expect((await deliveriesOf(job))[0]!.status).toBe('confirmed')
  expect((await readdir(folder)).filter((file) => file.includes(job.job))).toEqual([name])
  await writeFile(join(folder, name!), text.replace('700', '701'))
  await world.owner`update delivery_items set state = 'sent' where delivery_id = ${delivery!.delivery_id}`
  await world.owner`update deliveries set status = 'waiting' where delivery_id = ${delivery!.delivery_id}`
  await deliverAll(world.context)
  expect((await deliveriesOf(job))[0]).toMatchObject({ status: 'failed', failure_code: 'delivery_conflicts' })
})

test('a folder that is not there is said at once', async () => {
  const job = jobTo(own(fileTargetOf(join(folder, 'nowhere'))))
  await send(job, [{ id: '1' }])
  await deliverAll(world.context)
  expect(await deliveriesOf(job)).toMatchObject([{ status: 'failed', failure_code: 'target_folder_unusable' }])
  expect(await listDueDeliveries(world.db, 10)).toEqual([])
})

test('journals are not written to planning: not by the definition, and not by one that came another way', async () => {
  const simulator = await targets.start()
  const planning = own(documentTarget(simulator.url))
  const asked = jobTo({ ...planning, system: { ...planning.system, kind: 'planning' } })
  await expect(importJob(world.context, asked)).rejects.toMatchObject({
    code: 'job_invalid',
    detail: expect.stringContaining('never a journal line'),
  })
  const job = jobTo(planning)
  await importJob(world.context, job)
  await world.owner`
    update job_versions set definition = jsonb_set(definition, '{targets,0,system,kind}', '"planning"') where job_id = (select job_id from jobs where name = ${job.job})`
  const { loadFile } = await import('../load-file.ts')
  const { bytesOf, runUntilEnded } = await import('#db/testing/load.ts')
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
  const simulator = await targets.start()
  const planning = own(documentTarget(simulator.url))
  const job = { ...jobTo({ ...planning, system: { ...planning.system, kind: 'planning' } }), objectType: 'budget_line' as const }
  await send(job, [{ id: '1', version: 'budget' }])
  await send(job, [{ id: '2', version: 'actual' }])
  await deliverAll(world.context)
  expect((await deliveriesOf(job)).map(({ status }) => status)).toEqual(['confirmed', 'refused'])
})
