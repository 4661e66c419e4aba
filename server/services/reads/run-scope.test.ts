import { beforeAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { listRuns } from '#db/queries/run-list.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, TRAILER } from '#db/testing/ledger.ts'
import { ADMIN, load, runUntilEnded } from '#db/testing/load.ts'
import { replayRun } from '../replay-run.ts'
import { rollbackRun } from '../rollback/rollback-run.ts'
import { readDeliveriesOfRun } from './deliveries-view.ts'
import { readJobs } from './jobs.ts'
import { readRunDetail } from './run-detail.ts'
import { readRunList } from './run-list.ts'
import { readRunReport } from './run-report.ts'
import { readScopeOptions } from './scope-options.ts'

const world = useDatabase()
const NOW = new Date('2026-11-21T08:00:00Z')
const NORWAY = ['NO01']
const JOB = ledgerJob({ onFailure: 'quarantine' })
let both = 0
let withdrawn = 0

/** Publication 1: 3 lines of Norway, 40 and a rejected one of Sweden. 2: one line of Norway. 3: Sweden alone. 4 withdraws 1. */
beforeAll(async () => {
  const sweden = ledgerRows(40, { prefix: 'S', entity: 'SE01', currency: 'SEK' })
  const rows = [...ledgerRows(3, { prefix: 'N' }), ...sweden, { id: 'X', entity: 'SE01', currency: '???' }]
  both = (await load(world.context, JOB, ledgerCsv(rows), 'both.csv')).runId
  await load(world.context, ledgerJob({ job: 'norway' }), ledgerCsv([{ id: 'only' }]), 'norway.csv')
  await load(world.context, ledgerJob({ job: 'sweden' }), ledgerCsv([{ id: 'alone', entity: 'SE01', currency: 'SEK' }]), 's.csv')
  withdrawn = (await rollbackRun(world.context, { runId: both, actor: ADMIN })).runId
})

test('who sees all entities hears the sentence as it was kept', async () => {
  const { rows } = await readRunList(world.db, { scope: ['*'] }, NOW)
  expect(rows.find(({ runId }) => runId === both)).toMatchObject({
    sentence: 'Published 43 new lines: 1 record rejected.',
    extracted: 44,
    rejected: 1,
  })
})

test('who sees one entity hears of that one, counted from its rows', async () => {
  const { rows } = await readRunList(world.db, { scope: NORWAY }, NOW)
  const brief = rows.map(({ runId, sentence, extracted, rejected }) => [runId === both, sentence, extracted, rejected])
  expect(brief).toEqual([
    [false, 'Withdrew a publication, also of entities outside your scope.', null, null],
    [false, 'Published 1 new line.', 1, null],
    [true, 'Of your entities: 3 new.', 3, null],
  ])
})

test('no sentence and no count of a run tells of other entities, on whichever screen it stands', async () => {
  const told = JSON.stringify([
    await readRunReport(world.db, both, NORWAY),
    await readRunDetail(world.db, both, NORWAY, NOW),
    await readRunDetail(world.db, withdrawn, NORWAY, NOW),
    await readJobs(world.db, {}, NORWAY, NOW),
    await listRuns(world.db, { limit: 10, scope: NORWAY }),
  ])
  expect(told).not.toMatch(/\b4[0-4] new|"(records|extracted|count)":4[0-4]\b|"rejected":1\b|"SE01"|record rejected/)
  expect(told).toMatch(/Of your entities: 3 new/)
  const { summary } = (await readRunDetail(world.db, both, NORWAY, NOW)).run
  expect(summary?.lines).toMatchObject({ new: 3, rejected: 0 })
})

test('the list of publications has those that touched the reader’s entities', async () => {
  const of = async (scope: readonly string[]) =>
    (await readScopeOptions(world.db, scope)).publications.map((row) => row.publication)
  expect(await of(['*'])).toEqual([4, 3, 2, 1])
  expect(await of(NORWAY)).toEqual([4, 2, 1])
  expect(await of(['FI01'])).toEqual([])
})

test('a cause or a stated figure that entities share tells, wherever it stands, nothing of those outside the scope', async () => {
  const rules = { members: ['cost_centre' as const] }
  const stated = ledgerJob({ job: 'shared', onFailure: 'quarantine', rules, format: { type: 'csv', trailer: TRAILER } })
  const rows = [
    { id: 'n1', cost_centre: 'SHUT' },
    { id: 's1', entity: 'SE01', currency: 'SEK', cost_centre: 'SHUT' },
  ]
  const { runId } = await load(world.context, stated, ledgerCsv(rows, ['7', '2', '0', '0']), 'shared.csv')
  const preview = await replayRun(world.context, { runId, rules: 'current', preview: true, actor: ADMIN })
  await runUntilEnded(world.context, preview.runId)
  const ofAll = JSON.stringify(await readRunDetail(world.db, runId, ['*'], NOW))
  expect(ofAll).toMatch(/SE01/)
  expect(ofAll).toMatch(/states 7/)
  const told = JSON.stringify([
    await readRunReport(world.db, runId, NORWAY),
    await readRunDetail(world.db, runId, NORWAY, NOW),
    await readRunReport(world.db, preview.runId, NORWAY),
    await readRunDetail(world.db, preview.runId, NORWAY, NOW),
    await listExceptions(world.db, { scope: NORWAY, state: 'all' }),
    await readDeliveriesOfRun(world.db, runId, NORWAY),
  ])
  expect(told).toMatch(/SHUT/)
  expect(told).not.toMatch(/SE01|states 7|"occurrences":2/)
})
