import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, load, runUntilEnded } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { addPerson } from '../add-person.ts'
import { assignExceptions } from '../assign-exceptions.ts'
import { decideEnding } from '../decide-ending.ts'
import { gradeExceptions } from '../grade-exceptions.ts'
import { moveExceptions } from '../move-exceptions.ts'
import { noteExceptions } from '../note-exceptions.ts'
import { proposeEnding } from '../propose-ending.ts'
import { reopenExceptions } from '../reopen-exceptions.ts'
import { replayRun } from '../replay-run.ts'
import { readExceptionCase } from './exception-case.ts'
import { readExceptionHistory } from './exception-history.ts'
import { readException } from './exceptions-view.ts'

const world = useDatabase()
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const NORWAY: Actor = { name: 'nora', role: 'finance_operations', entityScope: ['NO01'] }
const JOB = ledgerJob({ onFailure: 'quarantine', rules: { members: ['cost_centre'] } })
const members = (...codes: string[]) =>
  load(
    world.context,
    memberJob('cost_centre'),
    memberCsv(
      ['code', 'name'],
      codes.map((code) => [code, code]),
    ),
  )
const lines = (amount: string) =>
  load(
    world.context,
    JOB,
    ledgerCsv([
      { id: 'NO', entity: 'NO01', cost_centre: 'LOST', debit: amount },
      { id: 'SE', entity: 'SE01', cost_centre: 'LOST', debit: amount },
      { id: 'fine', entity: 'NO01', debit: '1' },
    ]),
  )

let exceptionId: number
let firstRun: number
let lastRun: number
let replay: number

/** Found, given, taken up, graded, noted, seen again, waived by two people, taken up again, replayed and fixed. */
beforeAll(async () => {
  const { context } = world
  for (const { name: signIn, entityScope } of [FIONA, CARA, NORWAY])
    await addPerson(context, {
      signIn,
      name: signIn,
      role: signIn === 'cara' ? 'controller' : 'finance_operations',
      entityScope: [...entityScope],
      password: 'a password of the test',
      actor: ADMIN,
    })
  await members('CC1')
  firstRun = (await lines('10')).runId
  const [row] = await world.owner`select exception_id from exceptions where subject->>'value' = 'LOST'`
  exceptionId = Number(row!.exception_id)
  const exceptions = [{ exceptionId }]
  // The team is named and stays.
  await assignExceptions(context, { exceptions, assignee: 'fiona', team: 'finance_operations', actor: CARA })
  await moveExceptions(context, { exceptions, to: 'in_progress', actor: FIONA })
  await gradeExceptions(context, { exceptions, severity: 'high', reason: 'The close waits for it', actor: FIONA })
  await noteExceptions(context, { exceptions, text: '@cara knows more', actor: FIONA })
  lastRun = (await lines('11')).runId
  const reason = 'It comes right next week'
  await proposeEnding(context, { exceptions, ending: 'waived', until: inDays(10), reason, actor: FIONA })
  await decideEnding(context, { exceptions, decision: 'approved', actor: CARA })
  await reopenExceptions(context, { exceptions, reason: 'It did not come right', actor: FIONA })
  await members('CC1', 'LOST')
  replay = (
    await replayRun(context, { runId: lastRun, rules: 'current', preview: false, reason: 'The member is there', actor: FIONA })
  ).runId
  await runUntilEnded(context, replay)
})

const inDays = (days: number) => new Date(world.context.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)
const history = (actor: Actor = FIONA, kind?: 'person' | 'system', isPartly = false) =>
  readExceptionHistory(world.db, { exceptionId, kind, actor, isPartly })

