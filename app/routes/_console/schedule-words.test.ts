import { expect, test } from 'vitest'
import { ruleWords } from './schedule-words.ts'

test.each([
  ['0 6 * * *', 'Every day at 06:00'],
  ['0 6 * * 1-5', 'Monday to Friday at 06:00'],
  ['30 6,18 * * *', 'Every day at 06:30, 18:30'],
  ['15 8 * * 1,3', 'Monday, Wednesday at 08:15'],
  ['0 6 * * 0', 'Sunday at 06:00'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['* * * * *', 'Every minute'],
  ['5 * * * *', 'Every hour at :05'],
  ['0 7 2 * *', 'On day 2 of each month at 07:00'],
  ['0 7 2 1 *', 'Cron 0 7 2 1 *'],
  ['0 6 L * *', 'Cron 0 6 L * *'],
  ['0 6 1 * 1', 'Cron 0 6 1 * 1'],
])('%s is said as %s', (cron, words) => expect(ruleWords({ cron, timeZone: 'UTC' })).toBe(words))

test.each([
  [2, 'Working day 2 after each period at 06:00'],
  [-1, 'Last working day of each period at 06:00'],
  [-3, 'Working day 3 from the end of each period at 06:00'],
])('working day %i is said as %s', (workingDay, words) =>
  expect(ruleWords({ workingDay, at: '06:00', calendar: 'months' })).toBe(words),
)
