import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { makeFiguresWorld } from '#db/testing/figures-world.ts'
import { statementsOf } from '#db/testing/plans.ts'
import { readTotals, readTotalsAnew, type TotalsRequest } from './totals-view.ts'

const world = useDatabase()
const now = new Date('2026-11-21T08:00:00Z')
const request: TotalsRequest = { view: 'pivot', filter: { scope: ['*'] }, publication: 99, isPast: false }
const ask = () => readTotals(world.db, request, now)
/** The statements of asking once more: one where the answer is given again. */
const statements = async () => (await statementsOf(world.db, ask)).length

beforeAll(() => makeFiguresWorld(world))

/** Each of what a figure, its name or its choices are made of, moved by itself. */
test.each([
  [
    `update publications set withdraws = (select r.publication from runs r join jobs j on j.job_id = r.job_id where j.name = 'budget')
     where publication = (select max(publication) from publications)`,
  ],
  [`update slice_totals set debit = debit + 1`],
  [`update control_totals set debit = debit + 1`],
  [`update runs set status = case status when 'held' then 'succeeded' else 'held' end where status in ('held', 'succeeded')`],
  [`update systems set code = code || '-2'`],
])('what is written counts at once, and not before it is: %s', async (change) => {
  // Other tests write to the same server, and then it is read anew.
  await expect.poll(statements, { timeout: 50_000 }).toBe(1)
  const before = await ask()
  await world.owner.begin(async (tx) => {
    await tx.unsafe(change)
    // Not to be seen by anybody yet.
    expect(await ask()).toEqual(before)
    await tx`select 1`
  })
  const after = await ask()
  expect(after).toEqual(await readTotalsAnew(world.db, request, now))
  expect(after).not.toEqual(before)
})

test('it says when it was asked, not when it was read', async () => {
  await ask()
  const later = new Date('2026-11-21T09:00:00Z')
  expect((await readTotals(world.db, request, later)).computedAt).toBe(later.toISOString())
})
