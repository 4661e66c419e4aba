import { beforeAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { listPeriodStates } from '#db/queries/period-screens.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { untilLockWaits } from '#db/testing/lock-waits.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { PeriodState } from '#server/domain/period-state.ts'
import { setPeriodState } from '../set-period-state.ts'
import { askReopening } from './ask-reopening.ts'
import { decideReopening } from './decide-reopening.ts'

const world = useDatabase()
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const CARL: Actor = { ...CARA, name: 'carl' }
const reason = 'an invoice came late'
const job = ledgerJob({ onFailure: 'quarantine' })

beforeAll(async () => {
  await load(world.context, job, ledgerCsv(ledgerRows(2)))
})

let months = 0
/** A closed period of its own for each test. */
async function closed(): Promise<string> {
  const period = `2027-${String(++months).padStart(2, '0')}`
  await setPeriodState(world.context, { entity: 'NO01', period, state: 'closed', actor: CARA })
  return period
}
const ask = (period: string, actor = CARA) => askReopening(world.context, { entity: 'NO01', period, reason, actor })
const decide = (requestId: number, isApproved: boolean, actor = CARL) =>
  decideReopening(world.context, { requestId, isApproved, reason: 'agreed with the owner', actor })
const stateOf = async (period: string): Promise<PeriodState | undefined> =>
  (await listPeriodStates(world.db, ['NO01'])).find((row) => row.period === period)?.state

test('nobody opens a closed period alone: not to open, not to soft-closed', async () => {
  const period = await closed()
  for (const state of ['open', 'soft_closed'] as const)
    await expect(
      setPeriodState(world.context, { entity: 'NO01', period, state, reason, actor: ADMIN }),
      state,
    ).rejects.toMatchObject({ code: 'period_needs_reopening' })
  expect(await stateOf(period)).toBe('closed')
})

test('one asks, another decides; then it lets lines in, is shown apart, and is closed again and nothing else', async () => {
  const period = await closed()
  const rows = ledgerRows(2, { prefix: 'LATE', period })
  const held = await load(world.context, job, ledgerCsv(rows), 'late.csv')
  expect(held.lines).toMatchObject({ rejected: 2 })
  const { requestId } = await ask(period)
  expect(await stateOf(period), 'asking does nothing').toBe('closed')
  await expect(decide(requestId, true, CARA)).rejects.toMatchObject({ code: 'same_person' })
  await expect(decide(requestId, true, { ...CARL, role: 'finance_operations' })).rejects.toMatchObject({ code: 'not_allowed' })
  expect(await decide(requestId, true)).toEqual({ entity: 'NO01', period, isReopened: true })
  expect(await stateOf(period)).toBe('reopened')
  const let_in = await load(world.context, job, ledgerCsv([...rows, { ...rows[0]!, id: 'LATE-3' }]), 'again.csv')
  expect(let_in.lines).toMatchObject({ new: 3, rejected: 0 })
  expect(await listExceptions(world.db, { code: 'period_closed', period, state: 'open', scope: ['*'] })).toEqual([])
  for (const state of ['open', 'soft_closed'] as const)
    await expect(setPeriodState(world.context, { entity: 'NO01', period, state, reason, actor: CARA })).rejects.toMatchObject({
      code: 'period_is_reopened',
    })
  await setPeriodState(world.context, { entity: 'NO01', period, state: 'closed', reason, actor: CARA })
  const events = await world.owner`select actor, action from audit_events where object_id = ${`NO01 ${period}`} order by event_id`
  expect(events.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'cara period.changed',
    'cara period.reopening_asked',
    'carl period.reopened',
    'cara period.changed',
  ])
})

test('declined, it stays closed; who asks again takes the place of who asked before', async () => {
  const period = await closed()
  const first = await ask(period)
  await decide(first.requestId, false)
  expect(await stateOf(period)).toBe('closed')
  await expect(decide(first.requestId, true)).rejects.toMatchObject({ code: 'reopening_not_asked' })
  const second = await ask(period)
  const third = await ask(period, CARL)
  await expect(decide(second.requestId, true)).rejects.toMatchObject({ code: 'reopening_not_asked' })
  await decide(third.requestId, true, CARA)
  await expect(ask(period), 'it is not closed').rejects.toMatchObject({ code: 'period_not_closed' })
})

test('who asks again while another decides takes their place: neither waits for the other for good', async () => {
  const period = await closed()
  const { requestId } = await ask(period)
  let both: Promise<PromiseSettledResult<unknown>[]> | undefined
  await world.owner.begin(async (tx) => {
    await tx`select from period_states where entity = 'NO01' and period = ${period} for update`
    const again = ask(period)
    await untilLockWaits(world)
    both = Promise.allSettled([again, decide(requestId, true)])
    await untilLockWaits(world, 2)
  })
  expect(await both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'reopening_not_asked' } }])
})

test('an approval is for what was asked for: where more waits at the door by now, it is asked for again', async () => {
  const period = await closed()
  const { requestId } = await ask(period)
  await load(world.context, job, ledgerCsv(ledgerRows(2, { prefix: 'MORE', period })), 'more.csv')
  await expect(decide(requestId, true)).rejects.toMatchObject({ code: 'reopening_moved' })
  await decide((await ask(period)).requestId, true)
})

test('nobody asks or decides outside their scope', async () => {
  const period = await closed()
  const away = { entityScope: ['SE01'] }
  await expect(ask(period, { ...CARA, ...away })).rejects.toMatchObject({ code: 'outside_entity_scope' })
  const { requestId } = await ask(period)
  for (const isApproved of [true, false])
    await expect(decide(requestId, isApproved, { ...CARL, ...away })).rejects.toMatchObject({ code: 'outside_entity_scope' })
})

test('the database says the same, whatever door one comes through', async () => {
  const period = await closed()
  const { requestId } = await ask(period)
  const of = world.owner`entity = 'NO01' and period = ${period}`
  for (const state of ['open', 'soft_closed'])
    await expect(world.owner`update period_states set state = ${state} where ${of}`).rejects.toThrow('reopened by two people')
  const letIn = () => world.owner`update period_states set state = 'reopened', reopening_id = ${requestId} where ${of}`
  await expect(letIn(), 'nobody approved it').rejects.toThrow('nobody approved')
  await expect(
    world.owner`update period_reopenings set answer = 'approved', decided_by = 'cara' where request_id = ${requestId}`,
  ).rejects.toThrow('period_reopenings_four_eyes')
  await decide(requestId, true)
  await setPeriodState(world.context, { entity: 'NO01', period, state: 'closed', reason, actor: CARA })
  await expect(letIn(), 'an approval opens once').rejects.toThrow('nobody approved')
})
