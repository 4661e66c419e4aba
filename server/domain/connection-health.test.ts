import { expect, test } from 'vitest'
import { healthOf } from './connection-health.ts'

test.each([
  ['nobody asked yet', [], 'never_asked'],
  ['all answered', ['ok', 'ok', 'ok'], 'well'],
  ['one failure among the newest', ['ok', 'source_unavailable', 'ok'], 'unsteady'],
  ['it failed just now, after it had answered', ['source_timed_out', 'ok'], 'unsteady'],
  ['nothing but failures that pass', ['source_unreachable', 'source_timed_out'], 'down'],
  ['asked to slow down', ['source_throttled', 'ok'], 'throttled'],
  ['our credential was refused', ['credential_refused', 'ok', 'ok'], 'refused'],
  ['a failure without a name is no passing one', ['unclassified', 'ok'], 'refused'],
] as const)('%s', (_what, newest, expected) => expect(healthOf(newest)).toBe(expected))
