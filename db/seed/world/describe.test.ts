import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readDemoJobs } from '../seed.ts'
import { COST_CENTRES, ENTITIES } from './company.ts'
import { describeWorld } from './describe.ts'
import { FAULTS } from './faults.ts'
import { postingsOf } from './ledger.ts'
import { OPEN, PERIODS, periodOf, TODAY } from './periods.ts'

test('the page about the world says what the world is; written anew with vitest -u', async () => {
  const page = describeWorld(await readDemoJobs())
  await expect(page).toMatchFileSnapshot('../../../docs/demonstration.md')
  expect(await readFile(new URL('../../../docs/demonstration.md', import.meta.url), 'utf8')).toContain(FAULTS[0]!.planted)
})

test('twelve entities, four currencies, three calendars, twelve periods that end where the world does', () => {
  expect(ENTITIES).toHaveLength(12)
  expect(new Set(ENTITIES.map(({ currency }) => currency)).size).toBe(4)
  expect(new Set(ENTITIES.map(({ calendar }) => calendar)).size).toBe(3)
  for (const entity of ENTITIES) {
    const { startsOn, endsOn } = periodOf(entity, OPEN)
    expect(startsOn <= TODAY && TODAY <= endsOn).toBe(true)
    expect(new Set(Array.from({ length: PERIODS }, (_, i) => periodOf(entity, i).period)).size).toBe(PERIODS)
  }
})

test('every document balances, lies in its period and posts to cost centres that are there', () => {
  for (const entity of ENTITIES) {
    for (const index of [0, 5, OPEN]) {
      const { startsOn, endsOn } = periodOf(entity, index)
      const sums = new Map<string, number>()
      for (const { document, minor, date, costCentre } of postingsOf(entity, index)) {
        expect(Number.isInteger(minor) && startsOn <= date && date <= endsOn).toBe(true)
        expect(COST_CENTRES[entity.company].some(([code]) => code === costCentre)).toBe(true)
        sums.set(document, (sums.get(document) ?? 0) + minor)
      }
      expect([...sums.values()].every((sum) => sum === 0)).toBe(true)
    }
  }
})
