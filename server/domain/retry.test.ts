import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TECHNICAL_FAILURES, TechnicalError, type TechnicalCode } from './errors.ts'
import { AnsweredRefusal } from './failure-names/answered-refusal.ts'
import { failureOf, namedByRule, retryDelayMs, type RetryPolicy } from './retry.ts'

const anyPolicy: fc.Arbitrary<RetryPolicy> = fc.record({
  attempts: fc.integer({ min: 1, max: 20 }),
  baseMs: fc.integer({ min: 10, max: 3_600_000 }),
  maxMs: fc.integer({ min: 10, max: 86_400_000 }),
})
const attempt = fc.integer({ min: 1, max: 40 })
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('when to try again', () => {
  test('as often as the policy says and not once more', () => {
    fc.assert(
      fc.property(anyPolicy, attempt, random, (policy, n, r) => {
        expect(retryDelayMs(policy, n, null, r) === null).toBe(n >= policy.attempts)
      }),
    )
  })

  test('between half and all of an exponential, never above the largest delay', () => {
    fc.assert(
      fc.property(anyPolicy, attempt, random, (policy, n, r) => {
        fc.pre(n < policy.attempts)
        const delay = retryDelayMs(policy, n, null, r)!
        const ceiling = Math.min(policy.maxMs, policy.baseMs * 2 ** (n - 1))
        expect(Number.isInteger(delay)).toBe(true)
        expect(delay).toBeGreaterThanOrEqual(Math.floor(ceiling / 2))
        expect(delay).toBeLessThanOrEqual(Math.ceil(ceiling))
      }),
    )
  })

  test('never sooner than the source asked', () => {
    fc.assert(
      fc.property(anyPolicy, attempt, random, fc.integer({ min: 0, max: 86_400_000 }), (policy, n, r, asked) => {
        fc.pre(n < policy.attempts)
        const own = retryDelayMs(policy, n, null, r)!
        expect(retryDelayMs(policy, n, asked, r)).toBe(Math.max(own, asked))
      }),
    )
  })

  test('the numbers of the default policy', () => {
    const policy = { attempts: 5, baseMs: 2_000, maxMs: 300_000 }
    expect([1, 2, 3, 4, 5].map((n) => retryDelayMs(policy, n, null, 0))).toEqual([1_000, 2_000, 4_000, 8_000, null])
    expect(retryDelayMs(policy, 1, null, 0.5)).toBe(1_500)
  })
})

describe('what was thrown gets a name', () => {
  const never = () => null

  test.each(Object.keys(TECHNICAL_FAILURES) as TechnicalCode[])('%s keeps its class and its words', (code) => {
    const failure = failureOf(new TechnicalError(code, 'the detail', { retryAfterMs: 7 }), () => 'database_busy')
    const { class: failureClass, title } = TECHNICAL_FAILURES[code]
    expect(failure).toEqual({ failureClass, code, title, detail: 'the detail', retryAfterMs: 7 })
  })

  test.each(['database_busy', 'database_full'] as const)('%s is tried again', (code) => {
    const failure = failureOf(new Error('could not serialize'), () => code)
    expect(failure).toMatchObject({ failureClass: 'technical_transient', code, retryAfterMs: null })
  })

  test('what has no name is unclassified, never guessed, and says what was thrown first', () => {
    const wrapped = new Error('insert into lines failed', { cause: new TypeError('x is not a function') })
    expect(failureOf(wrapped, never)).toMatchObject({
      failureClass: 'unclassified',
      code: 'unexpected_error',
      detail: 'TypeError: x is not a function',
    })
    expect(failureOf('just text', never).detail).toBe('just text')
    expect(failureOf(undefined, never).detail).toBe('undefined')
  })

  test('a circle of causes ends, and a long message is cut', () => {
    const circle = new Error('round')
    circle.cause = circle
    expect(failureOf(circle, never).detail).toBe('Error: round')
    expect(failureOf(new Error('x'.repeat(10_000)), never).detail).toHaveLength(500)
  })

  test('what was said can be kept: no zero character, no half of a pair', () => {
    const said = { vendor: 'http', status: 422, codes: ['A\0'], texts: ['half \ud83d'] } as const
    expect(failureOf(new AnsweredRefusal(null, 'd\0', said), never)).toMatchObject({
      detail: 'd',
      said: { codes: ['A'], texts: ['half \ufffd'] },
    })
    const emoji = failureOf(new Error(`${'x'.repeat(492)}\u{1F600}`), never)
    expect([emoji.detail, emoji.said?.texts[0]]).toEqual([`Error: ${'x'.repeat(492)}\ufffd`, `Error: ${'x'.repeat(492)}\ufffd`])
    expect(failureOf(new TechnicalError('source_unavailable', 'no\0pe'), never).detail).toBe('nope')
    expect(failureOf(new Error('whole \u{1F600}'), never).detail).toBe('Error: whole \u{1F600}')
  })

  const SAID = { vendor: 'netsuite', status: 400, codes: ['HOLD'], texts: ['Batch 1 is held'] } as const
  const RULE = { ruleId: 7, match: 'code', value: 'HOLD', code: 'refused_by_rule' } as const

  test('a refusal of the books is business, one without a name is unclassified; both keep what was said', () => {
    expect(failureOf(new AnsweredRefusal('refused_budget', 'd', SAID), never)).toMatchObject({
      failureClass: 'business',
      code: 'refused_budget',
      said: SAID,
    })
    expect(failureOf(new AnsweredRefusal(null, 'd', SAID), never)).toMatchObject({ failureClass: 'unclassified', said: SAID })
  })

  test('a rule of IT names what has no name, and nothing else', () => {
    const unnamed = failureOf(new AnsweredRefusal(null, 'd', SAID), never)
    expect(namedByRule(unnamed, [RULE])).toMatchObject({
      failureClass: 'business',
      code: 'refused_by_rule',
      ruleId: 7,
      said: SAID,
    })
    expect(namedByRule(unnamed, [{ ...RULE, value: 'OTHER' }])).toBe(unnamed)
    const named = failureOf(new AnsweredRefusal('refused_budget', 'd', SAID), never)
    expect(namedByRule(named, [RULE])).toBe(named)
    const own = failureOf(Object.assign(new Error('x'), { code: 'HOLD' }), never)
    expect(namedByRule(own, [RULE])).toMatchObject({ ruleId: 7 })
  })
})
