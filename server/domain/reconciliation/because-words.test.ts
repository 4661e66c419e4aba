import { expect, test } from 'vitest'
import { becauseWords } from './because-words.ts'
import { BUCKET_OF, type Because } from './difference.ts'

const SIDES = { first: 'Billing', other: 'Ledger' }
const rate = { from: 'USD', to: 'EUR', rate: '0.92', on: '2026-10-31', version: '2026-11-01' }
const KEPT: { readonly [Kind in Because['kind']]: readonly [Omit<Extract<Because, { kind: Kind }>, 'kind'>, string] } = {
  other_period: [{ period: '2026-10' }, 'One side has it in period 2026-10'],
  in_flight: [{ runId: '21', why: 'held' }, 'In a load that is held: run 21'],
  rejected: [{ exceptionIds: ['7', '9'] }, 'Waits behind exceptions 7, 9'],
  other_entity: [{ entity: 'SE01' }, 'One side has it in entity SE01'],
  other_group: [{ from: 'Sales', to: 'Services' }, 'In Sales on one side, in Services on the other'],
  other_count: [{}, 'The same amount in another number of lines'],
  rate: [{ rates: [rate] }, 'Translated: 1 USD is 0.92 EUR on 2026-10-31, as of 2026-11-01'],
  rounding: [{}, 'Within the rounding of one key'],
  matched: [{ rule: 'by amount' }, 'Within the tolerance of rule by amount'],
  duplicate: [{}, 'There once more than on the other side'],
  adjustment: [{ status: 'manual' }, 'Booked by hand: manual'],
  sign_reversed: [{}, 'Both have it, with the sign the other way round'],
  amount_differs: [{}, 'Both have it, with other amounts'],
  missing: [{}, 'Billing has it, Ledger does not'],
  surplus: [{}, 'Ledger has it, Billing does not'],
}

test.each(Object.keys(BUCKET_OF) as Because['kind'][])('%s has its words', (kind) => {
  const [kept, words] = KEPT[kind]
  expect(becauseWords({ kind, ...kept }, SIDES)).toBe(words)
})

test('an entity that the reader may not see is not named, and what another version kept is unexplained', () => {
  expect(becauseWords({ kind: 'other_entity', entity: '' }, SIDES)).toBe(
    "One side has it in an entity outside the reader's scope",
  )
  expect(becauseWords({ kind: 'of_tomorrow' }, SIDES)).toBe('Unexplained')
  expect(becauseWords(null, SIDES)).toBe('Unexplained')
})