test('everything that happened to it, the newest first, each with who did it and its proof', async () => {
  const { rows, isCut } = await history()
  expect(rows.map(({ what, who, runId, kind }) => [what, who, runId, kind].join(' '))).toEqual([
    `fixed fiona ${replay} system`,
    `replay_asked fiona ${replay} person`,
    'exception.reopened fiona  person',
    'exception.ending_approved cara  person',
    'exception.ending_proposed fiona  person',
    `seen test:admin ${lastRun} system`,
    'exception.noted fiona  person',
    'exception.graded fiona  person',
    'exception.moved fiona  person',
    'exception.assigned cara  person',
    `opened test:admin ${firstRun} system`,
  ])
  expect(rows.every(({ runId, eventId }) => (runId === null) !== (eventId === null))).toBe(true)
  expect(isCut).toBe(false)
})

test('an act says what it changed, from what to what and why; what stayed it leaves out', async () => {
  const { rows } = await history()
  const of = (what: string) => rows.find((row) => row.what === what)!
  const { before, after } = of('exception.assigned')
  expect({ before, after }).toEqual({
    before: { state: 'open', assignee: null },
    after: { state: 'assigned', assignee: 'fiona' },
  })
  expect(of('exception.graded')).toMatchObject({ after: { severity: 'high' }, reason: 'The close waits for it' })
  expect(of('exception.noted')).toMatchObject({ before: {}, after: {}, facts: { text: '@cara knows more' } })
  expect(of('exception.ending_proposed').facts).toEqual({ ending: 'waived', until: inDays(10) })
  expect(of('exception.ending_approved').after).toEqual({ state: 'waived', waivedUntil: inDays(10) })
  expect(of('replay_asked').reason).toBe('The member is there')
})

test('people and system apart are all of it', async () => {
  const [all, people, system] = [await history(), await history(FIONA, 'person'), await history(FIONA, 'system')]
  expect(people.rows.length + system.rows.length).toBe(all.rows.length)
  expect(new Set(people.rows.map(({ kind }) => kind))).toEqual(new Set(['person']))
  expect(system.rows.map(({ what }) => what)).toEqual(['fixed', 'seen', 'opened'])
})

test('who does not see all it concerns reads no words of others and is led to no event they may not open', async () => {
  const { rows } = await history(NORWAY, undefined, true)
  expect(rows).toHaveLength(11)
  expect(rows.flatMap(({ reason, facts, eventId }) => [reason, facts.text, eventId]).filter(Boolean)).toEqual([])
})

test('the detail of a cause that several entities share is that of one of them: who sees a part is not told it', async () => {
  const detailFor = async ({ entityScope: scope }: Actor) =>
    (await readException(world.db, { exceptionId, scope }, world.context.now())).exception.detail
  expect(await detailFor(FIONA)).not.toBe('')
  expect(await detailFor(NORWAY)).toBe('')
})

test('who may have it: those who act on such failures and see all of its entities', async () => {
  const now = world.context.now()
  const of = (actor: Actor) => readExceptionCase(world.db, { exceptionId, failureClass: 'business', actor }, now)
  const { people, notes, isPartly } = await of(FIONA)
  expect(people.filter(({ mayHave }) => mayHave).map(({ signIn }) => signIn)).toEqual(['cara', 'fiona'])
  expect([isPartly, notes.map(({ author, mentions }) => [author, mentions])]).toEqual([false, [['fiona', ['cara']]]])
  expect(await of(NORWAY)).toMatchObject({ isPartly: true, notes: [] })
})

test.each([
  // Opened on Friday the 20th of November, severity high: due on Monday, at 18:00.
  ['2026-11-20T12:00:00Z', 1, false],
  ['2026-11-22T12:00:00Z', 1, false],
  ['2026-11-23T17:59:00Z', 0, false],
  ['2026-11-23T18:01:00Z', 0, true],
  ['2026-11-25T08:00:00Z', -2, true],
])('at %s it is due in %i business days (late: %s)', async (at, dueIn, isLate) => {
  await world.owner`update exceptions set due_at = '2026-11-23T18:00:00Z' where exception_id = ${exceptionId}`
  const asked = { exceptionId, failureClass: 'business', actor: FIONA } as const
  expect(await readExceptionCase(world.db, asked, new Date(at))).toMatchObject({
    dueIn,
    isLate,
    calendar: 'months',
    timeZone: 'UTC',
  })
})
