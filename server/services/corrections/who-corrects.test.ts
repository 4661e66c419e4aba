import { beforeAll, expect, test } from 'vitest'
import { CARA, Corrections, FIONA, REASON } from '#db/testing/corrections.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv } from '#db/testing/ledger.ts'
import { importJob, load } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { decideCorrection } from './decide-correction.ts'
import { withdrawCorrection } from './withdraw-correction.ts'

const world = useDatabase()
const on = new Corrections(world)
const NORTH: Actor = { name: 'nora', role: 'finance_operations', entityScope: ['NO01'] }
const reason = REASON
beforeAll(on.loadMembers)

test('what cannot be corrected is refused, and why', async () => {
  const job = on.newJob({ correctable: ['cost_centre', 'debit', 'posted_on'] })
  const { runId } = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const asked = { runId, key: '1', found: 'CC9', corrected: 'CC1' }
  await expect(on.propose({ ...asked, field: 'account', found: '4000' })).rejects.toMatchObject({ code: 'correction_refused' })
  await expect(on.propose({ ...asked, found: 'CC8' })).rejects.toMatchObject({ code: 'correction_moved' })
  await expect(on.propose({ ...asked, corrected: 'CC9' })).rejects.toMatchObject({ code: 'input_invalid' })
  for (const [field, found, corrected] of [
    ['debit', '1', 'one'],
    ['debit', '1', '1.005'],
    ['posted_on', '2026-03-15', '15.03.2026'],
  ] as const)
    await expect(on.propose({ ...asked, field, found, corrected })).rejects.toMatchObject({ code: 'input_invalid' })
  await expect(on.propose({ ...asked, actor: { ...FIONA, role: 'it' } })).rejects.toMatchObject({ code: 'not_allowed' })
  await on.correct(asked)
  await expect(on.propose(asked)).rejects.toMatchObject({ code: 'correction_refused' })
  await importJob(world.context, { ...job, correctable: undefined })
  await expect(on.propose({ ...asked, field: 'debit', found: '1', corrected: '2' })).rejects.toMatchObject({
    message: expect.stringContaining('lets nobody correct'),
  })
})

test('nobody corrects, decides or withdraws what touches an entity outside their scope', async () => {
  const job = on.newJob()
  const { runId } = await load(
    world.context,
    job,
    ledgerCsv([
      { id: '1', cost_centre: 'CC9', entity: 'SE01', currency: 'SEK' },
      { id: '2', cost_centre: 'CC9' },
    ]),
  )
  await expect(on.propose({ runId, key: '1', found: 'CC9', corrected: 'CC1', actor: NORTH })).rejects.toMatchObject({
    code: 'record_not_found',
  })
  const away = { runId, key: '2', field: 'entity', found: 'NO01', corrected: 'SE01' } as const
  await expect(on.propose({ ...away, actor: NORTH })).rejects.toMatchObject({ code: 'outside_entity_scope' })
  const made = await on.propose(away)
  expect((await on.listed({ job: job.job })).map(({ correctionId }) => correctionId)).toEqual([made.correctionId])
  expect(await on.listed({ job: job.job, scope: NORTH.entityScope })).toEqual([])
  const ofNorth = { ...NORTH, role: 'controller' } as const
  const seen = { ...made, revision: 0, reason, actor: ofNorth }
  await expect(decideCorrection(world.context, { ...seen, decision: 'approved' })).rejects.toMatchObject({
    code: 'correction_not_found',
  })
  await expect(withdrawCorrection(world.context, seen)).rejects.toMatchObject({ code: 'correction_not_found' })
})

test('whoever acts on what they saw is told when somebody was there before them', async () => {
  const job = on.newJob()
  const { runId } = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const made = await on.propose({ runId, key: '1', field: 'debit', found: '1', corrected: '2' })
  const refused = { ...made, revision: 0, decision: 'refused', reason, actor: CARA } as const
  await decideCorrection(world.context, refused)
  await expect(decideCorrection(world.context, refused)).rejects.toMatchObject({ code: 'correction_refused' })
  await expect(
    withdrawCorrection(world.context, { correctionId: made.correctionId, revision: 1, reason, actor: FIONA }),
  ).rejects.toMatchObject({ code: 'correction_refused' })
  const another = await on.propose({ runId, key: '1', field: 'debit', found: '1', corrected: '3' })
  await decideCorrection(world.context, { ...another, revision: 0, decision: 'approved', actor: CARA })
  const withdrawal = { correctionId: another.correctionId, reason, actor: FIONA }
  await expect(withdrawCorrection(world.context, { ...withdrawal, revision: 0 })).rejects.toMatchObject({
    code: 'correction_moved',
  })
  await withdrawCorrection(world.context, { ...withdrawal, revision: 1 })
  const events =
    await world.owner`select action, actor from audit_events where object_type = 'correction' and object_id = ${String(made.correctionId)} order by event_id`
  expect(events.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
    'correction.proposed fiona',
    'correction.refused cara',
  ])
})

test('the table itself refuses the proposer, money without a second person, and an edited text', async () => {
  const job = on.newJob()
  const { runId } = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const { correctionId } = await on.propose({ runId, key: '1', field: 'debit', found: '1', corrected: '2' })
  const app = world.db.$client
  await expect(
    app`update corrections set state = 'active', decided_by = 'fiona' where correction_id = ${correctionId}`,
  ).rejects.toThrow(/corrections_second_person/)
  await expect(app`update corrections set state = 'active' where correction_id = ${correctionId}`).rejects.toThrow(
    /corrections_second_person/,
  )
  await expect(app`update corrections set corrected = '3' where correction_id = ${correctionId}`).rejects.toThrow(
    /permission denied/,
  )
  await expect(app`delete from corrections`).rejects.toThrow(/permission denied/)
  await expect(app`
    insert into corrections (job_id, source_key, object_type, field, found, corrected, reason, rejected_id, exception_ids, entity, corrected_entity, needs_second_person, state, proposed_by)
    select job_id, source_key, object_type, 'credit', found, corrected, reason, rejected_id, exception_ids, entity, corrected_entity, false, 'active', 'fiona'
    from corrections where correction_id = ${correctionId}`).rejects.toThrow(/corrections_money_needs_two/)
})
