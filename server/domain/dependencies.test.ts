import { expect, test } from 'vitest'
import { circleThrough, isReady, type Dependency } from './dependencies.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour))
const MEMBERS: Dependency = {
  name: 'members',
  newestRun: { status: 'succeeded', trigger: 'schedule', at: at(6) },
  isActive: false,
  newestTick: { dueAt: at(6), outcome: 'started' },
  dueAt: at(6),
}

test.each<[string, Partial<Dependency>, boolean]>([
  ['its run of the due time succeeded', {}, true],
  ['it has no schedule and its newest run succeeded, whenever that was', { dueAt: null, newestTick: null }, true],
  ['it was run by hand after it was due', { newestRun: { status: 'succeeded', trigger: 'manual', at: at(7) } }, true],
  ['it never ran', { newestRun: null }, false],
  ['a run of it is under way', { isActive: true }, false],
  [
    'it succeeded yesterday, and what is due today was not decided yet',
    { newestRun: { ...MEMBERS.newestRun!, at: at(5) } },
    false,
  ],
  [
    'what was due was skipped by its own policy',
    { newestRun: { ...MEMBERS.newestRun!, at: at(5) }, newestTick: { dueAt: at(6), outcome: 'skipped' } },
    true,
  ],
  [
    'what was due waits for a person',
    { newestRun: { ...MEMBERS.newestRun!, at: at(5) }, newestTick: { dueAt: at(6), outcome: 'raised' } },
    false,
  ],
  ['its newest run failed', { newestRun: { ...MEMBERS.newestRun!, status: 'failed' } }, false],
  ['its newest run was held', { newestRun: { ...MEMBERS.newestRun!, status: 'held' } }, false],
  ['its newest run was cancelled', { newestRun: { ...MEMBERS.newestRun!, status: 'cancelled' } }, false],
  ['what it published was taken back', { newestRun: { status: 'succeeded', trigger: 'rollback', at: at(9) } }, false],
])('%s', (_, change, ready) => expect(isReady({ ...MEMBERS, ...change })).toBe(ready))

test.each<[Record<string, string[]>, readonly string[] | null]>([
  [{ a: ['b'], b: ['c'], c: [] }, null],
  [{ a: ['a'] }, ['a', 'a']],
  [{ a: ['b'], b: ['c'], c: ['a'] }, ['a', 'b', 'c', 'a']],
  [{ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, null],
  // A circle that a does not belong to is found from its own members.
  [{ a: ['b'], b: ['c'], c: ['b'] }, null],
])('the order %j', (after, circle) => expect(circleThrough('a', new Map(Object.entries(after)))).toEqual(circle))
