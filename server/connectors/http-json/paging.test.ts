import { expect, test } from 'vitest'
import { linkNamedNext, valueAt } from './paging.ts'

test.each<[string | null, string | null]>([
  ['</v1/lines?cursor=b>; rel="next"', '/v1/lines?cursor=b'],
  ['</a>; rel="prev", </b>; rel="next"', '/b'],
  ['</a?x=1,2>; title="a, b; rel=next"; rel=prev, </b>; rel=next', '/b'],
  ['</a>; REL="last NEXT"', '/a'],
  ['</a>; rel="nextest"', null],
  ['</a>', null],
  ['', null],
  [null, null],
])('the next page of Link %s is %s', (header, expected) => {
  expect(linkNamedNext(header)).toBe(expected)
})

test.each<[unknown, string, { value: unknown; parentFound: boolean }]>([
  [{ a: { b: 1 } }, 'a.b', { value: 1, parentFound: true }],
  [{ '@odata.nextLink': 'x' }, '@odata.nextLink', { value: 'x', parentFound: true }],
  [{ d: {} }, 'd.__next', { value: undefined, parentFound: true }],
  [{ a: null }, 'a.b', { value: null, parentFound: true }],
  [{ b: 1 }, 'a.b', { value: undefined, parentFound: false }],
  [{ a: 'text' }, 'a.length', { value: undefined, parentFound: false }],
  [{ a: {} }, 'a.constructor', { value: undefined, parentFound: true }],
  [[1], '.', { value: [1], parentFound: true }],
])('%j at %s', (body, path, expected) => {
  expect(valueAt(body, path)).toEqual(expected)
})
