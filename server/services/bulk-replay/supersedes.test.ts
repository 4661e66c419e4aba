import { expect, test } from 'vitest'
import { listTouchedByReplay } from '#db/queries/touched-certifications.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load } from '#db/testing/load.ts'
import { invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import { carryOn, rehearse } from '#db/testing/replays.ts'
import type { Actor } from '#server/domain/actor.ts'
import { readBulkReplay } from '../reads/replay-view.ts'
import { previewRollback, rollbackRun } from '../rollback/rollback-run.ts'
import { approveBulkReplay } from './approve-bulk-replay.ts'
import { startBulkReplay } from './start-bulk-replay.ts'

const world = useDatabase()
const { define, bill, compare, list, sign } = reconciledWorld(world)

const LEDGER = ledgerJob({ onFailure: 'quarantine', rules: { members: ['cost_centre'] } })
const SECOND: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const SWEDEN = { entity: 'SE01', currency: 'SEK' }
const pageOf = (bulkReplayId: number, ...scope: string[]) =>
  readBulkReplay(world.db, { bulkReplayId, reader: { name: ADMIN.name, entityScope: scope }, now: new Date() })
const superseded = async () => [
  ...(await world.owner<
    { id: number }[]
  >`select certification_id as id from certifications where superseded_at is not null order by 1`),
]

test('a rehearsal names the certifications its replay supersedes, exactly those, and none where nothing that is signed moves', async () => {
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'One']]))
  await define()
  const signed = [invoice(1, '95.00'), invoice(2, '20.00', { period: '2026-02' }), invoice(3, '50.00', SWEDEN)]
  await bill(signed)
  await load(
    world.context,
    LEDGER,
    ledgerCsv([
      ...signed,
      // Into what is signed; into the same period of another account, which billing is not compared with; into a period that nobody signed.
      invoice(4, '7.00', { cost_centre: 'X1' }),
      invoice(5, '8.00', { ...SWEDEN, cost_centre: 'X1' }),
      invoice(6, '9.00', { period: '2026-02', account: '7000', cost_centre: 'X1' }),
      invoice(7, '9.00', { period: '2026-01', cost_centre: 'X2' }),
    ]),
  )
  await compare()
  const reconciliations = await list()
  expect(reconciliations).toHaveLength(3)
  for (const n of reconciliations.keys()) await sign(n)

  const unmended = await rehearse(world.context, { asked: { job: LEDGER.job } })
  expect((await pageOf(unmended, '*')).certifications, 'nothing passes').toEqual({ named: [], outside: 0, signed: 0 })

  await importJob(world.context, { ...LEDGER, mapping: { ...LEDGER.mapping, codes: { cost_centre: { X1: 'CC1', X2: 'CC1' } } } })
  const elsewhere = await rehearse(world.context, { asked: { job: LEDGER.job, period: '2026-02' } })
  expect((await pageOf(elsewhere, '*')).slices, 'an account that is not compared').toHaveLength(1)
  expect((await pageOf(elsewhere, '*')).certifications).toEqual({ named: [], outside: 0, signed: 0 })

  const id = await rehearse(world.context, { asked: { job: LEDGER.job } })
  const title = 'Invoices of billing in the ledger'
  const norway = { title, entity: 'NO01', period: '2026-03', signedBy: 'carl', isAutomatic: false, supersededAt: null }
  const foretold = (await pageOf(id, '*')).certifications
  expect(foretold).toMatchObject({ named: [norway, { ...norway, entity: 'SE01' }], outside: 0, signed: 2 })
  expect((await pageOf(id, 'NO01')).certifications, 'the other entity is counted').toMatchObject({
    named: [norway],
    outside: 1,
    signed: 2,
  })

  const asked = { bulkReplayId: id, reason: 'for a test' }
  expect(await startBulkReplay(world.context, { ...asked, actor: ADMIN }), 'over what people signed two decide').toMatchObject({
    status: 'needs_approval',
  })
  await approveBulkReplay(world.context, { ...asked, isApproved: true, actor: SECOND })
  const ids = foretold!.named.map(({ certificationId }) => certificationId)
  const [event] = await world.owner<
    { after: object }[]
  >`select after from audit_events where action = 'replay.approved' and object_type = 'replay'`
  expect(event!.after).toMatchObject({ wouldSupersede: ids })
  await carryOn(world.context, id)
  await compare()
  expect((await superseded()).map((row) => row.id)).toEqual([...ids].sort((a, b) => a - b))
  expect(await listTouchedByReplay(world.db, id, null), 'none of them is in force').toEqual([])
  const after = (await pageOf(id, '*')).certifications
  expect(after!.named.map(({ certificationId, supersededAt }) => [certificationId, supersededAt !== null])).toEqual(
    ids.map((one) => [one, true]),
  )
})

