import { describe, expect, test } from 'vitest'
import { hasEnded, RUN_STATUSES, runCan, type RunAction, type RunStatus } from './run.ts'

/** Written out whole, so that a change of the table is a change here as well. */
const TABLE: Record<RunStatus, { ended: boolean } & Record<RunAction, boolean>> = {
  blocked: { ended: false, restart: false, replay: false, rollback: false, cancel: true },
  queued: { ended: false, restart: false, replay: false, rollback: false, cancel: true },
  running: { ended: false, restart: false, replay: false, rollback: false, cancel: true },
  waiting: { ended: false, restart: false, replay: false, rollback: false, cancel: true },
  succeeded: { ended: true, restart: false, replay: true, rollback: true, cancel: false },
  held: { ended: true, restart: false, replay: true, rollback: false, cancel: false },
  failed: { ended: true, restart: true, replay: true, rollback: false, cancel: false },
  cancelled: { ended: true, restart: true, replay: true, rollback: false, cancel: false },
  rehearsed: { ended: true, restart: false, replay: false, rollback: false, cancel: false },
}
const ACTIONS: readonly RunAction[] = ['restart', 'replay', 'rollback', 'cancel']

describe.each(RUN_STATUSES)('a %s run', (status) => {
  test.each(ACTIONS)('%s', (action) => {
    expect(runCan(action, status)).toBe(TABLE[status][action])
  })

  test('has ended, or not', () => {
    expect(hasEnded(status)).toBe(TABLE[status].ended)
  })
})

test('what has ended cannot be cancelled, and what has not can be nothing else', () => {
  for (const status of RUN_STATUSES) {
    expect(runCan('cancel', status)).toBe(!hasEnded(status))
    if (!hasEnded(status)) expect(ACTIONS.filter((action) => runCan(action, status))).toEqual(['cancel'])
  }
})
