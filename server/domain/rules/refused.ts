/**
 * Business refusals of a system: it was reached, it understood, and it does not take or give this for a reason of the books. Named by
 * what it said (domain/failure-names), never tried again by itself.
 */
type RefusedText = { readonly title: string; readonly technical: string; readonly action: string }

const MEND = 'Mend it in that system, then run again; it closes when a run gets through.'

export const REFUSED_RULES = {
  refused_period_closed: {
    title: 'The system refused: the period is closed there',
    technical: 'It answered that the posting period or date is not open.',
    action: 'Have the period opened there, or let the source use an open one, then run again.',
  },
  refused_member_unknown: {
    title: 'The system refused: it does not know a code',
    technical: 'An account, cost centre, party, item or other reference does not exist there.',
    action: 'Load the member there or correct the mapping, then run again.',
  },
  refused_member_inactive: {
    title: 'The system refused: a code is inactive or blocked there',
    technical: 'The account, cost centre or other member exists there and may not be posted to.',
    action: 'Have it unblocked there, or map it to another, then run again.',
  },
  refused_document_unbalanced: {
    title: 'The system refused: the document does not balance',
    technical: 'Debit and credit differ by its own count.',
    action: 'Correct the document at the source, then run again.',
  },
  refused_document_duplicate: {
    title: 'The system refused: it has this document already',
    technical: 'A record under the same key or number exists there.',
    action: 'Compare the two; what is there already needs not be sent again.',
  },
  refused_document_final: {
    title: 'The system refused: the record may not be changed any more',
    technical: 'It is posted, deleted or locked by its own status.',
    action: 'Reverse it there and book anew; a posted record is not changed.',
  },
  refused_currency: {
    title: 'The system refused: a currency or its rate is missing there',
    technical: 'The currency is not set up, or no rate is kept for the date.',
    action: 'Maintain the currency or the rate there, then run again.',
  },
  refused_budget: {
    title: 'The system refused: the budget does not suffice',
    technical: 'Its budget or funds check failed.',
    action: 'Have the budget released or the amount corrected, then run again.',
  },
  refused_value_missing: {
    title: 'The system refused: a value is missing',
    technical: 'A field it needs is empty.',
    action: 'Fill it at the source or in the mapping, then run again.',
  },
  refused_value_invalid: {
    title: 'The system refused: a value is not valid there',
    technical: 'A value breaks its form or a combination it allows.',
    action: 'Correct it at the source or in the mapping, then run again.',
  },
  refused_by_rule: {
    title: 'The system refused it by a rule of its own',
    technical: 'It said that the refusal is a matter of business, and its words have no closer name here.',
    action: `Read its words. ${MEND}`,
  },
  refused_rows: {
    title: 'The system took some records and refused others',
    technical: 'It reported success in part; the refused records are in its own list.',
    action: `Look the refused records up there. ${MEND}`,
  },
  refused_payment: {
    title: 'The payment was refused',
    technical: 'The payer or the bank declined.',
    action: 'Talk to the payer; nothing is wrong with the connection.',
  },
} as const satisfies Record<string, RefusedText>
export type RefusedCode = keyof typeof REFUSED_RULES
