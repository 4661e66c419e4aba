import { beforeEach, expect, test } from 'vitest'
import { countAuditEvents } from '#db/queries/audit.ts'
import { findLastRollbackRequest } from '#db/queries/rollbacks.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import type { Actor } from '#server/domain/actor.ts'
import { reopen } from '#db/testing/reopen.ts'
import { readRunList } from '../reads/run-list.ts'
import { setPeriodState } from '../set-period-state.ts'
import { verify } from '../verify.ts'
import { askRollback } from './ask-rollback.ts'
import { decideRollback } from './decide-rollback.ts'
import { previewRollback, rollbackRun } from './rollback-run.ts'

const world = useDatabase()
const IVAN: Actor = { name: 'ivan', role: 'it', entityScope: ['*'] }
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const [PERIOD, CLOSED] = ['2026-03', 'NO01 2026-03']
const reason = 'the file was of another year'
const closeAs = (state: 'soft_closed' | 'closed', entity = 'NO01') =>
  setPeriodState(world.context, { entity, period: PERIOD, state, reason, actor: ADMIN })
const letIn = async () => {
  if (isClosed) await reopen(world.context, 'NO01', PERIOD)
  isClosed = false
}
const ask = (runId: number, actor = IVAN) => askRollback(world.context, { runId, reason, actor })
const decide = (requestId: number, isApproved: boolean, actor = CARA) =>
  decideRollback(world.context, { requestId, isApproved, reason: 'agreed with the owner', actor })

let name = 0
let runId = 0
let earlierRunId = 0
let before = ''
let isClosed = false
/** Two publications of a period that is closed since; a fresh one for each test. */
beforeEach(async () => {
  await letIn()
  const job = ledgerJob({ job: `ledger-${++name}`, system: { code: `erp-${name}`, name: 'ERP', kind: 'erp' } })
  const rows = ledgerRows(3)
  earlierRunId = (await load(world.context, job, ledgerCsv(rows))).runId
  before = await hash()
  runId = (await load(world.context, job, ledgerCsv([{ ...rows[0]!, debit: '77.00' }, ...rows.slice(1)]))).runId
  await closeAs('closed')
  isClosed = true
})
const hash = () => publishedHash(world.db, `erp-${name}`)

test('into a closed period nobody rolls back alone: refused, asked for, approved by another, then done', async () => {
  expect(await previewRollback(world.context, runId)).toMatchObject({ closedPeriods: [CLOSED] })
  const stood = [await newestPublication(world.db), await countAuditEvents(world.db), await hash()]
  for (const actor of [IVAN, ADMIN])
    await expect(rollbackRun(world.context, { runId, reason, actor })).rejects.toMatchObject({
      code: 'rollback_needs_approval',
      detail: CLOSED,
    })
  expect([await newestPublication(world.db), await countAuditEvents(world.db), await hash()]).toEqual(stood)

  const { requestId } = await ask(runId)
  expect(await hash(), 'asking does nothing').toBe(stood[2])
  const waiting = async (scope: readonly string[]) =>
    (await readRunList(world.db, { scope, is: 'asked_back' }, new Date())).rows.map((row) => row.runId)
  expect(await waiting(['*'])).toEqual([runId])
  expect(await waiting(['SE01'])).toEqual([])
  await expect(decide(requestId, true, { ...CARA, name: 'ivan' })).rejects.toMatchObject({ code: 'same_person' })
  const done = await decide(requestId, true)
  expect(await hash()).toBe(before)
  expect(await waiting(['*'])).toEqual([])
  const [run] = await world.owner`select requested_by, reason, publication from runs where run_id = ${done.runId}`
  expect(run).toMatchObject({ requested_by: 'ivan', reason, publication: expect.any(Number) })
  expect(await findLastRollbackRequest(world.db, runId)).toMatchObject({
    answer: 'approved',
    requestedBy: 'ivan',
    decidedBy: 'cara',
    rollbackRunId: done.runId,
    closedPeriods: [CLOSED],
  })
  const events =
    await world.owner`select actor, action from audit_events where object_type = 'run' and object_id = ${`${runId}`} order by event_id desc limit 3`
  expect(events.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'cara publication.withdrawn',
    'cara rollback.approved',
    'ivan rollback.asked',
  ])
  await expect(decide(requestId, true)).rejects.toMatchObject({ code: 'rollback_not_asked' })
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
})

test('declined, nothing moves; it may be asked for anew', async () => {
  const { requestId } = await ask(runId)
  const stood = await hash()
  expect(await decide(requestId, false)).toEqual({ runId: null })
  expect(await hash()).toBe(stood)
  await expect(decide(requestId, true)).rejects.toMatchObject({ code: 'rollback_not_asked' })
  const again = await ask(runId)
  await decide(again.requestId, true)
  expect(await hash()).toBe(before)
})

test('an approval is for what was asked for: where more is closed by now, it is asked for again', async () => {
  const { requestId } = await ask(runId)
  await letIn()
  await expect(decide(requestId, true)).rejects.toMatchObject({ code: 'rollback_moved' })
  // Reopened, it takes lines, so nobody is asked; and what waited waits no more.
  await expect(ask(runId)).rejects.toMatchObject({ code: 'rollback_needs_nobody' })
  await rollbackRun(world.context, { runId, reason, actor: IVAN })
  expect(await hash()).toBe(before)
  expect(await findLastRollbackRequest(world.db, runId)).toMatchObject({ answer: 'superseded', decidedBy: null })
  await expect(decide(requestId, true)).rejects.toMatchObject({ code: 'rollback_not_asked' })
})

test('who asks again takes the place of who asked before', async () => {
  const first = await ask(runId)
  const second = await ask(runId, { ...IVAN, name: 'ida' })
  await expect(decide(first.requestId, true)).rejects.toMatchObject({ code: 'rollback_not_asked' })
  await expect(decide(second.requestId, true, { ...CARA, name: 'ida' })).rejects.toMatchObject({ code: 'same_person' })
  await decide(second.requestId, true)
})

test('two who approve at once roll back once', async () => {
  const { requestId } = await ask(runId)
  const publication = await newestPublication(world.db)
  const answers = await Promise.allSettled([decide(requestId, true), decide(requestId, true, { ...CARA, name: 'carl' })])
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await newestPublication(world.db)).toBe(publication + 1)
})

test('nobody asks, approves or declines outside their scope, nor hears what lies there', async () => {
  const away = { entityScope: ['SE01'] }
  const outside = { code: 'outside_entity_scope', message: expect.not.stringContaining('NO01') }
  await expect(rollbackRun(world.context, { runId, reason, actor: { ...IVAN, ...away } })).rejects.toMatchObject(outside)
  await expect(ask(runId, { ...IVAN, ...away })).rejects.toMatchObject(outside)
  // Nor that a later publication stands on it.
  await expect(rollbackRun(world.context, { runId: earlierRunId, reason, actor: { ...IVAN, ...away } })).rejects.toMatchObject(
    outside,
  )
  const { requestId } = await ask(runId)
  for (const isApproved of [true, false])
    await expect(decide(requestId, isApproved, { ...CARA, ...away })).rejects.toMatchObject(outside)
  expect(await findLastRollbackRequest(world.db, runId)).toMatchObject({ answer: null })
})

test('the table itself refuses the person who asked', async () => {
  const { requestId } = await ask(runId)
  await expect(
    world.owner`update rollback_requests set answer = 'declined', decided_by = 'ivan' where request_id = ${requestId}`,
  ).rejects.toThrow('rollback_requests_four_eyes')
})
