import { beforeAll, expect, test } from 'vitest'
import { CARA, Corrections, FIONA } from '#db/testing/corrections.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, TRAILER, type LedgerRow } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { verify } from '../verify.ts'
import { decideCorrection } from './decide-correction.ts'

const world = useDatabase()
const on = new Corrections(world)
beforeAll(on.loadMembers)

test('an amount: proposed by one, approved by another; what the source said and what was loaded differ by a figure of its own', async () => {
  const job = on.newJob({ rules: { balanced: true }, format: { type: 'csv', trailer: TRAILER } })
  const rows: LedgerRow[] = [
    { id: '1', document: 'A', debit: '100.00' },
    { id: '2', document: 'A', credit: '110.00', debit: '' },
    { id: '3', document: 'B', debit: '5.00' },
    { id: '4', document: 'B', credit: '5.00', debit: '' },
  ]
  const first = await load(world.context, job, ledgerCsv(rows, [4, 2, '105.00', '115.00']))
  expect(first).toMatchObject({ outcome: 'succeeded', lines: { new: 2, rejected: 2 } })
  const made = await on.propose({ runId: first.runId, key: '1', field: 'debit', found: '100.00', corrected: '110.00' })
  expect(made.state).toBe('proposed')
  expect((await on.replay(first.runId)).lines).toMatchObject({ rejected: 2 })
  const decision = { ...made, revision: 0, decision: 'approved' } as const
  await expect(decideCorrection(world.context, { ...decision, actor: FIONA })).rejects.toMatchObject({ code: 'same_person' })
  await decideCorrection(world.context, { ...decision, actor: CARA })

  const replayed = await on.replay(first.runId)
  // The trailer still ties: it is about what was sent.
  expect(replayed).toMatchObject({ outcome: 'succeeded', lines: { new: 2, unchanged: 2, rejected: 0 }, exceptions: [] })
  expect(await on.lineOf(job, '1')).toMatchObject({ debit: '110.00' })
  expect(await on.correctedTotals(replayed.runId)).toEqual([
    { entity: 'NO01', period: '2026-03', currency: 'NOK', count: 0, debit: '10.00' },
  ])
  const extracted = replayed.totals.find(({ checkpoint }) => checkpoint === 'extracted')
  expect(extracted).toMatchObject({ count: 4, debit: '105.00', credit: '115.00' })
  expect(await world.owner`select from claims where run_id = ${replayed.runId} and not ties`).toHaveLength(0)
  expect(await on.differences()).toEqual([])
})

test('the entity and the currency: a record leaves one cell and comes into another, and both say so', async () => {
  const job = on.newJob()
  const first = await load(
    world.context,
    job,
    ledgerCsv([{ id: '1' }, { id: '2', cost_centre: 'CC9', debit: '3.00', entity: 'NO01', currency: 'NOK' }]),
  )
  for (const [field, found, corrected] of [
    ['cost_centre', 'CC9', 'CC1'],
    ['entity', 'NO01', 'SE01'],
    ['currency', 'NOK', 'SEK'],
  ] as const)
    await on.correct({ runId: first.runId, key: '2', field, found, corrected })
  const replayed = await on.replay(first.runId)
  expect(replayed).toMatchObject({ outcome: 'succeeded', lines: { new: 1, unchanged: 1 } })
  expect(await on.lineOf(job, '2')).toMatchObject({ entity: 'SE01', currency: 'SEK', debit: '3.00' })
  expect(await on.correctedTotals(replayed.runId)).toEqual([
    { entity: 'NO01', period: '2026-03', currency: 'NOK', count: -1, debit: '-3.00' },
    { entity: 'SE01', period: '2026-03', currency: 'SEK', count: 1, debit: '3.00' },
  ])
  expect(await on.differences()).toEqual([])
})

test('a full extract withdraws nothing from a slice into which only a correction brought a record', async () => {
  const job = on.newJob({ extract: 'full' })
  await load(world.context, job, ledgerCsv([{ id: '1', period: '2026-04' }]))
  const march = ledgerCsv([{ id: '2' }, { id: '3', cost_centre: 'CC9' }])
  const second = await load(world.context, job, march)
  await on.correct({ runId: second.runId, key: '3', found: 'CC9', corrected: 'CC1' })
  await on.correct({ runId: second.runId, key: '3', field: 'period', found: '2026-03', corrected: '2026-04' })
  expect((await on.replay(second.runId)).lines).toMatchObject({ new: 1, unchanged: 1, removed: 0 })
  expect(await on.lineOf(job, '1')).toMatchObject({ period: '2026-04' })
  expect(await on.differences()).toEqual([])
})

test('an attempt that died leaves nothing of its corrections to the next', async () => {
  const job = on.newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1' }, { id: '2', cost_centre: 'CC9', debit: '3.00' }]))
  await on.correct({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC1' })
  await on.correct({ runId: first.runId, key: '2', field: 'debit', found: '3.00', corrected: '4.00' })
  await world.owner.unsafe(`create or replace function die() returns trigger language plpgsql as $$
    begin if new.stage = 'load' and new.attempt = 1 then raise 'deadlock' using errcode = '40P01'; end if; return new; end $$`)
  await world.owner`create trigger die before insert on stages for each row execute function die()`
  const replayed = await on.replay(first.runId).finally(() => world.owner`drop trigger die on stages`)
  expect(replayed).toMatchObject({ outcome: 'succeeded', attempts: 2, lines: { new: 1, unchanged: 1 } })
  expect(await on.correctedTotals(replayed.runId)).toMatchObject([{ count: 0, debit: '1.00' }])
  expect(await on.differences()).toEqual([])
})

// Planted for good: nothing is verified after them.
test.each([
  [
    'a corrected total that is not what the records say',
    `update control_totals set debit = debit + 1 where checkpoint = 'corrected' and run_id = $1`,
  ],
  [
    'a corrected record that no line says',
    `update corrected_records set corrected_debit = 9, debit = debit + 9 - corrected_debit where run_id = $1`,
  ],
  [
    'a correction that nobody approved',
    `update corrections set state = 'proposed', decided_by = null where correction_id in (select correction_id from correction_readings where run_id = $1)`,
  ],
  ['one applied although the source said something else', `update correction_readings set says = 'other' where run_id = $1`],
])('verify names %s', async (_what, plant) => {
  const job = on.newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1' }, { id: '2', cost_centre: 'CC9', debit: '3.00' }]))
  await on.correct({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC1' })
  await on.correct({ runId: first.runId, key: '2', field: 'debit', found: '3.00', corrected: '4.00' })
  const { runId } = await on.replay(first.runId)
  await world.owner.unsafe(plant.replace('$1', String(runId)))
  const found = (await verify(world.context)).checks.find(({ name }) => name === 'corrections')!
  expect(found.differences).toEqual(expect.arrayContaining([expect.stringContaining(`run ${runId}`)]))
})
