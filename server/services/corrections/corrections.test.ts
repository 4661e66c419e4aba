import { beforeAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, TRAILER, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { rehearse, replayAll, resultsOf } from '#db/testing/replays.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { LineField } from '#server/domain/job.ts'
import { startBulkReplay } from '../bulk-replay/start-bulk-replay.ts'
import { replayRun } from '../replay-run.ts'
import { verify } from '../verify.ts'
import { decideCorrection } from './decide-correction.ts'
import { proposeCorrection } from './propose-correction.ts'
import { withdrawCorrection } from './withdraw-correction.ts'

const world = useDatabase()
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const NORTH: Actor = { name: 'nora', role: 'finance_operations', entityScope: ['NO01'] }
const reason = 'as the cost accountant of NO01 said'

beforeAll(async () => {
  await load(
    world.context,
    memberJob('cost_centre'),
    memberCsv(
      ['code', 'name'],
      [
        ['CC1', 'Bakery'],
        ['CC2', 'Dairy'],
      ],
    ),
  )
})

let jobs = 0
const CORRECTABLE: LineField[] = ['cost_centre', 'entity', 'period', 'currency', 'debit', 'credit', 'posted_on', 'project']
const newJob = (overrides: Partial<JobInput> = {}): JobInput => {
  const name = `ledger-${++jobs}`
  return ledgerJob({
    job: name,
    system: { code: name, name, kind: 'erp' },
    rules: { members: ['cost_centre'] },
    onFailure: 'quarantine',
    correctable: CORRECTABLE,
    ...overrides,
  })
}

const rejectedOf = async (runId: number, key: string): Promise<number> => {
  const [row] = await world.owner<{ id: string }[]>`
    select rejected_id as id from rejected_records where run_id = ${runId} and source_key = ${key}`
  return Number(row!.id)
}
type Asked = { runId: number; key: string; field?: LineField; found: string; corrected: string; actor?: Actor }
const propose = async ({ runId, key, field = 'cost_centre', actor = FIONA, ...texts }: Asked) =>
  proposeCorrection(world.context, { rejectedId: await rejectedOf(runId, key), field, ...texts, reason, actor })
/** Proposed by one and approved by another. */
const correct = async (asked: Asked) => {
  const made = await propose(asked)
  if (made.state === 'proposed')
    await decideCorrection(world.context, { ...made, revision: 0, decision: 'approved', actor: CARA })
  return made.correctionId
}
const replay = async (runId: number, preview = false) =>
  runUntilEnded(world.context, (await replayRun(world.context, { runId, rules: 'current', preview, actor: ADMIN })).runId)
const lineOf = async (job: JobInput, key: string) => {
  const [line] = await world.owner`
    select entity, period, currency, cost_centre, debit::text as debit from lines where source_key = ${key} and superseded_at_pub is null
      and system_id = (select system_id from systems where code = ${job.system.code})`
  return line ? { ...line } : null
}
const correctedTotals = async (runId: number) => [
  ...(await world.owner`
    select entity, period, currency, count::int as count, debit::text as debit from control_totals
    where run_id = ${runId} and checkpoint = 'corrected' order by 1, 2, 3`),
]
const verifyAgrees = async () =>
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])

