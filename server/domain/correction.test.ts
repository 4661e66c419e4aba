import { describe, expect, test } from 'vitest'
import { correctableOf, correctableProblems, correctionCan, needsSecondPerson, Overlay, type Correction } from './correction.ts'
import { LINE_FIELDS, type LineField } from './job.ts'
import { compileLineJudge } from './mapping/map-line.ts'
import { GOOD, jobOf, NOTHING_KNOWN, type Cells, type Settings } from './testing.ts'

const correction = (field: LineField, found: string, corrected: string, correctionId = 1): Correction => ({
  correctionId,
  sourceKey: '1',
  field,
  found,
  corrected,
})

function judgedWith(record: Cells, corrections: readonly Correction[], settings: Settings = {}) {
  const overlay = new Overlay()
  const judge = compileLineJudge(jobOf(settings), Object.keys(record), NOTHING_KNOWN, [], overlay)
  overlay.lay(corrections)
  const findings = judge.judge(Object.values(record)) ?? []
  return { line: { ...judge.line }, codes: findings.map(({ code }) => code), readings: overlay.readings() }
}

describe('what a corrected field is read as', () => {
  test('the text of the source is read as another, and goes through the mapping like a word of the source', () => {
    const mapping = { codes: { cost_centre: { K2: 'CC2' } } }
    const { line, readings } = judgedWith({ ...GOOD, cost_centre: 'K9' }, [correction('cost_centre', 'K9', 'K2')], { mapping })
    expect(line.costCentre).toBe('CC2')
    expect(readings).toEqual([{ correctionId: 1, says: 'K9', isApplied: true }])
  })

  test('not where the source says something else by now: that counts, and is told', () => {
    const { line, readings } = judgedWith({ ...GOOD, cost_centre: 'K3' }, [correction('cost_centre', 'K9', 'K2')])
    expect(line.costCentre).toBe('K3')
    expect(readings).toEqual([{ correctionId: 1, says: 'K3', isApplied: false }])
  })

  test('a correction is not corrected again', () => {
    const both = [correction('cost_centre', 'K9', 'K2', 1), correction('cost_centre', 'K2', 'K7', 2)]
    const { line, readings } = judgedWith({ ...GOOD, cost_centre: 'K9' }, both)
    expect(line.costCentre).toBe('K2')
    expect(readings.map(({ isApplied }) => isApplied)).toEqual([true, false])
  })

  test('an amount is written as the file writes amounts', () => {
    const mapping = { numbers: { decimal: ',', group: '.' } }
    const { line, codes } = judgedWith({ ...GOOD, debit: '12,50' }, [correction('debit', '12,50', '1.012,50')], { mapping })
    expect([line.debit, line.debitText, codes]).toEqual([101250n, '1012.50', []])
    expect(judgedWith({ ...GOOD, debit: '12,50' }, [correction('debit', '12,50', '12.50')], { mapping }).codes).toEqual([
      'amount_malformed',
    ])
  })

  test('a period that is looked up by a date follows the correction of that date', () => {
    const record = { ...GOOD, posted_on: '2026-10-31' }
    const mapping = { fields: { period: { calendar: 'posted_on' } } }
    const { line } = judgedWith(record, [correction('posted_on', '2026-10-31', '2026-11-01')], { mapping })
    expect([line.postedOn, line.period]).toEqual(['2026-11-01', '2026-11'])
  })

  test('without corrections every field is read as it is', () => {
    const record = { ...GOOD, cost_centre: 'K9', posted_on: '2026-10-31', document: 'J1' }
    const judge = compileLineJudge(jobOf(), Object.keys(record), NOTHING_KNOWN)
    judge.judge(Object.values(record))
    expect(judgedWith(record, []).line).toEqual(judge.line)
  })
})

describe('what a job may declare correctable', () => {
  const problems = (correctable: readonly string[], more: object = {}) =>
    correctableProblems({ ...jobOf(), correctable: [...correctable], ...more })

  test('any field that it reads, except what identifies the record', () => {
    expect(problems(['cost_centre', 'posted_on', 'debit', 'entity'])).toEqual([])
    expect(problems([])).toEqual([])
  })

  test.each([
    ['source_key', /it is what a record is known by/],
    ['system', /it is where the record comes from/],
    ['colour', /a journal line has no such field; it has entity, account/],
  ])('not %s', (field, why) => {
    expect(problems(['cost_centre', field])).toEqual([expect.stringMatching(why)])
  })

  test('not a field that is part of the key, is fixed, or is looked up', () => {
    const { mapping } = jobOf({
      mapping: {
        key: ['doc', 'line'],
        fields: { document: 'doc', version: { value: 'budget' }, period: { calendar: 'posted_on' } },
      },
    })
    expect(problems(['document', 'version', 'period', 'project'], { mapping })).toEqual([
      expect.stringMatching(/^correctable: document cannot be corrected: its column "doc" is part of the key/),
      expect.stringMatching(/^correctable: version .* the job says "budget" for every record/),
      expect.stringMatching(/^correctable: period .* looked up by the date in "posted_on"/),
    ])
  })

  test('nothing of members, and nothing where nothing is declared', () => {
    expect(problems(['name'], { objectType: 'account' })).toEqual([expect.stringMatching(/account is a list of members/)])
    expect(correctableOf(jobOf())).toEqual([])
  })
})

test('what moves money from cell to cell, or changes it, needs a second person; dates decide the period', () => {
  expect(LINE_FIELDS.filter((field) => !needsSecondPerson(field))).toEqual([
    'account',
    'cost_centre',
    'project',
    'counterparty',
    'accounting_status',
    'document',
    'description',
  ])
})

test('only what is proposed is decided, and what ended stays so', () => {
  expect(correctionCan('approve', 'active')).toBe(false)
  expect(correctionCan('withdraw', 'active')).toBe(true)
  for (const state of ['refused', 'withdrawn'] as const) expect(correctionCan('withdraw', state)).toBe(false)
})
