import { expect, test } from 'vitest'
import { bounded, columnCookie, readColumnChoices, type ColumnChoices } from './column-choice.ts'

const CHOICES: ColumnChoices = {
  runs: { hidden: ['publication', 'took'], widths: { job: 220 } },
  audit: { hidden: [], widths: { reason: 300, role: 80 } },
}

test('what was chosen is found again', () => {
  const cookie = columnCookie(CHOICES, 'audit')
  expect(readColumnChoices(`theme=dark; ${cookie.split(';')[0]}; rail=open`)).toEqual(CHOICES)
})

test('a table with nothing chosen takes no room', () => {
  expect(columnCookie({ ...CHOICES, runs: { hidden: [], widths: {} } }, 'runs')).toMatch(/^columns=audit\.\.reason_300-role_80;/)
})

test('what was chosen longest ago gives way, what was chosen now stays', () => {
  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [
      `t${'abcdefghij'[i % 10]}${'abcdefghijklmnopqrst'[Math.trunc(i / 10)]}`,
      CHOICES.runs!,
    ]),
  )
  const cookie = columnCookie({ ...many, ...CHOICES }, 'audit')
  expect(cookie.length).toBeLessThan(1_700)
  expect(readColumnChoices(cookie.split(';')[0]!).audit).toEqual(CHOICES.audit)
})

test.each(['columns=runs.<script>.x', 'columns=runs', 'columns=', 'columns=__proto__.a.b_20', ''])(
  '%j is passed over',
  (header) => {
    expect(readColumnChoices(header)).toEqual({})
  },
)

test('no column is too narrow to take hold of', () => {
  expect(readColumnChoices('columns=runs..job_10').runs?.widths).toEqual({ job: 48 })
  expect([bounded(1.4), bounded(220.6), bounded(9_999)]).toEqual([48, 221, 800])
})
