import { beforeAll, beforeEach, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { addPerson } from './add-person.ts'
import { assignExceptions } from './assign-exceptions.ts'
import { decideEnding } from './decide-ending.ts'
import { gradeExceptions } from './grade-exceptions.ts'
import { importDefinitions } from './import-definitions.ts'
import { moveExceptions } from './move-exceptions.ts'
import { noteExceptions } from './note-exceptions.ts'
import { proposeEnding } from './propose-ending.ts'
import { reopenExceptions } from './reopen-exceptions.ts'
import { reviveExceptions } from './revive-exceptions.ts'
import { undoTriage } from './undo-triage.ts'

const world = useDatabase()
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const IVAN: Actor = { name: 'ivan', role: 'it', entityScope: ['*'] }
const NORWAY: Actor = { name: 'nora', role: 'finance_operations', entityScope: ['NO01'] }
const RULES = { members: ['cost_centre' as const] }
let runs = 0

beforeAll(async () => {
  for (const { name: signIn, role, entityScope } of [FIONA, CARA, IVAN, NORWAY])
    await addPerson(world.context, {
      signIn,
      name: signIn,
      role: role === 'service' ? 'it' : role,
      entityScope: [...entityScope],
      password: 'a password of the test',
      actor: ADMIN,
    })
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'One']]))
})

/** A cause of its own, found by a run that nobody of the test asked for. Returns its id. */
async function anException(entity = 'NO01', amount = '100.00'): Promise<number> {
  const value = `X${++runs}`
  const rows = [
    { id: `${value}-1`, entity, cost_centre: value, debit: amount },
    { id: `${value}-2`, entity, cost_centre: value, credit: amount },
    // So that the rest of the load is published.
    { id: `${value}-3`, entity, debit: '1' },
  ]
  await load(world.context, ledgerJob({ onFailure: 'quarantine', rules: RULES }), ledgerCsv(rows))
  const [row] = await world.owner`select exception_id from exceptions where subject->>'value' = ${value}`
  return Number(row!.exception_id)
}

const standing = async (exceptionId: number) => {
  const [row] = await world.owner`
    select state, assignee, team, severity, opened_on::text, due_at, waived_until::text, revision, routed_by, closed_at from exceptions where exception_id = ${exceptionId}`
  return row!
}
const outcomes = ({ results }: { results: readonly { outcome: string; why: string }[] }) =>
  results.map(({ outcome, why }) => [outcome, why].filter(Boolean).join(': '))

let one = 0
beforeEach(async () => {
  one = await anException()
})
const seen = () => [{ exceptionId: one }]

test('work on an exception: given, taken up, given on, given back; each step once in the log with before and after', async () => {
  expect(await standing(one)).toMatchObject({ state: 'open', assignee: null, team: 'finance_operations', revision: 0 })
  await assignExceptions(world.context, { exceptions: seen(), assignee: 'fiona', actor: CARA })
  expect(await standing(one)).toMatchObject({ state: 'assigned', assignee: 'fiona', revision: 1 })
  await moveExceptions(world.context, { exceptions: seen(), to: 'in_progress', actor: FIONA })
  await assignExceptions(world.context, { exceptions: seen(), assignee: 'cara', actor: FIONA })
  expect(await standing(one), 'work goes on with the next person').toMatchObject({ state: 'in_progress', assignee: 'cara' })
  await moveExceptions(world.context, { exceptions: seen(), to: 'waiting_for_replay', actor: CARA })
  await assignExceptions(world.context, { exceptions: seen(), assignee: null, team: 'controller', actor: CARA })
  expect(await standing(one)).toMatchObject({ state: 'open', assignee: null, team: 'controller', revision: 5 })
  const events = await world.owner`
    select action, actor, before, after from audit_events where object_type = 'exception' and object_id = ${`${one}`} order by event_id`
  expect(events.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
    'exception.assigned cara',
    'exception.moved fiona',
    'exception.assigned fiona',
    'exception.moved cara',
    'exception.assigned cara',
  ])
  expect(events[2]).toMatchObject({ before: { assignee: 'fiona' }, after: { assignee: 'cara', revision: 3 } })
})