test('an unknown cost centre is read as the one that was meant: the replay passes, the exception closes, the artifact stays', async () => {
  const job = newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1' }, { id: '2', cost_centre: 'CC9' }]))
  expect(first.lines).toMatchObject({ new: 1, rejected: 1 })
  const bytes = await world.owner`select artifact_id, sha256 from artifacts order by 1`
  const { state } = await propose({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC2' })
  expect(state).toBe('active')
  expect(await listExceptions(world.db, { job: job.job, scope: ['*'] })).toHaveLength(1)

  const rehearsed = await replay(first.runId, true)
  expect(rehearsed).toMatchObject({ outcome: 'succeeded', lines: { new: 1, unchanged: 1, rejected: 0 } })
  expect(await replay(first.runId)).toMatchObject({ outcome: 'succeeded', lines: { new: 1, unchanged: 1, rejected: 0 } })
  expect(await lineOf(job, '2')).toMatchObject({ cost_centre: 'CC2' })
  expect(await listExceptions(world.db, { job: job.job, scope: ['*'] })).toEqual([])
  expect(await world.owner`select artifact_id, sha256 from artifacts order by 1`).toEqual(bytes)
  await verifyAgrees()
})

test('read again with the same correction it is unchanged, with another it is changed, without it is turned back', async () => {
  const job = newJob()
  const rows = [
    { id: '1', cost_centre: 'CC1', project: 'P9', posted_on: '2026-03-15' },
    { id: '2', cost_centre: 'CC9', project: 'P9' },
  ]
  const first = await load(world.context, job, ledgerCsv(rows.map(({ project: _, ...row }) => row)))
  const one = await correct({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC2' })
  await replay(first.runId)
  expect((await load(world.context, job, ledgerCsv(rows.map(({ project: _, ...row }) => row)))).lines).toMatchObject({
    new: 0,
    changed: 0,
    unchanged: 2,
    rejected: 0,
  })
  await withdrawCorrection(world.context, { correctionId: one, revision: 0, reason, actor: FIONA })
  await correct({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC1' })
  expect((await replay(first.runId)).lines).toMatchObject({ changed: 1, unchanged: 1, rejected: 0 })
  expect(await lineOf(job, '2')).toMatchObject({ cost_centre: 'CC1' })
  // The rule has gone, so what the source says passes: it is turned back.
  const [active] =
    await world.owner`select correction_id, revision from corrections where state = 'active' and source_key = '2' and job_id = (select job_id from jobs where name = ${job.job})`
  await withdrawCorrection(world.context, {
    correctionId: active!.correction_id,
    revision: active!.revision,
    reason,
    actor: FIONA,
  })
  await importJob(world.context, { ...job, rules: {} })
  expect((await replay(first.runId)).lines).toMatchObject({ changed: 1, unchanged: 1, rejected: 0 })
  expect(await lineOf(job, '2')).toMatchObject({ cost_centre: 'CC9' })
  await verifyAgrees()
})

test('once withdrawn, a record that does not pass as it came waits again, and its line stays as it stood', async () => {
  const job = newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const correctionId = await correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  await replay(first.runId)
  await withdrawCorrection(world.context, { correctionId, revision: 0, reason, actor: FIONA })
  expect(await replay(first.runId)).toMatchObject({ lines: { rejected: 1 } })
  expect(await lineOf(job, '1')).toMatchObject({ cost_centre: 'CC2' })
  expect(await listExceptions(world.db, { job: job.job, scope: ['*'] })).toHaveLength(1)
  await verifyAgrees()
})

test('the same record in a newer delivery is corrected too; where the source says something else by now, it is not', async () => {
  const job = newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const correctionId = await correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  await load(world.context, job, ledgerCsv([{ id: '0' }, { id: '1', cost_centre: 'CC9', debit: '7' }]))
  expect(await lineOf(job, '1')).toMatchObject({ cost_centre: 'CC2', debit: '7.00' })
  const third = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC1' }]))
  expect(await lineOf(job, '1')).toMatchObject({ cost_centre: 'CC1' })
  expect([
    ...(await world.owner`select says, is_applied from correction_readings where correction_id = ${correctionId} and run_id = ${third.runId}`),
  ]).toEqual([{ says: 'CC1', is_applied: false }])
  expect((await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC8' }]))).lines).toMatchObject({ rejected: 1 })
  await verifyAgrees()
})

test('it is about one job: another one of the same system reads the same key as it comes', async () => {
  const job = newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  await correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  const other = { ...job, job: `${job.job}-other` }
  expect((await load(world.context, other, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))).lines).toMatchObject({ rejected: 1 })
  await verifyAgrees()
})

test('records of one key that differ at the source are refused, also where a correction would make them the same', async () => {
  const job = newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  await correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  const both = ledgerCsv([
    { id: '0' },
    { id: '1', cost_centre: 'CC9', document: 'D' },
    { id: '1', cost_centre: 'CC2', document: 'D' },
  ])
  const second = await load(world.context, job, both)
  expect(second.lines).toMatchObject({ new: 1, duplicate: 0, rejected: 2 })
  expect(second.exceptions.map(({ code }) => code)).toEqual(['source_key_conflicting'])
  await expect(propose({ runId: second.runId, key: '1', found: 'CC9', corrected: 'CC1' })).rejects.toMatchObject({
    code: 'correction_refused',
    message: expect.stringContaining('several records under its key'),
  })
  const same = ledgerCsv([
    { id: '1', cost_centre: 'CC9', document: 'D' },
    { id: '1', cost_centre: 'CC9', document: 'D' },
  ])
  expect((await load(world.context, job, same)).lines).toMatchObject({ new: 1, duplicate: 1, rejected: 0 })
  await verifyAgrees()
})

test('an amount: proposed by one, approved by another; what the source said and what was loaded differ by a figure of its own', async () => {
  const job = newJob({ rules: { balanced: true }, format: { type: 'csv', trailer: TRAILER } })
  const rows: LedgerRow[] = [
    { id: '1', document: 'A', debit: '100.00' },
    { id: '2', document: 'A', credit: '110.00', debit: '' },
    { id: '3', document: 'B', debit: '5.00' },
    { id: '4', document: 'B', credit: '5.00', debit: '' },
  ]
  const first = await load(world.context, job, ledgerCsv(rows, [4, 2, '105.00', '115.00']))
  expect(first).toMatchObject({ outcome: 'succeeded', lines: { new: 2, rejected: 2 } })
  const made = await propose({ runId: first.runId, key: '1', field: 'debit', found: '100.00', corrected: '110.00' })
  expect(made.state).toBe('proposed')
  expect((await replay(first.runId)).lines).toMatchObject({ rejected: 2 })
  const decision = { ...made, revision: 0, decision: 'approved' } as const
  await expect(decideCorrection(world.context, { ...decision, actor: FIONA })).rejects.toMatchObject({ code: 'same_person' })
  await decideCorrection(world.context, { ...decision, actor: CARA })

  const replayed = await replay(first.runId)
  // The trailer still ties: it is about what was sent.
  expect(replayed).toMatchObject({ outcome: 'succeeded', lines: { new: 2, unchanged: 2, rejected: 0 }, exceptions: [] })
  expect(await lineOf(job, '1')).toMatchObject({ debit: '110.00' })
  expect(await correctedTotals(replayed.runId)).toEqual([
    { entity: 'NO01', period: '2026-03', currency: 'NOK', count: 0, debit: '10.00' },
  ])
  const extracted = replayed.totals.find(({ checkpoint }) => checkpoint === 'extracted')
  expect(extracted).toMatchObject({ count: 4, debit: '105.00', credit: '115.00' })
  expect(await world.owner`select from claims where run_id = ${replayed.runId} and not ties`).toHaveLength(0)
  await verifyAgrees()
})

test('the entity and the currency: a record leaves one cell and comes into another, and both say so', async () => {
  const job = newJob()
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
    await correct({ runId: first.runId, key: '2', field, found, corrected })
  const replayed = await replay(first.runId)
  expect(replayed).toMatchObject({ outcome: 'succeeded', lines: { new: 1, unchanged: 1 } })
  expect(await lineOf(job, '2')).toMatchObject({ entity: 'SE01', currency: 'SEK', debit: '3.00' })
  expect(await correctedTotals(replayed.runId)).toEqual([
    { entity: 'NO01', period: '2026-03', currency: 'NOK', count: -1, debit: '-3.00' },
    { entity: 'SE01', period: '2026-03', currency: 'SEK', count: 1, debit: '3.00' },
  ])
  await verifyAgrees()
})

test('a full extract withdraws nothing from a slice into which only a correction brought a record', async () => {
  const job = newJob({ extract: 'full' })
  await load(world.context, job, ledgerCsv([{ id: '1', period: '2026-04' }]))
  const march = ledgerCsv([{ id: '2' }, { id: '3', cost_centre: 'CC9' }])
  const second = await load(world.context, job, march)
  await correct({ runId: second.runId, key: '3', found: 'CC9', corrected: 'CC1' })
  await correct({ runId: second.runId, key: '3', field: 'period', found: '2026-03', corrected: '2026-04' })
  expect((await replay(second.runId)).lines).toMatchObject({ new: 1, unchanged: 1, removed: 0 })
  expect(await lineOf(job, '1')).toMatchObject({ period: '2026-04' })
  await verifyAgrees()
})

test('an attempt that died leaves nothing of its corrections to the next', async () => {
  const job = newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1' }, { id: '2', cost_centre: 'CC9', debit: '3.00' }]))
  await correct({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC1' })
  await correct({ runId: first.runId, key: '2', field: 'debit', found: '3.00', corrected: '4.00' })
  await world.owner.unsafe(`create or replace function die() returns trigger language plpgsql as $$
    begin if new.stage = 'load' and new.attempt = 1 then raise 'deadlock' using errcode = '40P01'; end if; return new; end $$`)
  await world.owner`create trigger die before insert on stages for each row execute function die()`
  const replayed = await replay(first.runId).finally(() => world.owner`drop trigger die on stages`)
  expect(replayed).toMatchObject({ outcome: 'succeeded', attempts: 2, lines: { new: 1, unchanged: 1 } })
  expect(await correctedTotals(replayed.runId)).toMatchObject([{ count: 0, debit: '1.00' }])
  await verifyAgrees()
})

test('a bulk replay passes what was corrected, and its rehearsal goes stale when another correction comes', async () => {
  const job = newJob()
  const first = await load(
    world.context,
    job,
    ledgerCsv([
      { id: '1', cost_centre: 'CC9' },
      { id: '2', cost_centre: 'CC8' },
    ]),
  )
  await correct({ runId: first.runId, key: '1', found: 'CC9', corrected: 'CC2' })
  const bulk = await replayAll(world.context, { asked: { job: job.job } })
  expect(await resultsOf(world.context, bulk)).toMatchObject([
    { sourceKey: '1', rehearsed: 'fixed', result: 'fixed' },
    { sourceKey: '2', rehearsed: 'still_failing', result: 'still_failing' },
  ])
  const second = await rehearse(world.context, { asked: { job: job.job } })
  await correct({ runId: first.runId, key: '2', found: 'CC8', corrected: 'CC1' })
  const confirmed = startBulkReplay(world.context, { bulkReplayId: second, reason, actor: ADMIN })
  await expect(confirmed).rejects.toMatchObject({ code: 'rehearsal_stale', message: expect.stringContaining('corrections of') })
  await verifyAgrees()
})

test('what cannot be corrected is refused, and why', async () => {
  const job = newJob({ correctable: ['cost_centre', 'debit', 'posted_on'] })
  const { runId } = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const asked = { runId, key: '1', found: 'CC9', corrected: 'CC1' }
  await expect(propose({ ...asked, field: 'account', found: '4000' })).rejects.toMatchObject({ code: 'correction_refused' })
  await expect(propose({ ...asked, found: 'CC8' })).rejects.toMatchObject({ code: 'correction_moved' })
  await expect(propose({ ...asked, corrected: 'CC9' })).rejects.toMatchObject({ code: 'input_invalid' })
  for (const [field, found, corrected] of [
    ['debit', '1', 'one'],
    ['debit', '1', '1.005'],
    ['posted_on', '2026-03-15', '15.03.2026'],
  ] as const)
    await expect(propose({ ...asked, field, found, corrected })).rejects.toMatchObject({ code: 'input_invalid' })
  await expect(propose({ ...asked, actor: { ...FIONA, role: 'it' } })).rejects.toMatchObject({ code: 'not_allowed' })
  await correct(asked)
  await expect(propose(asked)).rejects.toMatchObject({ code: 'correction_refused' })
  await importJob(world.context, { ...job, correctable: undefined })
  await expect(propose({ ...asked, field: 'debit', found: '1', corrected: '2' })).rejects.toMatchObject({
    message: expect.stringContaining('lets nobody correct'),
  })
})

test('nobody corrects, decides or withdraws what touches an entity outside their scope', async () => {
  const job = newJob()
  const { runId } = await load(
    world.context,
    job,
    ledgerCsv([
      { id: '1', cost_centre: 'CC9', entity: 'SE01', currency: 'SEK' },
      { id: '2', cost_centre: 'CC9' },
    ]),
  )
  await expect(propose({ runId, key: '1', found: 'CC9', corrected: 'CC1', actor: NORTH })).rejects.toMatchObject({
    code: 'record_not_found',
  })
  const away = { runId, key: '2', field: 'entity', found: 'NO01', corrected: 'SE01' } as const
  await expect(propose({ ...away, actor: NORTH })).rejects.toMatchObject({ code: 'outside_entity_scope' })
  const made = await propose(away)
  const ofNorth = { ...NORTH, role: 'controller' } as const
  const seen = { ...made, revision: 0, reason, actor: ofNorth }
  await expect(decideCorrection(world.context, { ...seen, decision: 'approved' })).rejects.toMatchObject({
    code: 'correction_not_found',
  })
  await expect(withdrawCorrection(world.context, seen)).rejects.toMatchObject({ code: 'correction_not_found' })
})

test('whoever acts on what they saw is told when somebody was there before them', async () => {
  const job = newJob()
  const { runId } = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const made = await propose({ runId, key: '1', field: 'debit', found: '1', corrected: '2' })
  const refused = { ...made, revision: 0, decision: 'refused', reason, actor: CARA } as const
  await decideCorrection(world.context, refused)
  await expect(decideCorrection(world.context, refused)).rejects.toMatchObject({ code: 'correction_refused' })
  await expect(
    withdrawCorrection(world.context, { correctionId: made.correctionId, revision: 1, reason, actor: FIONA }),
  ).rejects.toMatchObject({ code: 'correction_refused' })
  const events =
    await world.owner`select action, actor from audit_events where object_type = 'correction' and object_id = ${String(made.correctionId)} order by event_id`
  expect(events.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
    'correction.proposed fiona',
    'correction.refused cara',
  ])
})

test('the table itself refuses the proposer, money without a second person, and an edited text', async () => {
  const job = newJob()
  const { runId } = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  const { correctionId } = await propose({ runId, key: '1', field: 'debit', found: '1', corrected: '2' })
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
  const job = newJob()
  const first = await load(world.context, job, ledgerCsv([{ id: '1' }, { id: '2', cost_centre: 'CC9', debit: '3.00' }]))
  await correct({ runId: first.runId, key: '2', found: 'CC9', corrected: 'CC1' })
  await correct({ runId: first.runId, key: '2', field: 'debit', found: '3.00', corrected: '4.00' })
  const { runId } = await replay(first.runId)
  await world.owner.unsafe(plant.replace('$1', String(runId)))
  const found = (await verify(world.context)).checks.find(({ name }) => name === 'corrections')!
  expect(found.differences).toEqual(expect.arrayContaining([expect.stringContaining(`run ${runId}`)]))
})
