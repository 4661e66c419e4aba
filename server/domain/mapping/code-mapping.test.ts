import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileLineJudge } from './map-line.ts'
import { GOOD, jobOf, member, NOTHING_KNOWN, type Cells, type Settings } from '../testing.ts'
import { Reference } from '../reference.ts'
import { compileTranslation, type MappingEntry } from './code-mapping.ts'

const entry = (facts: Partial<MappingEntry>): MappingEntry => ({
  dimension: 'account',
  sourceCode: '4000',
  canonicalCode: '9000',
  effectiveFrom: '',
  effectiveTo: '',
  ...facts,
})

describe('one code on one date', () => {
  test('nothing to translate is nothing to ask', () => {
    expect(compileTranslation([])).toBeNull()
  })

  test('the mapping of the system before the codes of the job, and those before nothing', () => {
    const translate = compileTranslation([entry({})], { '4000': '1', '5000': '2', '': 'none' })!
    expect(['4000', '5000', '6000', '', 'constructor'].map((code) => translate(code, '2026-01-01'))).toEqual([
      '9000',
      '2',
      undefined,
      'none',
      undefined,
    ])
  })

  test('both ends are inclusive; where no entry holds, the codes of the job do', () => {
    const translate = compileTranslation([entry({ effectiveFrom: '2026-02-01', effectiveTo: '2026-02-28' })], { '4000': '1' })!
    const on = (date: string) => translate('4000', date)
    expect([on('2026-01-31'), on('2026-02-01'), on('2026-02-28'), on('2026-03-01')]).toEqual(['1', '9000', '9000', '1'])
  })

  test('a line without any date goes by the newest entry', () => {
    const entries = [
      entry({ canonicalCode: 'old', effectiveTo: '2026-06-30' }),
      entry({ canonicalCode: 'new', effectiveFrom: '2026-07-01' }),
    ]
    expect(compileTranslation(entries)!('4000', '')).toBe('new')
    expect(compileTranslation(entries.toReversed())!('4000', '')).toBe('new')
  })

  test('any entries that do not overlap, in any order, say what their one owner of the day says', () => {
    const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}`
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 28 }),
        (starts, on) => {
          const sorted = starts.toSorted((a, b) => a - b)
          const entries = starts.map((start) => {
            const next = sorted[sorted.indexOf(start) + 1]
            return entry({ canonicalCode: `from ${start}`, effectiveFrom: day(start), effectiveTo: next ? day(next - 1) : '' })
          })
          const owner = sorted.filter((start) => start <= on).at(-1)
          expect(compileTranslation(entries)!('4000', day(on))).toBe(owner === undefined ? undefined : `from ${owner}`)
        },
      ),
    )
  })
})

describe('in a line', () => {
  const judged = (record: Cells, entries: readonly MappingEntry[], settings: Settings = {}, reference = NOTHING_KNOWN) => {
    const judge = compileLineJudge(jobOf(settings), Object.keys(record), reference, entries)
    const findings = judge.judge(Object.values(record)) ?? []
    return { line: { ...judge.line }, findings }
  }

  test('the business date decides: effective, else posted, else the last day of the period', () => {
    const entries = [entry({ effectiveFrom: '2026-10-31' })]
    const account = (cells: Cells) => judged({ ...GOOD, ...cells }, entries).line.account
    expect(account({})).toBe('9000')
    expect(account({ posted_on: '2026-10-30' })).toBe('4000')
    expect(account({ posted_on: '2026-10-30', effective_on: '2026-10-31' })).toBe('9000')
  })

  test('every mapped dimension, the currency before its amounts are read and the entity before its calendar', () => {
    const entries = [
      entry({ dimension: 'entity', sourceCode: '10', canonicalCode: 'DE01', effectiveFrom: '2026-10-01' }),
      entry({ dimension: 'currency', sourceCode: 'YEN', canonicalCode: 'JPY' }),
      entry({ dimension: 'cost_centre', sourceCode: 'old', canonicalCode: 'new' }),
      entry({ dimension: 'accounting_status', sourceCode: 'P', canonicalCode: 'posted' }),
    ]
    const record = {
      ...GOOD,
      entity: '10',
      currency: 'YEN',
      debit: '12',
      cost_centre: 'old',
      accounting_status: 'P',
      posted_on: '2026-10-02',
    }
    const { line, findings } = judged(record, entries)
    expect(findings).toEqual([])
    expect(line).toMatchObject({
      entity: 'DE01',
      currency: 'JPY',
      debit: 12n,
      digits: 0,
      costCentre: 'new',
      accountingStatus: 'posted',
    })
  })

  test('a dimension that must be mapped: the code itself is not enough, even where a member has it', () => {
    const reference = new Reference([])
    reference.addMember('account', member({ code: '4000' }))
    const settings = { rules: { mapped: ['account'], members: ['account'] } }
    const finding = { code: 'code_unmapped', field: 'account', value: '4000', detail: 'not in the mapping of ERP' }
    expect(judged(GOOD, [], settings, reference).findings).toEqual([finding])
    expect(judged(GOOD, [entry({ effectiveFrom: '2027-01-01' })], settings, reference).findings).toEqual([finding])
    expect(judged(GOOD, [entry({ sourceCode: '4000', canonicalCode: '4000' })], settings, reference).findings).toEqual([])
    // Said once, though it is no member either.
    expect(judged(GOOD, [], settings).findings).toEqual([finding])
  })
})