test('whoever takes up what nobody has, has it', async () => {
  await moveExceptions(world.context, { exceptions: seen(), to: 'in_progress', actor: FIONA })
  expect(await standing(one)).toMatchObject({ state: 'in_progress', assignee: 'fiona' })
})

test('one of many that cannot be done does not stop the others, and each says why', async () => {
  const swedish = await anException('SE01')
  await moveExceptions(world.context, { exceptions: seen(), to: 'in_progress', actor: FIONA })
  const exceptions = [{ exceptionId: one, revision: 0 }, { exceptionId: swedish }, { exceptionId: 1_000_000 }]
  expect(outcomes(await assignExceptions(world.context, { exceptions, assignee: 'cara', actor: FIONA }))).toEqual([
    'skipped: somebody changed it since you looked',
    'done',
    'skipped: there is no such exception',
  ])
  expect(outcomes(await assignExceptions(world.context, { exceptions, assignee: 'ivan', actor: FIONA })).slice(0, 2)).toEqual([
    'skipped: somebody changed it since you looked',
    'skipped: it is not for the role of ivan',
  ])
  expect(outcomes(await moveExceptions(world.context, { exceptions: seen(), to: 'in_progress', actor: IVAN }))).toEqual([
    'not_allowed: it is not for your role',
  ])
  // Of what lies outside of a scope nothing is learned, not even that it is there.
  expect(
    outcomes(await moveExceptions(world.context, { exceptions: [{ exceptionId: swedish }], to: 'in_progress', actor: NORWAY })),
  ).toEqual(['skipped: there is no such exception'])
  expect(
    outcomes(await assignExceptions(world.context, { exceptions: [{ exceptionId: swedish }], assignee: 'nora', actor: FIONA })),
  ).toEqual(['skipped: nora does not see all of its entities'])
})

test('an act is taken back as far as nobody has touched it since', async () => {
  const other = await anException()
  const exceptions = [{ exceptionId: one }, { exceptionId: other }]
  const { correlationId } = await assignExceptions(world.context, { exceptions, assignee: 'fiona', actor: FIONA })
  await moveExceptions(world.context, { exceptions: [{ exceptionId: other }], to: 'in_progress', actor: CARA })
  await expect(undoTriage(world.context, { correlationId, actor: CARA })).rejects.toMatchObject({ code: 'input_invalid' })
  expect(outcomes(await undoTriage(world.context, { correlationId, actor: FIONA }))).toEqual([
    'done',
    'skipped: somebody changed it since you looked',
  ])
  expect(await standing(one)).toMatchObject({ state: 'open', assignee: null, revision: 2 })
  expect(await standing(other)).toMatchObject({ state: 'in_progress', assignee: 'fiona' })
})

test.each([
  ['waived', '2026-12-31'],
  ['rejected', undefined],
  ['done_outside', undefined],
] as const)('%s: with a reason and by a second person only, and never counted as fixed', async (ending, until) => {
  const ask = { exceptions: seen(), ending, until, actor: FIONA }
  await expect(proposeEnding(clock, { ...ask, reason: ' no ' })).rejects.toMatchObject({ code: 'reason_missing' })
  await proposeEnding(clock, { ...ask, reason: 'The source books it again next month' })
  expect(await standing(one), 'a proposal ends nothing').toMatchObject({ state: 'open' })
  expect(outcomes(await proposeEnding(clock, { ...ask, reason: 'The same once more' }))).toEqual([
    'skipped: fiona proposed an ending already',
  ])
  const decide = { exceptions: seen(), decision: 'approved' as const }
  expect(outcomes(await decideEnding(world.context, { ...decide, actor: FIONA }))).toEqual([
    'skipped: you proposed it: somebody else decides',
  ])
  // Whoever asked for the run that found it has a hand in it.
  expect(outcomes(await decideEnding(world.context, { ...decide, actor: ADMIN }))).toEqual([
    'skipped: you asked for a run that found it: somebody else decides',
  ])
  await decideEnding(world.context, { ...decide, actor: CARA })
  expect(await standing(one)).toMatchObject({ state: ending, waived_until: until ?? null, closed_at: null })
  expect(outcomes(await moveExceptions(world.context, { exceptions: seen(), to: 'in_progress', actor: FIONA }))).toEqual([
    `skipped: it is ${ending.replace('_', ' ')}: take it up again first`,
  ])
  await reopenExceptions(world.context, { exceptions: seen(), reason: 'It was not booked', actor: FIONA })
  expect(await standing(one)).toMatchObject({ state: 'open', waived_until: null })
})
const clock = {
  get db() {
    return world.db
  },
  now: () => new Date('2026-11-21T10:00:00Z'),
}

