import { expect, test } from 'vitest'
import { journeyCounts, journeyFailures, settled, summary, told, unitCounts, unitFailures, type Failure } from './count.ts'

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

test('what failed is named: tests, files that did not load, hooks', () => {
  const failed = {
    fullName: ' adds up',
    status: 'failed',
    failureMessages: ['Error: \u001b[31m1\u001b[39m is not 2\n\n  at a.ts'],
  }
  const passed = { fullName: 'stays', status: 'passed', failureMessages: [] }
  const testResults = [
    { name: '/here/a.test.ts', status: 'failed', message: '', assertionResults: [passed, failed] },
    { name: '/here/b.test.ts', status: 'failed', message: 'Cannot find c.ts', assertionResults: [] },
    { name: '/here/d.test.ts', status: 'failed', message: 'no database', assertionResults: [failed] },
    { name: '/here/e.test.ts', status: 'passed', message: '', assertionResults: [passed] },
  ]
  expect(told(unitFailures({ testResults }), '/here')).toEqual([
    '✘ a.test.ts: adds up',
    '    Error: 1 is not 2',
    '      at a.ts',
    '✘ b.test.ts: the file itself',
    '    Cannot find c.ts',
    '✘ d.test.ts: the file itself',
    '    no database',
    '✘ d.test.ts: adds up',
    '    Error: 1 is not 2',
    '      at a.ts',
  ])
})

test('journeys that failed are named however deep they lie, and those that passed at the second try', () => {
  const errors = [{ message: 'page.goto: Timeout' }]
  const spec = (title: string, status: string, ok: boolean) => ({
    file: 'a.spec.ts',
    title,
    ok,
    tests: [{ status, results: [{ errors: ok ? [] : errors }] }],
  })
  const report = {
    suites: [
      {
        specs: [spec('opens', 'unexpected', false), spec('closes', 'expected', true)],
        suites: [{ specs: [spec('at last', 'flaky', true)] }],
      },
    ],
    errors: [{ message: 'no browser', location: { file: '/here/e2e/b.spec.ts' } }],
  }
  expect(told(journeyFailures(report), '/here')).toEqual([
    '✘ e2e/b.spec.ts: the file itself',
    '    no browser',
    '✘ a.spec.ts: opens',
    '    page.goto: Timeout',
    '✘ a.spec.ts: at last',
  ])
})

test('no report names nothing, and however many failed, all of them are named', () => {
  expect([unitFailures(null), journeyFailures(null)]).toEqual([[], []])
  const failure: Failure = { file: 'a.test.ts', title: 'adds up', message: 'line\n'.repeat(9) }
  expect(told(Array(10).fill(failure), '/here')).toHaveLength(40)
  expect(told(Array(100).fill(failure), '/here')).toHaveLength(100)
})
