import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { countAuditEvents } from '#db/queries/audit.ts'
import { listPeriodStates } from '#db/queries/period-screens.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { reopen } from '#db/testing/reopen.ts'
import type { Actor } from '#server/domain/actor.ts'
import { importDefinitions } from './import-definitions.ts'
import { readCalendar } from './reads/calendar-view.ts'
import { readPeriodChange } from './reads/period-change.ts'
import { readPeriods } from './reads/periods-view.ts'
import { setPeriodState, setPeriodStates } from './set-period-state.ts'

const world = useDatabase()
const NOW = new Date('2026-11-21T08:00:00Z')
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['NO01', 'SE01'] }
const JUNE =
  '{ kind: calendar, calendar: june, pattern: months, yearEndMonth: 6, timeZone: America/New_York, cutOff: "18:00", holidays: { country: US } }'

beforeAll(async () => {
  await importDefinitions(world.context, { yaml: JUNE, actor: ADMIN })
  const entities = [
    ['NO01', 'Nordic AS', ''],
    ['SE01', 'Svensk AB', ''],
    ['US01', 'Inc', 'june'],
  ]
  await load(world.context, memberJob('entity'), memberCsv(['code', 'name', 'calendar'], entities))
  await setPeriodState(world.context, { entity: 'NO01', period: '2026-03', state: 'closed', actor: ADMIN })
  const rows = [
    { id: '1', debit: '10.05' },
    { id: '2', credit: '10.05' },
    { id: '3', entity: 'SE01', currency: 'SEK' },
  ]
  await load(world.context, ledgerJob({ onFailure: 'quarantine' }), ledgerCsv(rows))
})

const stateOf = async (name: string) => {
  const rows = await listPeriodStates(world.db, ['*'])
  return rows.find(({ entity, period }) => `${entity} ${period}` === name)?.state ?? 'open'
}
const pair = [
  { entity: 'NO01', period: '2026-07' },
  { entity: 'SE01', period: '2026-07' },
]

test('letting in again what jobs held back needs a reason, closing what is ready does not', async () => {
  const one = { entity: 'SE01', period: '2026-05', actor: CARA }
  await setPeriodState(world.context, { ...one, state: 'soft_closed' })
  for (const reason of [undefined, '  x '])
    await expect(setPeriodState(world.context, { ...one, state: 'open', reason })).rejects.toMatchObject({
      code: 'reason_missing',
    })
  expect(await stateOf('SE01 2026-05')).toBe('soft_closed')
  await setPeriodState(world.context, { ...one, state: 'open', reason: 'Late invoice' })
  expect(await stateOf('SE01 2026-05')).toBe('open')
  await setPeriodState(world.context, { ...one, state: 'closed' })
})

test('over something that is not ready nobody closes without a reason; both are kept', async () => {
  await reopen(world.context, 'NO01', '2026-03')
  const one = { entity: 'NO01', period: '2026-03', state: 'closed', actor: CARA } as const
  const before = await countAuditEvents(world.db)
  await expect(setPeriodState(world.context, one)).rejects.toMatchObject({
    code: 'period_not_ready',
    detail: 'NO01 2026-03: 1 business exception is open',
  })
  expect([await stateOf('NO01 2026-03'), await countAuditEvents(world.db)]).toEqual(['reopened', before])
  await setPeriodState(world.context, { ...one, reason: 'The two records belong to April' })
  const kept = (await listPeriodStates(world.db, ['NO01'])).find(({ period }) => period === '2026-03')
  expect(kept).toMatchObject({
    state: 'closed',
    changedBy: 'cara',
    reason: 'The two records belong to April',
    notReady: [{ what: 'business', count: 1, names: [] }],
  })
  const [event] = await world.owner`select reason, after from audit_events order by event_id desc limit 1`
  expect(event).toMatchObject({
    reason: 'The two records belong to April',
    after: { state: 'closed', notReady: { business: 1 } },
  })
})

test('several periods change together, each with its own event under one correlation id', async () => {
  const before = await countAuditEvents(world.db)
  const done = await setPeriodStates(world.context, { periods: pair, state: 'closed', actor: CARA })
  expect(done.changed).toEqual(['NO01 2026-07', 'SE01 2026-07'])
  const events =
    await world.owner`select object_id, before, after, correlation_id from audit_events where event_id > ${before} order by 1`
  expect(events.map(({ object_id, before: was, after }) => [object_id, was, after])).toEqual([
    ['NO01 2026-07', { state: 'open' }, { state: 'closed' }],
    ['SE01 2026-07', { state: 'open' }, { state: 'closed' }],
  ])
  expect(new Set(events.map((event) => event.correlation_id)).size).toBe(1)
})

