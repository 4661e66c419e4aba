import { expect, test } from 'vitest'
import { journeyCounts, settled, summary, unitCounts } from './count.ts'

const unit = { numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 }
const journeys = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 } }

test('both reports are counted; passing at the second try is failing', () => {
  expect(unitCounts(unit)).toEqual({ passed: 7, failed: 2, skipped: 2 })
  expect(journeyCounts(journeys)).toEqual({ passed: 4, failed: 2, skipped: 2 })
})

test('a tool that wrote no report, or another one, has failed', () => {
  for (const counts of [unitCounts(null), unitCounts(journeys), journeyCounts(null), journeyCounts(unit)]) {
    expect(settled(true, counts)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  }
})

test('an exit code counts even where every test passed: a file that does not load has no tests', () => {
  expect(settled(false, { passed: 7, failed: 0, skipped: 0 })).toEqual({ passed: 7, failed: 1, skipped: 0 })
  expect(settled(false, { passed: 7, failed: 2, skipped: 0 })).toEqual({ passed: 7, failed: 2, skipped: 0 })
  expect(settled(false, { passed: 1, failed: 0, skipped: 0 })).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('nothing tested is nothing proved', () => {
  expect(settled(true, { passed: 0, failed: 0, skipped: 3 }).failed).toBe(1)
})

test('the last line is the sum, and one failure is enough', () => {
  const good = { name: 'types', counts: { passed: 1, failed: 0, skipped: 0 } }
  const bad = { name: 'tests', counts: { passed: 7, failed: 2, skipped: 2 } }
  expect(summary([good])).toEqual({ failed: false, lines: ['1 passed, 0 failed'] })
  expect(summary([good, bad])).toEqual({ failed: true, lines: ['Not in order: tests', 'Skipped: 2', '8 passed, 2 failed'] })
})
