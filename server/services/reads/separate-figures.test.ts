import { beforeAll, expect, test } from 'vitest'
import { countOpenExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { makeFiguresWorld } from '#db/testing/figures-world.ts'
import type { Role } from '#server/domain/actor.ts'
import { EXCEPTION_GROUPS, readExceptions, type ExceptionGroup } from './exceptions-view.ts'
import { readMetrics } from './metrics-view.ts'
import { readFrame } from './rail.ts'
import { readTower } from './tower-view.ts'

const world = useDatabase()
const ALL = ['*']
const GROUPS = ['business', 'control', 'technical', 'unclassified'] as const satisfies readonly ExceptionGroup[]
type Figures = Record<ExceptionGroup, number>
let open: Figures

/** Counted from the rows, without any of our own words for it. */
beforeAll(async () => {
  await makeFiguresWorld(world)
  const [row] = await world.owner<Figures[]>`
    select count(*) filter (where failure_class = 'business')::int as business, count(*) filter (where failure_class = 'control')::int as control,
      count(*) filter (where failure_class in ('technical_transient', 'technical_permanent'))::int as technical,
      count(*) filter (where failure_class = 'unclassified')::int as unclassified
    from exceptions where closed_at is null`
  open = row!
})

test('there is one of each, so that two that are mixed up would be seen', () => {
  expect(Object.keys(EXCEPTION_GROUPS).sort()).toEqual([...GROUPS].sort())
  for (const group of GROUPS) expect(open[group], group).toBeGreaterThan(0)
})

test('on the tower', async () => {
  const tower = await readTower(world.db, { role: 'admin', grid: 'jobs', publication: 99, scope: ALL }, new Date())
  expect(tower.open).toEqual(open)
  const odd =
    tower.grid.view === 'jobs'
      ? tower.grid.rows.flatMap(({ cells }) => cells).filter(({ status }) => status === 'unclassified')
      : []
  expect(odd).toMatchObject([{ count: open.unclassified }])
})

test('on the exceptions, whichever is looked at', async () => {
  for (const group of GROUPS) {
    const { counts, rows } = await readExceptions(world.db, { group, state: 'open', scope: ALL }, new Date())
    expect(counts).toEqual(open)
    expect(rows).toHaveLength(open[group])
  }
})

test('in the metrics', async () => {
  const view = await readMetrics(world.db, { from: '2020-01-01', to: '2020-01-02', scope: ALL }, new Date())
  const ages = view.ages.map(({ group, buckets }) => [group, Object.values(buckets).reduce((sum, n) => sum + n, 0)])
  expect(Object.fromEntries(ages)).toEqual(open)
})

test('beside the menu, those that are for whoever looks', async () => {
  const of = async (role: Role) =>
    Object.fromEntries(
      (await readFrame(world.db, { name: 'test', role, entityScope: ALL })).counts.exceptions.map(({ group, count }) => [
        group,
        count,
      ]),
    )
  const { business, control, technical, unclassified } = open
  expect(await of('finance_operations')).toEqual({ business, control })
  expect(await of('controller')).toEqual({ business, control })
  expect(await of('it')).toEqual({ technical, unclassified })
  expect(await of('admin')).toEqual(open)
  expect(await of('auditor')).toEqual({})
})

test('for who watches from outside', async () => {
  const { technical_permanent, technical_transient, ...others } = await countOpenExceptions(world.db, ALL)
  expect({ ...others, technical: technical_permanent + technical_transient }).toEqual(open)
})
