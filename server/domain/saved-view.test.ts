import { expect, test } from 'vitest'
import { isViewScreen, splitLook, viewQuery, withLook } from './saved-view.ts'

test.each([
  { name: 'the order does not matter', query: 'status=held&entity=NO01', kept: 'entity=NO01&status=held' },
  { name: 'where one stands is not kept', query: 'status=held&before=70&after=3', kept: 'status=held' },
  { name: 'the past is not kept: a view always opens on now', query: '?asOf=12&status=held', kept: 'status=held' },
  { name: 'nor is what is open, or which view it came from', query: 'do=import&saved=4&job=gl', kept: 'job=gl' },
  { name: 'empty filters are none', query: 'status=&job=', kept: '' },
  { name: 'a filter given twice stays twice', query: 'job=b&job=a', kept: 'job=a&job=b' },
  { name: 'text keeps its signs', query: 'job=a%26b+c', kept: 'job=a%26b+c' },
])('$name', ({ query, kept }) => {
  expect(viewQuery(query)).toBe(kept)
  expect(viewQuery(kept)).toBe(kept)
})

test('only lists have views', () => {
  expect([isViewScreen('/runs'), isViewScreen('/runs/7'), isViewScreen('//evil.example')]).toEqual([true, false, false])
})

test('a look is kept with the query and is no part of the address', () => {
  const look = { columns: 'took.job_220', density: 'compact' }
  const kept = withLook('status=held&page=3', look)
  expect(kept).toBe('columns=took.job_220&density=compact&status=held')
  expect(viewQuery(kept)).toBe(kept)
  expect(splitLook(kept)).toEqual({ query: 'status=held', look })
  expect(splitLook('status=held')).toEqual({ query: 'status=held', look: null })
})
