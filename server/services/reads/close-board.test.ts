import { beforeAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { makeCloseWorld } from '#db/testing/close-world.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { reopen } from '#db/testing/reopen.ts'
import type { Actor } from '#server/domain/actor.ts'
import { blockWords } from '#server/domain/close.ts'
import { askReopening } from '../close/ask-reopening.ts'
import { setPeriodState } from '../set-period-state.ts'
import { readCloseBoard, type CloseBoardRequest } from './close-board.ts'
import { readClosePeriod } from './close-period.ts'

const world = useDatabase()
const NOW = new Date('2026-11-22T09:00:00Z')
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const reason = 'for a test'

beforeAll(() => makeCloseWorld(world))

const board = async (asked: Partial<CloseBoardRequest> = {}) =>
  readCloseBoard(world.db, { publication: 3, scope: ['*'], ...asked }, NOW)
const row = async (entity: string, period: string) => (await board({ entity, period })).rows[0]!

test('by itself each entity shows the newest period of its calendar that has ended', async () => {
  const { rows, sums } = await board()
  expect(rows.map(({ entity, period, state, cutOffAt }) => [entity, period, state, cutOffAt])).toEqual([
    ['NO01', '2026-10', 'open', '2026-11-06T18:00:00.000Z'],
    ['SE01', '2026-10', 'open', '2026-11-06T18:00:00.000Z'],
  ])
  // Compared in June, and of October no side has anything.
  expect(rows.map(({ notReady }) => notReady.map(blockWords))).toEqual([
    ['1 reconciliation was not compared'],
    ['1 reconciliation was not compared'],
  ])
  expect(sums).toMatchObject({ rows: 2, ready: 0, closed: 0, certified: 0, defined: 2 })
})

test('each period says how its reconciliations stand, and what blocks its close', async () => {
  const { rows } = await board({ entity: 'NO01', from: '2026-06', to: '2026-09' })
  const brief = rows.map(({ period, reconciliations: of, notReady, unexplained }) => [
    period,
    { tied: of.tied, explained: of.explained, breaks: of.breaks, prepared: of.prepared, certified: of.certified },
    notReady.map(blockWords).join(),
    unexplained,
  ])
  const none = { tied: 0, explained: 0, breaks: 0, prepared: 0, certified: 0 }
  expect(brief).toEqual([
    ['2026-06', { ...none, tied: 1, certified: 1 }, '', []],
    ['2026-07', { ...none, tied: 1, prepared: 1 }, '1 reconciliation waits to be certified', []],
    ['2026-08', { ...none, breaks: 1 }, '1 reconciliation has breaks', [{ currency: 'NOK', amount: '1.50' }]],
    ['2026-09', { ...none, explained: 1 }, '1 reconciliation is not prepared', []],
  ])
  expect(rows.map(({ certainty }) => certainty)).toEqual(['certified', 'preliminary', 'preliminary', 'preliminary'])
  expect((await row('SE01', '2026-06')).reconciliations).toMatchObject({ superseded: 1, certified: 0, breaks: 1 })
})

test('what is published after the cut-off is late, by the instant, and names its run', async () => {
  const [one] = (await row('SE01', '2026-06')).late
  expect(one).toMatchObject({ publication: 3, job: 'books', period: '2026-06' })
  expect((await row('NO01', '2026-06')).late, 'the same run brought nothing new of it').toEqual([])
  const at = (instant: string) => world.owner`update publications set published_at = ${instant} where publication = 3`
  await at('2026-07-07T18:00:00Z')
  expect((await row('SE01', '2026-06')).late).toEqual([])
  await at('2026-07-07T18:00:00.001Z')
  expect((await row('SE01', '2026-06')).late).toHaveLength(1)
})

test('the history of a system that is connected later is not late', async () => {
  const connected = ledgerJob({ job: 'later', system: { code: 'later', name: 'Later', kind: 'erp' } })
  await load(world.context, connected, ledgerCsv([{ id: 'H1', entity: 'NO01', period: '2026-06' }]))
  expect((await row('NO01', '2026-06')).late).toEqual([])
})

test('closed over what is not ready it says so, and who asks to reopen it', async () => {
  const one = { entity: 'NO01', period: '2026-08' }
  await setPeriodState(world.context, { ...one, state: 'closed', reason, actor: CARA })
  const { requestId } = await askReopening(world.context, { ...one, reason, actor: CARA })
  expect(await row('NO01', '2026-08')).toMatchObject({
    state: 'closed',
    changedBy: 'cara',
    closedOver: [{ what: 'with_breaks', count: 1, names: ['Sales in the books'] }],
    reopening: { requestId, requestedBy: 'cara' },
  })
  await reopen(world.context, 'NO01', '2026-08')
  expect(await row('NO01', '2026-08')).toMatchObject({ state: 'reopened', closedOver: [], reopening: null })
  expect((await board({ state: 'reopened', from: '2026-01' })).rows.map(({ period }) => period)).toEqual(['2026-08'])
})

test('nothing of entities out of scope is shown, nor is there a page of them', async () => {
  expect((await board({ scope: ['SE01'], from: '2026-06' })).rows.every(({ entity }) => entity === 'SE01')).toBe(true)
  const outside = { entity: 'NO01', period: '2026-06', publication: 3, scope: ['SE01'] }
  await expect(readClosePeriod(world.db, outside, NOW)).rejects.toMatchObject({ code: 'period_not_found' })
})

test('the page of a period has what reopening would let happen only where it is closed', async () => {
  const page = (period: string) => readClosePeriod(world.db, { entity: 'NO01', period, publication: 3, scope: ['*'] }, NOW)
  expect((await page('2026-06')).effect).toBeNull()
  await setPeriodState(world.context, { entity: 'NO01', period: '2026-06', state: 'closed', actor: CARA })
  expect((await page('2026-06')).effect).toMatchObject({
    certifications: [{ title: 'Sales in the books' }],
    heldBack: [],
    jobs: [{ job: 'books' }, { job: 'later' }, { job: 'sales' }],
  })
  expect((await page('2026-10')).notCompared).toEqual([{ name: 'sales-to-books', title: 'Sales in the books' }])
})

test('a failed run blocks every close of what its job ever brought, and the count opens its list', async () => {
  const before = (await row('NO01', '2026-09')).notReady
  const failed = await load(
    world.context,
    ledgerJob({ job: 'later', system: { code: 'later', name: 'Later', kind: 'erp' } }),
    'no,ledger\n1,2\n',
  )
  expect(failed).toMatchObject({ outcome: 'failed', exceptions: [{ class: 'technical_permanent' }] })
  const technical = { what: 'technical', count: 1, names: [] }
  expect((await row('NO01', '2026-09')).notReady).toEqual([technical, ...before])
  expect((await row('SE01', '2026-09')).technical, 'which that job never brought').toBe(0)
  const stops = async (entity: string) =>
    (await listExceptions(world.db, { stops: entity, scope: ['*'] })).map(({ openedRunId }) => openedRunId)
  expect(await stops('NO01')).toEqual([failed.runId])
  expect(await stops('SE01')).toEqual([])
  await world.owner`update exceptions set failure_class = 'unclassified' where opened_run_id = ${failed.runId}`
  expect(await row('NO01', '2026-09')).toMatchObject({ technical: 0, unclassified: 1 })
})