test('the database itself refuses the same person twice', async () => {
  await proposeEnding(clock, { exceptions: seen(), ending: 'rejected', reason: 'Not ours to mend', actor: FIONA })
  await expect(
    world.owner`update exception_endings set decision = 'approved', decided_by = 'fiona' where exception_id = ${one}`,
  ).rejects.toThrow('exception_endings_second_person')
})

test('a proposal that is declined or withdrawn leaves everything as it was', async () => {
  const ask = { exceptions: seen(), ending: 'rejected' as const, reason: 'Not ours to mend', actor: FIONA }
  await proposeEnding(clock, ask)
  await expect(decideEnding(world.context, { exceptions: seen(), decision: 'declined', actor: CARA })).rejects.toMatchObject({
    code: 'reason_missing',
  })
  await decideEnding(world.context, { exceptions: seen(), decision: 'declined', reason: 'It is ours', actor: CARA })
  await proposeEnding(clock, ask)
  expect(outcomes(await decideEnding(world.context, { exceptions: seen(), decision: 'withdrawn', actor: CARA }))).toEqual([
    'skipped: only who proposed it withdraws it',
  ])
  expect(outcomes(await decideEnding(world.context, { exceptions: seen(), decision: 'withdrawn', actor: FIONA }))).toEqual([
    'done',
  ])
  expect(await standing(one)).toMatchObject({ state: 'open' })
})

test('a waiver ends after its last day, and not before', async () => {
  const ask = { exceptions: seen(), ending: 'waived' as const, reason: 'Known, comes right next week', actor: FIONA }
  for (const until of [undefined, '2026-11-20', '2026-02-30', '2028-01-01', 'tomorrow'])
    await expect(proposeEnding(clock, { ...ask, until }), until).rejects.toMatchObject({ code: 'input_invalid' })
  await proposeEnding(clock, { ...ask, until: '2026-11-25' })
  await decideEnding(world.context, { exceptions: seen(), decision: 'approved', actor: CARA })
  expect(await reviveExceptions({ ...clock, db: world.db, now: () => new Date('2026-11-25T23:59:59Z') })).toBe(0)
  expect(await reviveExceptions({ ...clock, db: world.db, now: () => new Date('2026-11-26T00:00:00Z') })).toBe(1)
  expect(await standing(one)).toMatchObject({ state: 'open', waived_until: null })
})

test('severity sets the due time, in business days of its calendar', async () => {
  await world.owner`update exceptions set opened_on = '2026-11-20' where exception_id = ${one}`
  const due: Record<string, string> = {}
  for (const severity of ['critical', 'high', 'low', 'medium'] as const) {
    await gradeExceptions(world.context, { exceptions: seen(), severity, reason: 'For the test of it', actor: FIONA })
    due[severity] = (await standing(one)).due_at.toISOString()
  }
  // Opened on a Friday.
  expect(due).toEqual({
    critical: '2026-11-20T18:00:00.000Z',
    high: '2026-11-23T18:00:00.000Z',
    medium: '2026-11-25T18:00:00.000Z',
    low: '2026-12-04T18:00:00.000Z',
  })
})

test('notes name people, and changing nothing of the exception they refuse nobody who sees it', async () => {
  await expect(noteExceptions(world.context, { exceptions: seen(), text: 'ask @nobody', actor: IVAN })).rejects.toMatchObject({
    code: 'person_not_found',
    detail: '@nobody',
  })
  await noteExceptions(world.context, { exceptions: seen(), text: 'It is X1, says @Fiona; mail a@b.example', actor: IVAN })
  const notes = await world.owner`select author, text, mentions from exception_notes where exception_id = ${one}`
  expect(notes).toMatchObject([{ author: 'ivan', mentions: ['fiona'] }])
  expect((await standing(one)).revision).toBe(0)
})

