import { expect, test } from 'vitest'
import { changeWords, eventWords } from './history-words.ts'

test.each([
  ['opened', {}, 'Found'],
  ['exception.ending_proposed', { ending: 'waived', until: '2026-12-05' }, 'End proposed: waive, until 5 Dec 2026'],
  ['exception.ending_proposed', { ending: 'done_outside', until: null }, 'End proposed: done outside'],
  ['exception.proof_withdrawn', {}, 'Open again: the run that had proved it fixed was rolled back'],
  ['exception.something_new', {}, 'Exception something new'],
] as const)('%s %o is said as %s', (what, facts, words) => expect(eventWords({ what, facts })).toBe(words))

test('what an act changed is said field by field, and nothing of what it left', () => {
  const before = { state: 'open', assignee: null, dueAt: '2026-11-20T18:00:00Z', waivedUntil: null } as const
  const after = { state: 'assigned', assignee: 'cara', dueAt: '2026-11-23T18:00:00Z', waivedUntil: '2026-12-05' } as const
  expect(changeWords({ before, after }, 'Europe/Berlin')).toEqual([
    { field: 'State', from: 'Open', to: 'Assigned' },
    { field: 'Person', from: 'nobody', to: 'cara' },
    { field: 'Due', from: '20 Nov 2026 19:00 Europe/Berlin', to: '23 Nov 2026 19:00 Europe/Berlin' },
    { field: 'Waived until', from: 'not waived', to: '5 Dec 2026' },
  ])
  expect(changeWords({ before: {}, after: {} }, 'UTC')).toEqual([])
})
