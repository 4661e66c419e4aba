import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FAILURE_CLASSES } from '../errors.ts'
import { matchesRule, nameFailure, ruleFor } from './name-failure.ts'
import { matchesPhrase, phraseOf, phraseProblem } from './phrase.ts'
import { CLASSIFIABLE, classOf, FAILURE_CODES, titleOf, VENDORS, type Said } from './said.ts'
import { NAMES } from './vendors.ts'

const said = (given: Partial<Said>): Said => ({ vendor: 'sap', status: null, codes: [], texts: [], ...given })

describe('a phrase', () => {
  test.each<[string, string, boolean]>([
    ['Posting period * is not open', 'Posting period 003 2026 is not open', true],
    ['Posting period * is not open', 'Posting  period 003\n2026 is not open.', true],
    ['Posting period * is not open', 'Note: Posting period 003 2026 is not open', false],
    ['Posting period * is not open', 'Posting period 003 2026 is not open, says the controller', false],
    ['Posting period * is not open', 'posting period 003 is not open', false],
    ['the whole', 'the whole', true],
    ['the whole', 'the whole of it', false],
    ['a * b * c', 'a 1 b 2 c', true],
    ['a * b * c', 'a 1 c 2 b', false],
    ['ab*ba', 'aba', false],
    ['*', 'anything', true],
    ['Cost (*) [x]', 'Cost (1) [x]', true],
  ])('%s on %s: %s', (phrase, text, expected) => {
    expect(matchesPhrase(phrase, text)).toBe(expected)
  })

  test('what is proposed of a text matches it, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        fc.pre(!/[*'"]/.test(text))
        expect(matchesPhrase(phraseOf(text), text)).toBe(true)
      }),
    )
    expect(phraseOf("Batch 4711 of 'DE01' is held by run 0192f6a1-7c1e-7c3a-9f55-2a9d6b1f0c11")).toBe(
      'Batch * of * is held by run *',
    )
  })

  test('time and memory for it are bounded, however it is written', () => {
    const begun = performance.now()
    expect(matchesPhrase('*a'.repeat(250), 'a'.repeat(499))).toBe(true)
    expect(matchesPhrase(`${'*a'.repeat(249)}*b`, 'a'.repeat(499))).toBe(false)
    expect(performance.now() - begun).toBeLessThan(200)
  })

  test('one that would match what nobody meant may not be kept', () => {
    for (const phrase of ['*', 'timeout', '* error *', 'a b', '4711 * 4712 *', ''])
      expect(phraseProblem(phrase), phrase).not.toBeNull()
    expect(phraseProblem('Batch * is held by the treasury workflow')).toBeNull()
  })
})

describe('a name', () => {
  test('a code goes before a sentence, a sentence before a kind, a kind before a status', () => {
    const CLOSED = 'Posting period 003 2026 is not open'
    expect(nameFailure(said({ codes: ['F5/702'], texts: [CLOSED], status: 503 }))).toBe('refused_document_unbalanced')
    expect(nameFailure(said({ codes: ['/IWBEP/CX_MGW_BUSI_EXCEPTION'], texts: [CLOSED] }))).toBe('refused_period_closed')
    expect(nameFailure(said({ codes: ['/IWBEP/CX_MGW_BUSI_EXCEPTION'], status: 503 }))).toBe('refused_by_rule')
    expect(nameFailure(said({ status: 503 }))).toBe('source_unavailable')
  })

  test('codes that agree on who acts name, those that do not name nothing', () => {
    expect(nameFailure(said({ codes: ['F5/201', 'F5/702'] }))).toBe('refused_period_closed')
    expect(nameFailure(said({ codes: ['F5/201', 'MC/601'] }))).toBeNull()
  })

  test('a code of one vendor says nothing at another', () => {
    for (const vendor of VENDORS)
      if (vendor !== 'sap') expect(nameFailure(said({ vendor, codes: ['F5/201'] })), vendor).toBeNull()
  })

  test('words and codes nobody knows never get one, whoever says them', () => {
    const nonsense = fc.string({ maxLength: 60 }).map((text) => `~${text}~`)
    fc.assert(
      fc.property(
        fc.constantFrom(...VENDORS),
        fc.array(nonsense, { maxLength: 4 }),
        fc.array(nonsense, { maxLength: 4 }),
        (vendor, codes, texts) => {
          expect(nameFailure({ vendor, status: null, codes, texts })).toBeNull()
        },
      ),
    )
  })

  test('under a status that may be business, words nobody knows take its name away; no words do not', () => {
    for (const vendor of VENDORS)
      for (const status of NAMES[vendor].opaque) {
        expect(nameFailure({ vendor, status, codes: ['~'], texts: [] }), `${vendor} ${status}`).toBeNull()
        if (status >= 400) expect(nameFailure({ vendor, status, codes: [], texts: [] }), `${vendor} ${status}`).not.toBeNull()
      }
  })

  test('every one has a class that follows from it and a title', () => {
    for (const code of FAILURE_CODES) {
      expect(FAILURE_CLASSES).toContain(classOf(code))
      expect(classOf(code) === 'business').toBe(code.startsWith('refused_'))
      expect(titleOf(code)).not.toBe('')
    }
    expect(CLASSIFIABLE).not.toContain('worker_lost')
  })
})

describe('a rule', () => {
  const rule = (ruleId: number, match: 'code' | 'phrase', value: string) => ({
    ruleId,
    match,
    value,
    code: 'source_refused' as const,
  })

  test('matches a whole code or a whole sentence', () => {
    const words = said({ codes: ['HOLD'], texts: ['Batch 1 is held by treasury'] })
    expect(matchesRule({ match: 'code', value: 'HOLD' }, words)).toBe(true)
    expect(matchesRule({ match: 'code', value: 'HOL' }, words)).toBe(false)
    expect(matchesRule({ match: 'phrase', value: 'Batch * is held by treasury' }, words)).toBe(true)
    expect(matchesRule({ match: 'phrase', value: 'is held by treasury' }, words)).toBe(false)
    expect(matchesRule({ match: 'phrase', value: 'HOLD' }, words)).toBe(false)
  })

  test('of several the oldest counts', () => {
    const words = said({ codes: ['HOLD'] })
    expect(ruleFor(words, [rule(1, 'code', 'X'), rule(2, 'code', 'HOLD'), rule(3, 'code', 'HOLD')])?.ruleId).toBe(2)
    expect(ruleFor(words, [])).toBeNull()
  })
})
