import { expect, test } from 'vitest'
import { blockWords, closeSteps, notReadyOf, type BlockCounts } from './close.ts'

const NONE: BlockCounts = {
  feeds_missing: 0,
  loads_held: 0,
  technical: 0,
  unclassified: 0,
  business: 0,
  control: 0,
  not_compared: 0,
  with_breaks: 0,
  not_prepared: 0,
  not_certified: 0,
}

test('what is not ready comes in the order of what waits for what, with its names', () => {
  const found = notReadyOf({ ...NONE, not_certified: 2, feeds_missing: 1 }, { feeds_missing: ['Bank statements'] })
  expect(found).toEqual([
    { what: 'feeds_missing', count: 1, names: ['Bank statements'] },
    { what: 'not_certified', count: 2, names: [] },
  ])
  expect(found.map(blockWords)).toEqual(['1 feed is missing', '2 reconciliations wait to be certified'])
  expect(notReadyOf(NONE, {})).toEqual([])
})

const brief = (counts: Partial<BlockCounts>, isClosed = false) =>
  closeSteps(notReadyOf({ ...NONE, ...counts }, {}), isClosed).map(
    ({ step, isDone, blockedBy, waitsFor }) =>
      `${step} ${isDone ? 'done' : blockedBy.length > 0 ? 'blocked' : `waits for ${waitsFor ?? 'nobody'}`}`,
  )

test('a step waits for the first before it that something blocks', () => {
  expect(brief({ feeds_missing: 1, not_prepared: 1 })).toEqual([
    'loaded blocked',
    'mended waits for loaded',
    'compared waits for loaded',
    'explained waits for loaded',
    'prepared blocked',
    'certified waits for loaded',
    'closed waits for loaded',
  ])
  expect(brief({ with_breaks: 1 }).slice(2)).toEqual([
    'compared done',
    'explained blocked',
    'prepared waits for explained',
    'certified waits for explained',
    'closed waits for explained',
  ])
})

test('where nothing blocks, closing waits for nobody; closed over something it is closed all the same', () => {
  expect(brief({}).at(-1)).toBe('closed waits for nobody')
  expect(brief({ with_breaks: 1 }, true).slice(-2)).toEqual(['certified waits for explained', 'closed done'])
})