test('rules route what is found: the first that matches, by class, code, job, entity and amount; and it says which', async () => {
  const rules = [
    {
      name: 'Large ones',
      when: { amountAtLeast: { NOK: '500000' } },
      team: 'controller',
      assignee: 'cara',
      severity: 'critical',
    },
    { name: 'Sweden', when: { entities: ['SE01'], classes: ['business'] }, team: 'finance_operations', assignee: 'fiona' },
    { name: 'Other job', when: { jobs: ['other'] }, team: 'it' },
  ]
  const yaml = JSON.stringify({ kind: 'routing', rules })
  await expect(
    importDefinitions(world.context, { yaml: yaml.replace('"cara"', '"nobody"'), actor: ADMIN }),
  ).rejects.toMatchObject({ code: 'person_not_found' })
  expect(await importDefinitions(world.context, { yaml, actor: ADMIN })).toMatchObject([{ kind: 'routing', change: 'new' }])
  expect(await importDefinitions(world.context, { yaml, actor: ADMIN })).toMatchObject([{ change: 'unchanged' }])
  const [large, almost, swedish] = [
    await anException('SE01', '500000.00'),
    await anException('NO01', '499999.99'),
    await anException('SE01'),
  ]
  expect(await standing(large)).toMatchObject({
    routed_by: 'Large ones',
    assignee: 'cara',
    severity: 'critical',
    state: 'assigned',
  })
  expect(await standing(almost)).toMatchObject({ routed_by: '', assignee: null, severity: 'medium' })
  expect(await standing(swedish)).toMatchObject({ routed_by: 'Sweden', assignee: 'fiona', team: 'finance_operations' })
  await importDefinitions(world.context, { yaml: '{ kind: routing, rules: [] }', actor: ADMIN })
})

test('what was fixed and comes back goes to the person who had it, as a new exception that names the earlier', async () => {
  const bad = ledgerCsv([{ id: 'back', cost_centre: 'BACK', debit: '5' }])
  const job = ledgerJob({ job: 'comes-back', onFailure: 'quarantine', rules: RULES })
  await load(world.context, job, bad)
  const [first] = await world.owner`select exception_id from exceptions where subject->>'value' = 'BACK'`
  await assignExceptions(world.context, { exceptions: [{ exceptionId: first!.exception_id }], assignee: 'fiona', actor: CARA })
  await load(world.context, job, ledgerCsv([{ id: 'back', debit: '5' }]))
  expect((await standing(first!.exception_id)).closed_at).not.toBeNull()
  expect(
    outcomes(
      await moveExceptions(world.context, {
        exceptions: [{ exceptionId: first!.exception_id }],
        to: 'in_progress',
        actor: FIONA,
      }),
    ),
  ).toEqual(['skipped: it is fixed: its control passed again'])
  await load(world.context, job, bad.replace(',5,', ',6,'))
  const [again] = await world.owner`select * from exceptions where subject->>'value' = 'BACK' and closed_at is null`
  expect(again).toMatchObject({ previous_exception_id: first!.exception_id, assignee: 'fiona', state: 'assigned' })
})

test('what was ended is taken up again when more waits behind it than was agreed to', async () => {
  const job = ledgerJob({ job: 'grows', onFailure: 'quarantine', rules: RULES })
  const rows = [{ id: 'grows-0' }, { id: 'grows-1', cost_centre: 'GROWS' }]
  await load(world.context, job, ledgerCsv(rows))
  const [found] = await world.owner`select exception_id from exceptions where subject->>'value' = 'GROWS'`
  const exceptions = [{ exceptionId: Number(found!.exception_id) }]
  await proposeEnding(clock, { exceptions, ending: 'rejected', reason: 'The source has to mend it', actor: FIONA })
  await decideEnding(world.context, { exceptions, decision: 'approved', actor: CARA })
  await load(world.context, job, ledgerCsv([...rows, { id: 'grows-2' }]))
  expect(await reviveExceptions(world.context), 'the same record once more is what was agreed to').toBe(0)
  await load(world.context, job, ledgerCsv([...rows, { id: 'grows-3', cost_centre: 'GROWS' }]))
  expect(await reviveExceptions(world.context)).toBe(1)
  expect(await standing(exceptions[0]!.exceptionId)).toMatchObject({ state: 'open' })
})