test.each([
  ['one outside the scope', { entity: 'US01', period: '2026-08' }, 'outside_entity_scope'],
  ['one that does not exist', { entity: 'NO01', period: '2026-13' }, 'period_not_found'],
  ['one that somebody changed since', { entity: 'NO01', period: '2026-03', was: 'open' as const }, 'period_changed_meanwhile'],
])('with %s among them none is changed', async (_what, other, code) => {
  const before = await countAuditEvents(world.db)
  const periods = [{ entity: 'NO01', period: '2026-08' }, other]
  await expect(setPeriodStates(world.context, { periods, state: 'closed', actor: CARA })).rejects.toMatchObject({ code })
  expect([await stateOf('NO01 2026-08'), await countAuditEvents(world.db)]).toEqual(['open', before])
})

test('what is so already is no event, and the same key does it once', async () => {
  const idempotencyKey = randomUUID()
  const later = pair.map(({ entity }) => ({ entity, period: '2026-10' }))
  const ask = () =>
    setPeriodStates(world.context, { periods: later, state: 'soft_closed', reason: 'Accruals', actor: CARA, idempotencyKey })
  const first = await ask()
  const before = await countAuditEvents(world.db)
  expect(await ask()).toEqual(first)
  expect((await setPeriodStates(world.context, { periods: later, state: 'soft_closed', actor: CARA })).changed).toEqual([])
  expect(await countAuditEvents(world.db)).toBe(before)
})

test('the preview counts what a closed period holds back, in its currency, and nothing of other entities', async () => {
  const change = await readPeriodChange(world.db, { names: ['NO01 2026-03', 'SE01 2026-03'], scope: CARA.entityScope }, NOW)
  expect(
    change.chosen.map(({ entity, state, waiting, business, published }) => ({ entity, state, waiting, business, published })),
  ).toEqual([
    { entity: 'NO01', state: 'closed', waiting: [{ currency: 'NOK', records: 2, amount: '10.05' }], business: 1, published: [] },
    { entity: 'SE01', state: 'open', waiting: [], business: 0, published: [{ currency: 'SEK', records: 1 }] },
  ])
  const outside = { names: ['US01 2026-03'], scope: CARA.entityScope }
  await expect(readPeriodChange(world.db, outside, NOW)).rejects.toMatchObject({ code: 'period_not_found' })
})

test('each calendar shows its own periods around now, and only entities in scope', async () => {
  const view = await readPeriods(world.db, { scope: ['*'] }, NOW)
  expect(
    view.grids.map(({ calendar, periods, rows }) => [
      calendar.calendar,
      periods.find(({ isNow }) => isNow)?.period,
      rows.map(({ entity }) => entity),
    ]),
  ).toEqual([
    ['june', '2027-05', ['US01']],
    ['months', '2026-11', ['NO01', 'SE01']],
  ])
  const scoped = await readPeriods(world.db, { scope: ['NO01'] }, NOW)
  expect(scoped.grids.flatMap(({ rows }) => rows.map(({ entity }) => entity))).toEqual(['NO01'])
})

// November 2026 in New York: winter time, Veterans Day and Thanksgiving; July: summer time, Independence Day observed on Friday the 3rd.
test('a period says its cut-off as an instant and its working days', async () => {
  const { periods } = await readCalendar(world.db, { code: 'june', year: 2027, scope: ['*'] }, NOW)
  const brief = (name: string) => {
    const { startsOn, endsOn, cutOffAt, workingDays } = periods.find(({ period }) => period === name)!
    return { startsOn, endsOn, cutOffAt, workingDays }
  }
  expect(brief('2027-05')).toEqual({
    startsOn: '2026-11-01',
    endsOn: '2026-11-30',
    cutOffAt: '2026-11-30T23:00:00.000Z',
    workingDays: 19,
  })
  expect(brief('2027-01')).toMatchObject({ startsOn: '2026-07-01', cutOffAt: '2026-07-31T22:00:00.000Z', workingDays: 22 })
})
