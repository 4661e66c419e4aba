import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { findReconciliationDefinition } from '#db/queries/reconciliations.ts'
import { listUnsignedBehind } from '#db/queries/release.ts'
import { useDatabase } from '#db/testing/database.ts'
import { compare } from '#server/services/reconcile/compare.ts'
import { verify } from '#server/services/verify.ts'
import { seedDemo } from './seed.ts'
import { checkFaults, type Verdict } from './world/check-faults.ts'
import { ENTITIES } from './world/company.ts'
import { FAULTS } from './world/faults.ts'

const SEED_MS_MAX = 400_000

const world = useDatabase()
let folder: string
let seconds: number
let verdict: Verdict

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tower-world-'))
  const begun = performance.now()
  await seedDemo(world.context, { folder })
  seconds = (performance.now() - begun) / 1000
  verdict = await checkFaults(world.db)
}, SEED_MS_MAX)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('every planted fault is found, classed and explained', () => {
  test.each(FAULTS)('$id: $planted', ({ id }) => {
    const result = verdict.results.find(({ fault }) => fault.id === id)!
    expect({ id, problems: result.problems }).toEqual({ id, problems: [] })
  })

  test('and nothing else is reported', () => {
    const lines = verdict.results.map(
      ({ fault, problems, said }) => `${problems.length === 0 ? '✔' : '✘'} ${fault.id.padEnd(22)} ${said}`,
    )
    process.stdout.write(`\n${lines.join('\n')}\n  seeded in ${seconds.toFixed(1)} s\n`)
    expect(verdict.invented).toEqual([])
  })
})

test('it is as large as it says: 12 entities, 4 currencies, 12 periods each, three versions, about 200,000 lines', async () => {
  const [row] = await world.owner`
    select count(distinct entity)::int as entities, count(distinct currency)::int as currencies, count(distinct version)::int as versions,
      sum(count)::int as lines from slice_totals where superseded_at_pub is null`
  expect(row).toMatchObject({ entities: ENTITIES.length, currencies: 4, versions: 3 })
  expect(Math.abs(row!.lines - 200_000)).toBeLessThan(20_000)
  const periods = await world.owner`
    select entity, count(distinct period)::int as periods from slice_totals where superseded_at_pub is null and version = 'actual' group by 1`
  expect(periods.every(({ periods: n }) => n === 12)).toBe(true)
})

test('a budget stands beside the forecast of the same system: neither took the place of the other', async () => {
  const rows = await world.owner`
    select t.version, count(distinct t.entity)::int as entities from slice_totals t join systems s on s.system_id = t.system_id
    where t.superseded_at_pub is null and s.code = 'aldermoor-planning' group by 1 order by 1`
  expect(rows).toEqual([
    { version: 'budget', entities: 6 },
    { version: 'forecast', entities: 6 },
  ])
})

test('the history is real: a correction, a rollback, a replay that closed what it mended, periods that were closed', async () => {
  const [row] = await world.owner`
    select (select count(*)::int from runs where trigger = 'rollback') as rollbacks, (select count(*)::int from runs where trigger = 'replay' and status = 'succeeded') as replays,
      (select count(*)::int from exceptions where closed_by_run_id is not null) as closed, (select max(version)::int from job_versions) as versions,
      (select count(*)::int from runs where (summary->'lines'->>'changed')::int > 0) as corrections,
      (select count(*)::int from period_states where state = 'closed') as "closedPeriods", (select count(*)::int from period_states where state = 'soft_closed') as "softClosed"`
  expect(row).toMatchObject({ rollbacks: 1, replays: 1, closed: 2, versions: 2, closedPeriods: 120, softClosed: 12 })
  expect(row!.corrections).toBeGreaterThanOrEqual(3)
})

test('what lets a rule certify was brought by one of its people and approved by another, through the door', async () => {
  const proposals = await world.owner`
    select p.proposed_by, p.decided_by, p.answer, v.created_by from reconciliation_proposals p join reconciliation_versions v using (proposal_id)`
  expect([...proposals]).toEqual([{ proposed_by: 'adam', decided_by: 'cara', answer: 'approved', created_by: 'adam' }])
  const [row] =
    await world.owner`select count(*)::int as definitions, max(current_version) as version from reconciliation_definitions`
  expect(row).toEqual({ definitions: 9, version: 1 })
})

test('the same invoices stand in billing and in the ledger, line by line', async () => {
  const different = await world.owner`
    with revenue as (
      select s.code, l.entity, l.document, l.account, sum(l.credit - l.debit) as amount from lines l join systems s on s.system_id = l.system_id
      where l.superseded_at_pub is null and l.document like 'INV%' and l.account in ('4000', '4010', '4020') and s.code in ('aldermoor-erp', 'aldermoor-billing')
        and l.entity in ('AS01', 'AS03', 'AS06') group by 1, 2, 3, 4)
    select e.entity, e.document from (select * from revenue where code = 'aldermoor-erp') e
      full join (select * from revenue where code = 'aldermoor-billing') b using (entity, document, account, amount) where e.code is null or b.code is null`
  expect(different).toEqual([])
})

test('every figure of it can be recomputed', async () => {
  const { checks } = await verify(world.context)
  expect(checks.flatMap(({ differences }) => differences)).toEqual([])
})

test('the journeys in the browser find what they look for under its number', async () => {
  const [row] = await world.owner`
    select (select status || ', ' || (summary->'lines'->>'rejected') || ' rejected' from runs where run_id = 10) as ten, (select status from runs where run_id = 21) as held,
      (select failure_class from exceptions where exception_id = 1 and closed_at is not null) as fixed, (select failure_class from exceptions where exception_id = 3) as control,
      (select count(*)::int from exceptions where code = 'member_inactive' and closed_at is null) as inactive, (select min(rejected_id)::text from rejected_records where run_id = 10) as record`
  expect(row).toEqual({
    ten: 'succeeded, 12 rejected',
    held: 'held',
    fixed: 'business',
    control: 'control',
    inactive: 1,
    record: '1000000000',
  })
})

test('a sign-off waits behind rejected records: what the warehouse has and the ledger does not is explained by them and nothing else', async () => {
  const known = (await findReconciliationDefinition(world.db, 'aldermoor-ledger-to-warehouse'))!
  const compared = await compare(world.context, known, { entity: 'AS02', period: '2026-11' })
  const [cause] = await listExceptions(world.db, { job: 'aldermoor-journals-europe', code: 'member_inactive', scope: ['*'] })
  expect(await listUnsignedBehind(world.db, [cause!.exceptionId], ['*'])).toEqual([
    {
      reconciliationId: compared!.reconciliationId,
      title: 'Ledger of Aldermoor in the data warehouse, AS02 2026-11',
      needs: [cause!.exceptionId],
    },
  ])
  const parts = await world.owner`select distinct bucket from comparison_parts where comparison_id = ${compared!.comparisonId}`
  expect([...parts]).toEqual([{ bucket: 'rejected' }])
})

test('a database in which somebody works is left alone', async () => {
  expect(await seedDemo(world.context, { folder })).toBeNull()
})
