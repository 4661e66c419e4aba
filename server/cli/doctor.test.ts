import { expect, test } from 'vitest'
import { segmentsOf } from './doctor.ts'

test('segments are counted against what the server can have locked', () => {
  expect(segmentsOf({ segments: 128, locksMax: 64 * 100 })).toMatchObject({ ok: true })
  expect(segmentsOf({ segments: 129, locksMax: 64 * 100 })).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/max_locks_per_transaction/),
  })
  expect(segmentsOf({ segments: 4_000, locksMax: 1_024 * 200 })).toMatchObject({ ok: true })
})
