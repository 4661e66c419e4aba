import fc from 'fast-check'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { anyHistory, playHistory, type Step } from '#db/testing/history.ts'
import type { Delivery } from '#db/testing/ledger-model.ts'
import { verify } from './verify.ts'

const world = useDatabase()
let histories = 0

/** Long, with any seed: npm run chaos -- --only histories. */
test('after any sequence of loads, corrections by hand, closings, replays and rollbacks the lines, members and totals are those of a plain model, now and as of every earlier publication', async () => {
  const play = fc.asyncProperty(anyHistory, async (steps) => {
    await playHistory(world.context, `erp-${++histories}`, steps)
  })
  await fc.assert(play, { numRuns: 14, interruptAfterTimeLimit: 45_000 })
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
}, 180_000)

test('a rollback of a rollback is refused where what it would bring back has come again since', async () => {
  const correct = (member: number, isActive: boolean): Step => ({ kind: 'correct', member, validFrom: '2026-01-01', isActive })
  const back = (which: number): Step => ({ kind: 'rollback', which })
  // The member is withdrawn, corrected anew, and its withdrawal is withdrawn.
  await playHistory(world.context, `erp-${++histories}`, [correct(0, true), back(0), correct(0, false), back(1)])
})

test('of a slice into which only repeats of a refused record came, nothing is missing', async () => {
  const record = { version: 'actual', currency: 'JPY', minor: 0n, side: 'debit', text: '', flaw: null } as const
  const moved = { ...record, key: '8', entity: 'E 2', period: '2026-01' }
  const load = (extract: 'delta' | 'full', delivery: Delivery): Step => ({
    kind: 'load',
    extract,
    onFailure: 'quarantine',
    delivery,
  })
  await playHistory(world.context, `erp-${++histories}`, [
    load('delta', [
      { ...moved, entity: 'E3', period: '2026-02' },
      { ...moved, key: '5' },
    ]),
    { kind: 'period', entity: 'E3', period: '2026-02', state: 'closed' },
    // It would leave a closed period, and comes three times.
    load('full', [moved, moved, moved, { ...moved, key: '2', entity: 'E1' }]),
  ])
})
