import type { RefusedCode } from '../rules/refused.ts'
import type { Guide } from './guide.ts'

const AT_SOURCE = 'Finance operations, with the owner of that system.'
const READ = 'The detail holds what it answered.'

/** Refusals of a system for a reason of the books. Tried again, they are refused again. */
export const REFUSED_GUIDES = {
  refused_period_closed: {
    means: 'The system takes nothing for this posting period or date: it is closed there. Our own calendar was not asked.',
    find: 'Look at the period in that system, and at the dates the run asks for.',
    mend: 'Have it opened there, or let the source use an open one; then run again.',
    who: AT_SOURCE,
  },
  refused_member_unknown: {
    means: 'An account, cost centre, party, item or other code does not exist in that system.',
    find: READ,
    mend: 'Load the member there or correct the mapping; then run again.',
    who: AT_SOURCE,
  },
  refused_member_inactive: {
    means: 'The account, cost centre or other member exists in that system and may not be posted to.',
    find: 'Look the member up there: blocked, switched off, or not valid on that date.',
    mend: 'Have it unblocked there, or map it to another; then run again.',
    who: AT_SOURCE,
  },
  refused_document_unbalanced: {
    means: 'By the count of that system, debit and credit of the document differ.',
    find: 'Compare the lines of the document here and there: one is missing, or an amount is rounded differently.',
    mend: 'Correct the document at the source; then run again.',
    who: AT_SOURCE,
  },
  refused_document_duplicate: {
    means: 'That system has a record under the same key or number already.',
    find: 'Look the number up there and compare the two.',
    mend: 'Where they are the same, nothing needs to be sent; where they differ, the owner says which is right.',
    who: AT_SOURCE,
  },
  refused_document_final: {
    means: 'The record is posted, deleted or locked by its own status in that system, and does not change any more.',
    find: 'Look the record up there: its status says who ended it, or what.',
    mend: 'Reverse it there and book anew; a posted record is not changed.',
    who: AT_SOURCE,
  },
  refused_currency: {
    means: 'The currency is not set up in that system, or it keeps no rate for the date.',
    find: 'Look the currency and the rate of that date up there.',
    mend: 'Have it maintained there; then run again.',
    who: AT_SOURCE,
  },
  refused_budget: {
    means: 'The budget or funds check of that system failed.',
    find: 'Look up there what is left of the budget, and compare it with the amount.',
    mend: 'Have the budget released or the amount corrected; then run again.',
    who: 'Finance operations, with the owner of the budget.',
  },
  refused_value_missing: {
    means: 'A field that system needs is empty.',
    find: READ,
    mend: 'Fill it at the source or in the mapping; then run again.',
    who: AT_SOURCE,
  },
  refused_value_invalid: {
    means: 'A value breaks a form that system keeps, or a combination it allows.',
    find: READ,
    mend: 'Correct it at the source or in the mapping; then run again.',
    who: AT_SOURCE,
  },
  refused_by_rule: {
    means: 'That system says it is a matter of business and refuses by a rule that has no closer name here.',
    find: READ,
    mend: 'Mend in that system what it names; then run again.',
    who: AT_SOURCE,
  },
  refused_rows: {
    means: 'That system took some of the records and refused others.',
    find: 'The refused ones are in a list of its own, there.',
    mend: 'Mend them in that system; then run again.',
    who: AT_SOURCE,
  },
  refused_payment: {
    means: 'The payer or the bank declined. The connection works.',
    find: READ,
    mend: 'Talk to the payer; then run again.',
    who: 'Finance operations, with the payer.',
  },
} as const satisfies Record<RefusedCode, Guide>