test('another description of a line that is signed is not named, and supersedes nothing', async () => {
  const row = invoice(8, '50.00', { period: '2026-05', cost_centre: 'CC1' })
  await bill([row])
  await load(world.context, LEDGER, ledgerCsv([row]))
  await compare()
  const n = (await list()).findIndex(({ state }) => state === 'ready')
  await sign(n)
  await load(world.context, LEDGER, ledgerCsv([{ ...row, cost_centre: 'X3', text: 'Said otherwise' }]))
  await importJob(world.context, { ...LEDGER, mapping: { ...LEDGER.mapping, codes: { cost_centre: { X3: 'CC1' } } } })
  const id = await rehearse(world.context, { asked: { job: LEDGER.job, period: '2026-05' } })
  const page = await pageOf(id, '*')
  expect(page.rehearsed).toMatchObject([{ result: 'fixed', count: 1 }])
  expect(page.certifications).toEqual({ named: [], outside: 0, signed: 0 })
  const before = await superseded()
  await startBulkReplay(world.context, { bulkReplayId: id, reason: 'for a test', actor: ADMIN })
  await carryOn(world.context, id)
  await compare()
  expect((await list())[n]!.state).toBe('certified')
  expect(await superseded()).toEqual(before)
})

test('a rollback names those it supersedes, and none where only a description comes back', async () => {
  const named = async (runId: number) => (await previewRollback({ db: world.db }, runId)).certifications
  const takeBack = async (runId: number) => {
    await rollbackRun(world.context, { runId, reason: 'for a test', actor: ADMIN })
    await compare()
  }
  const row = invoice(9, '60.00', { period: '2026-06', cost_centre: 'CC1' })
  await bill([row])
  await load(world.context, LEDGER, ledgerCsv([row]))
  const described = await load(world.context, LEDGER, ledgerCsv([{ ...row, text: 'Said otherwise' }]))
  await compare()
  await sign((await list()).findIndex(({ state }) => state === 'ready'))
  const before = await superseded()
  expect(await named(described.runId)).toEqual([])
  await takeBack(described.runId)
  expect(await superseded()).toEqual(before)

  const other = invoice(10, '70.00', { period: '2026-07', cost_centre: 'CC1' })
  await bill([row, other])
  const brought = await load(world.context, LEDGER, ledgerCsv([other]))
  await compare()
  await sign((await list()).findIndex(({ state }) => state === 'ready'))
  const foretold = await named(brought.runId)
  expect(foretold).toMatchObject([{ period: '2026-07', signedBy: 'carl' }])
  await takeBack(brought.runId)
  expect(await superseded()).toEqual([...before, { id: foretold[0]!.certificationId }])
})

test('a rollback that brings back another cost centre names the certification whose key has it, and no other', async () => {
  await define({ reconciliation: 'by-cost-centre', key: ['document', 'cost_centre'], since: '2026-08' })
  const centres = [
    ['CC1', 'One'],
    ['CC2', 'Two'],
  ]
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], centres))
  const row = invoice(11, '80.00', { period: '2026-08', cost_centre: 'CC1' })
  await bill([row])
  await load(world.context, LEDGER, ledgerCsv([{ ...row, cost_centre: 'CC2' }]))
  const moved = await load(world.context, LEDGER, ledgerCsv([row]))
  await compare()
  for (const [n, { state }] of (await list()).entries()) if (state === 'ready') await sign(n)
  const foretold = (await previewRollback({ db: world.db }, moved.runId)).certifications
  const before = await superseded()
  await rollbackRun(world.context, { runId: moved.runId, reason: 'for a test', actor: ADMIN })
  await compare()
  const after = (await superseded()).slice(before.length)
  expect(after).toHaveLength(1)
  expect(foretold.map(({ certificationId }) => certificationId)).toEqual(after.map(({ id }) => id))
})
