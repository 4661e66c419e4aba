import { expect, test } from 'vitest'
import { pivotOf, type PivotLeaf } from './pivot.ts'

const leaf = (entity: string, period: string, source: string, loaded: string, more: Partial<PivotLeaf> = {}): PivotLeaf => ({
  entity,
  period,
  version: 'actual',
  objectType: 'journal_line',
  currency: 'EUR',
  isBroken: source !== loaded,
  held: [],
  certainty: 'preliminary',
  cell: { source, accepted: source, loaded, target: null, difference: source === loaded ? '0' : '1', published: loaded },
  ...more,
})
const brief = (leaves: readonly PivotLeaf[], shape: Parameters<typeof pivotOf>[1]) =>
  pivotOf(leaves, shape).groups.map(({ code, totals }) => [
    code,
    ...totals.map(({ key, cells }) => `${key.version} ${key.currency} ${cells.map((cell) => cell?.source ?? 'none').join(' ')}`),
  ])

const BY_ENTITY = { by: 'entity', below: 'period', across: null } as const

test('periods of an entity are added up, exactly', () => {
  expect(brief([leaf('A', '2026-01', '0.10', '0.10'), leaf('A', '2026-02', '0.2', '0.2')], BY_ENTITY)).toEqual([
    ['A', 'actual EUR 0.30'],
  ])
})

test.each([
  { name: 'currencies', other: { currency: 'SEK' }, found: ['actual EUR 1', 'actual SEK 2'] },
  { name: 'versions', other: { version: 'budget' }, found: ['actual EUR 1', 'budget EUR 2'] },
  { name: 'kinds of lines', other: { objectType: 'period_balance' }, found: ['actual EUR 1', 'actual EUR 2'] },
])('$name are never added up', ({ other, found }) => {
  expect(brief([leaf('A', '2026-01', '1', '1'), leaf('A', '2026-01', '2', '2', other)], BY_ENTITY)).toEqual([['A', ...found]])
})

test('what does not tie comes first, also where two differences cancel out', () => {
  const leaves = [leaf('A', '2026-01', '1', '1'), leaf('B', '2026-01', '5', '4'), leaf('B', '2026-02', '4', '5')]
  const { groups } = pivotOf(leaves, BY_ENTITY)
  expect(groups.map(({ code, isBroken }) => [code, isBroken])).toEqual([
    ['B', true],
    ['A', false],
  ])
  expect(groups[0]?.totals[0]?.cells[0]?.difference).toBe('0')
})

test('a difference is source minus loaded and keeps its sign', () => {
  const { groups } = pivotOf([leaf('A', '2026-01', '10.00', '12.5')], BY_ENTITY)
  expect(groups[0]?.rows[0]?.cells[0]?.difference).toBe('-2.50')
})

test('without a target there is none, which is not zero', () => {
  expect(pivotOf([leaf('A', '2026-01', '1', '1')], BY_ENTITY).groups[0]?.totals[0]?.cells[0]?.target).toBeNull()
})

test('columns of a dimension: one a code, nothing where there is nothing, and versions across stay apart', () => {
  const leaves = [leaf('A', '2026-01', '1', '1'), leaf('A', '2026-02', '2', '2'), leaf('B', '2026-02', '3', '3')]
  expect(pivotOf(leaves, { by: 'entity', below: null, across: 'period' }).columns).toEqual(['2026-01', '2026-02'])
  expect(brief(leaves, { by: 'entity', below: null, across: 'period' })).toEqual([
    ['A', 'actual EUR 1 2'],
    ['B', 'actual EUR none 3'],
  ])
  const versions = [leaf('A', '2026-01', '1', '1'), leaf('A', '2026-01', '2', '2', { version: 'budget' })]
  expect(brief(versions, { by: 'entity', below: null, across: 'version' })).toEqual([['A', 'undefined EUR 1 2']])
})
