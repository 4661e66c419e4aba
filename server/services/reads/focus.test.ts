import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { importJob, load, type JobInput } from '#db/testing/load.ts'
import { replayAll } from '#db/testing/replays.ts'
import { listOpenByJob, listOpenByPeriod } from '#db/queries/status-grid.ts'
import { decideEnding } from '../decide-ending.ts'
import { proposeEnding } from '../propose-ending.ts'
import { readExceptions } from './exceptions-view.ts'

const world = useDatabase()
beforeAll(async () => {
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'Bakery']]))
})

const governed = (job: string, overrides: Partial<JobInput> = {}): JobInput =>
  ledgerJob({
    job,
    system: { code: job, name: job, kind: 'erp' },
    rules: { members: ['cost_centre'] },
    onFailure: 'quarantine',
    ...overrides,
  })
const focusOf = async (job: JobInput) =>
  (await readExceptions(world.db, { group: 'business', order: 'release', job: job.job, scope: ['*'] }, new Date())).focus

/** 95 behind one code, 5 behind another. */
const TWO_CAUSES: readonly LedgerRow[] = [
  { id: 'good', debit: '1' },
  { id: 'most', cost_centre: 'A', debit: '95' },
  { id: 'rest', cost_centre: 'B', debit: '5' },
]

test('of a load that is held whole nothing is released before its last cause is mended', async () => {
  const part = governed('in-part')
  await load(world.context, part, ledgerCsv(TWO_CAUSES))
  expect(await focusOf(part)).toMatchObject({ count: 1, of: 2, released: [{ percent: 95 }], ofHeldLoads: 0 })

  const whole = governed('whole', { onFailure: 'hold' })
  await load(world.context, whole, ledgerCsv(TWO_CAUSES))
  expect(await focusOf(whole)).toMatchObject({ count: 2, of: 2, released: [{ percent: 100 }], heldLoads: 1, ofHeldLoads: 1 })

  // And that is what a replay finds: the first cause alone releases nothing.
  await importJob(world.context, { ...whole, mapping: { ...whole.mapping, codes: { cost_centre: { A: 'CC1' } } } })
  const id = await replayAll(world.context, { asked: { job: whole.job } })
  const fixed = await world.owner`select 1 from bulk_replay_records where bulk_replay_id = ${id} and result = 'fixed'`
  expect(fixed).toHaveLength(0)
})

test('documents of two entities that bear one number do not wait for each other', async () => {
  const job = governed('one-number', { rules: { members: ['cost_centre'], balanced: true } })
  const document = (entity: string, cost_centre: string, amount: string): LedgerRow[] => [
    { id: `${entity}1`, entity, document: '100', cost_centre, debit: amount },
    { id: `${entity}2`, entity, document: '100', credit: amount },
  ]
  await load(
    world.context,
    job,
    ledgerCsv([
      { id: 'g1', document: '99', debit: '1' },
      { id: 'g2', document: '99', credit: '1' },
      ...document('NO01', 'A', '95'),
      ...document('DK09', 'B', '5'),
    ]),
  )
  const needs = await world.owner`
    select distinct entity, cardinality(needs) as n from waiting_records join runs using (run_id) join jobs using (job_id) where name = 'one-number'`
  expect(needs.map(({ n }) => n)).toEqual([1, 1])
  expect((await focusOf(job))!.released).toMatchObject([{ percent: 95 }])
})

test('a load whose causes are all waived is held all the same, and the grid says so', async () => {
  const job = governed('waived', { onFailure: 'hold' })
  await load(world.context, job, ledgerCsv([{ id: 'waived', entity: 'FI03', cost_centre: 'W', debit: '1' }]))
  const causes = await world.owner<{ id: number }[]>`
    select exception_id as id from exceptions join jobs using (job_id) where name = 'waived'`
  const exceptions = causes.map(({ id }) => ({ exceptionId: id }))
  const until = new Date(world.context.now().getTime() + 5 * 86_400_000).toISOString().slice(0, 10)
  const [asks, decides] = ['fiona', 'cara'].map((name) => ({ name, role: 'controller' as const, entityScope: ['*'] }))
  await proposeEnding(world.context, { exceptions, ending: 'waived', until, reason: 'It comes right next week', actor: asks! })
  await decideEnding(world.context, { exceptions, decision: 'approved', actor: decides! })
  const held = [{ entity: 'FI03', failureClass: 'held', count: 1 }]
  expect((await listOpenByPeriod(world.db, ['*'])).filter(({ entity }) => entity === 'FI03')).toMatchObject(held)
  expect((await listOpenByJob(world.db, ['*'])).filter(({ entity }) => entity === 'FI03')).toMatchObject(held)
})
