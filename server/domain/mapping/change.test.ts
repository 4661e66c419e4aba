import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyChange, standingIn, type KeptEntry, type MappingChange } from './change.ts'
import { compileTranslation } from './code-mapping.ts'

const change = (canonicalCode: string | null, effectiveFrom = '', effectiveTo = ''): MappingChange => ({
  dimension: 'account',
  sourceCode: '47',
  canonicalCode,
  effectiveFrom,
  effectiveTo,
})
const kept = (entryId: number, canonicalCode: string, effectiveFrom = '', effectiveTo = ''): KeptEntry => ({
  ...change(canonicalCode, effectiveFrom, effectiveTo),
  canonicalCode,
  entryId,
})
const brief = (applied: ReturnType<typeof applyChange>) =>
  'refused' in applied
    ? applied.refused
    : [
        ...applied.closed.map((e) => `-${e.canonicalCode}`),
        ...applied.opened.map((e) => `+${e.canonicalCode} ${e.effectiveFrom}..${e.effectiveTo}`),
      ].join(' ')

// One row is one promise to whoever proposes.
test.each<[string, KeptEntry[], MappingChange, string]>([
  ['the first mapping of a code', [], change('A'), '+A ..'],
  [
    'from a date on, what stood before ends the day before',
    [kept(1, 'A')],
    change('B', '2026-10-01'),
    '-A +A ..2026-09-30 +B 2026-10-01..',
  ],
  [
    'for a while, what stood before comes back the day after',
    [kept(1, 'A')],
    change('B', '2026-10-01', '2026-10-31'),
    '-A +A ..2026-09-30 +A 2026-11-01.. +B 2026-10-01..2026-10-31',
  ],
  ['the same time again corrects it', [kept(1, 'A', '2026-10-01')], change('B', '2026-10-01'), '-A +B 2026-10-01..'],
  [
    'never silently over what begins later',
    [kept(1, 'A', '2026-10-01')],
    change('B', '2026-09-01'),
    '47 means A from 2026-10-01: let this one end on 2026-09-30, or end that one first',
  ],
  [
    'right up to what begins later',
    [kept(1, 'A', '2026-10-01')],
    change('B', '2026-09-01', '2026-09-30'),
    '+B 2026-09-01..2026-09-30',
  ],
  ['what is already so is no change', [kept(1, 'A')], change('A', '2026-10-01'), '47 already means A in all of that time'],
  ['an end altogether', [kept(1, 'A', '', '2026-09-30'), kept(2, 'B', '2026-10-01')], change(null), '-A -B'],
  ['an end from a date on', [kept(1, 'A')], change(null, '2026-10-01'), '-A +A ..2026-09-30'],
  ['an end of nothing', [kept(1, 'A', '', '2026-09-30')], change(null, '2026-10-01'), 'nothing maps 47 in that time'],
  ['an end before the beginning', [], change('A', '2026-10-02', '2026-10-01'), 'it would end before it begins'],
])('%s', (_name, inForce, asked, expected) => {
  expect(brief(applyChange(inForce, asked))).toBe(expected)
})

describe('what the code stands for before the change', () => {
  test('entries, and between them what the jobs make of it', () => {
    const inForce = [kept(1, 'A', '2026-02-01', '2026-03-31'), kept(2, 'B', '2026-05-01')]
    expect(standingIn(inForce, change('C', '2026-01-01'), ['47'])).toEqual([
      { code: '47', from: '2026-01-01', to: '2026-01-31' },
      { code: 'A', from: '2026-02-01', to: '2026-03-31' },
      { code: '47', from: '2026-04-01', to: '2026-04-30' },
      { code: 'B', from: '2026-05-01', to: '' },
    ])
    expect(standingIn([], change('C'), ['47'])).toEqual([{ code: '47', from: '', to: '' }])
    expect(standingIn([], change('47'), ['47'])).toEqual([])
  })
})

test('at every version the entries say what replaying the approvals up to it says', () => {
  const DAYS = 40
  const day = (n: number) => new Date(Date.UTC(2026, 0, n + 1)).toISOString().slice(0, 10)
  const arbitrary = fc.record({
    code: fc.constantFrom('A', 'B', 'C', null),
    from: fc.option(fc.nat(DAYS - 1), { nil: null }),
    length: fc.option(fc.nat(15), { nil: null }),
  })
  fc.assert(
    fc.property(fc.array(arbitrary, { maxLength: 12 }), (asked) => {
      type Row = KeptEntry & { fromVersion: number; untilVersion: number | null }
      let rows: Row[] = []
      let model: (string | null)[] = Array.from({ length: DAYS }, () => null)
      const models = [model]
      let nextId = 1
      for (const { code, from, length } of asked) {
        const effectiveFrom = from === null ? '' : day(from)
        const effectiveTo = length === null ? '' : day((from ?? 0) + length)
        const version = models.length
        const applied = applyChange(
          rows.filter((row) => row.untilVersion === null),
          change(code, effectiveFrom, effectiveTo),
        )
        if ('refused' in applied) continue
        const closed = new Set(applied.closed.map((e) => e.entryId))
        rows = rows.map((row) => (closed.has(row.entryId) ? { ...row, untilVersion: version } : row))
        rows.push(...applied.opened.map((e) => ({ ...e, entryId: nextId++, fromVersion: version, untilVersion: null })))
        model = model.map((was, n) =>
          (from === null || n >= from) && (effectiveTo === '' || day(n) <= effectiveTo) ? code : was,
        )
        models.push(model)
      }
      models.forEach((expected, version) => {
        const inForce = rows.filter((r) => r.fromVersion <= version && (r.untilVersion === null || version < r.untilVersion))
        const translate = compileTranslation(inForce)
        expect(expected.map((_, n) => translate?.('47', day(n)) ?? null)).toEqual(expected)
      })
    }),
  )
})
