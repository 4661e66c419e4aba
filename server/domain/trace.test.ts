import { expect, test } from 'vitest'
import { outlineTrace, type TraceSpan } from './trace.ts'

const span = (
  spanId: string,
  parentSpanId: string | null,
  startedMs: number,
  ms: number,
  rest: Partial<TraceSpan> = {},
): TraceSpan => ({
  spanId,
  parentSpanId,
  runId: 7,
  name: spanId,
  startedMs,
  ms,
  status: 'ok',
  ...rest,
  attributes: { 'tower.run': 7, 'tower.attempt': 1, ...rest.attributes },
})
const stage = { attributes: { 'tower.stage': 'load' } }
const statement = { attributes: { 'db.query.text': 'select 1' } }

const ONE = [
  span('load', 'run', 120, 60, stage),
  span('run', null, 100, 100, { name: 'run' }),
  span('extract', 'run', 101, 15, stage),
  span('select', 'load', 125, 5, statement),
  span('insert', 'load', 130, 20, { ...statement, status: 'error' }),
]
const shown = (rows: ReturnType<typeof outlineTrace>[number]['rows']) =>
  rows.map(({ spanId, depth, offsetMs }) => [spanId, depth, offsetMs])

test('nested in the order in which they began, from the beginning of the attempt', () => {
  const [attempt, ...others] = outlineTrace(ONE, true)
  expect(others).toEqual([])
  expect(attempt).toMatchObject({ runId: 7, attempt: 1, startedMs: 100, ms: 100, isOpen: false })
  expect(shown(attempt!.rows)).toEqual([
    ['run', 0, 0],
    ['extract', 1, 1],
    ['load', 1, 20],
    ['select', 2, 25],
    ['insert', 2, 30],
  ])
  expect(attempt!.rows.map(({ isError }) => isError)).toEqual([false, false, false, false, true])
})

test('without the statements each row says how many it leaves out, and how long they took together', () => {
  const [attempt] = outlineTrace(ONE, false)
  expect(attempt!.rows.map(({ spanId, statements }) => [spanId, statements])).toEqual([
    ['run', null],
    ['extract', null],
    ['load', { count: 2, ms: 25 }],
  ])
})

test('while it goes on its own span is not there: what ended stands at the top, and the attempt is open', () => {
  const [attempt] = outlineTrace(
    ONE.filter(({ spanId }) => spanId !== 'run'),
    false,
  )
  expect(attempt).toMatchObject({ isOpen: true, startedMs: 101, ms: 79 })
  expect(shown(attempt!.rows)).toEqual([
    ['extract', 0, 0],
    ['load', 0, 19],
  ])
})

test('attempts and replays stand apart, each on its own clock, in the order of time', () => {
  const of = (runId: number, attempt: number, at: number) =>
    span(`${runId}-${attempt}`, null, at, 10, { runId, name: 'run', attributes: { 'tower.attempt': attempt } })
  const attempts = outlineTrace([of(9, 1, 90_000), of(7, 2, 500), of(7, 1, 100)], false)
  expect(attempts.map(({ runId, attempt, rows }) => [runId, attempt, rows[0]!.offsetMs])).toEqual([
    [7, 1, 0],
    [7, 2, 0],
    [9, 1, 0],
  ])
})

test('a trace of any length is shown to a bound', () => {
  const many = Array.from({ length: 2_000 }, (_, i) => span(`s${i}`, 'run', 101 + i, 1))
  const [attempt] = outlineTrace([span('run', null, 100, 3_000, { name: 'run' }), ...many], true)
  expect(attempt!.rows).toHaveLength(400)
})
