/**
 * Every business and control failure: a stable code, a sentence for a finance person, words for IT, what to do.
 * In a sentence, {field} and {value} are the cause.
 */
type RuleText = { readonly title: string; readonly technical: string; readonly action: string }

export const BUSINESS_RULES = {
  dimension_missing: {
    title: 'The {field} is missing',
    technical: 'A required canonical field is empty after mapping.',
    action: 'Ask the owner of the source to fill it, or correct the mapping, then replay.',
  },
  code_unmapped: {
    title: '{field} {value} is not known here',
    technical: 'The code is neither mapped nor a current member of the dimension.',
    action: 'Add a mapping or load the member, then replay.',
  },
  member_inactive: {
    title: '{field} {value} is inactive',
    technical: 'The member exists and is not active.',
    action: 'Reactivate it at its source or map it to another, then replay.',
  },
  member_not_yet_valid: {
    title: '{field} {value} is not valid yet on the date of the line',
    technical: 'valid_from lies after the effective date.',
    action: 'Correct the validity of the member or the date of the line, then replay.',
  },
  member_no_longer_valid: {
    title: '{field} {value} is no longer valid on the date of the line',
    technical: 'valid_to lies before the effective date.',
    action: 'Correct the validity of the member or map it to another, then replay.',
  },
  period_unknown: {
    title: 'Period {value} is not in the calendar',
    technical: 'The period is not defined in the calendar of the entity, or no period holds the date.',
    action: 'Correct the period at the source or extend the calendar, then replay.',
  },
  period_closed: {
    title: 'Period {value} is closed',
    technical: 'A new or changed line falls into a closed period of its entity, or takes a line out of one.',
    action: 'Reopen the period, or let the source post into an open one, then replay.',
  },
  currency_unknown: {
    title: 'Currency {value} is unknown',
    technical: 'The code is not in ISO 4217.',
    action: 'Correct the currency at the source or map it, then replay.',
  },
  amount_malformed: {
    title: 'The {field} is not an amount',
    technical: 'The text does not parse in the number style of the job.',
    action: 'Correct the amount at the source or the number style of the job, then replay.',
  },
  amount_too_precise: {
    title: 'The {field} has more decimals than its currency',
    technical: 'Dropping digits would lose money, so the record is refused.',
    action: 'Ask the owner of the source to round by its own rule.',
  },
  text_too_long: {
    title: 'The {field} is longer than anything kept here',
    technical: 'Codes have at most 100 characters, keys and documents at most 500.',
    action:
      'Look at the record: a quote or a separator is missing, or the mapping takes another column. Correct it, then replay.',
  },
  date_malformed: {
    title: 'The {field} is not a date',
    technical: 'The text does not parse in the date style of the job.',
    action: 'Correct the date at the source or the date style of the job, then replay.',
  },
  approval_missing: {
    title: 'The approval state is {value}',
    technical: 'The job takes approved records only.',
    action: 'Have it approved at the source; it comes with the next load.',
  },
  accounting_status_unknown: {
    title: 'Accounting status {value} is not accepted',
    technical: 'After mapping the status is not one the job accepts.',
    action: 'Map the status or accept it in the job, then replay.',
  },
  source_key_missing: {
    title: 'The record has no key',
    technical: 'All key columns are empty.',
    action: 'Correct the key columns of the job, or ask the owner of the source.',
  },
  source_key_conflicting: {
    title: 'Two different records carry the key {value}',
    technical: 'The same source key came twice in one load with different content; which one is right cannot be known.',
    action: 'Ask the owner of the source which one is right.',
  },
  document_unbalanced: {
    title: 'Document {value} does not balance',
    technical: 'Sum of debit and sum of credit differ per document and currency.',
    action: 'Correct the document at the source.',
  },
  document_incomplete: {
    title: 'Another line of the same document was rejected',
    technical: 'Publishing the rest would leave the document unbalanced, so it waits whole.',
    action: 'Mend the cause of the rejected line, then replay.',
  },
} as const satisfies Record<string, RuleText>
export type BusinessCode = keyof typeof BUSINESS_RULES

export const CONTROL_RULES = {
  claimed_count_differs: {
    title: 'The source states {claimed} {measure}, {found} arrived',
    technical: 'Count claim differs from the rows of the load.',
    action: 'Ask the source for a complete delivery, then run again. Nothing was published.',
  },
  claimed_amount_differs: {
    title: 'The source states {measure} {claimed}, the records add up to {found}',
    technical: 'Sum claim differs from the rows of the load beyond tolerance.',
    action: 'Ask the source for a correct delivery, then run again. Nothing was published.',
  },
  balance_does_not_roll_forward: {
    title: 'Account {account}: opening {opening} plus movement {movement} is not the stated closing {closing}',
    technical: 'Stated closing differs from opening plus the movement of the lines.',
    action: 'Ask the owner of the ledger which of the three is wrong.',
  },
  statement_does_not_tie: {
    title: 'Statement {subject}: the bank states {measure} {claimed}, found {found}',
    technical: 'A balance, sum or count that a bank statement states differs from its entries and what is stated beside them.',
    action: 'Ask the bank for the whole statement, then load it. Nothing was published.',
  },
  statement_altered: {
    title: 'Statement {statement} of {account} came again with other content',
    technical:
      'The same account and statement were published with other entries or balances, and the bank does not call this one a correction.',
    action: 'Ask the bank which one holds. Nothing was published.',
  },
  statement_missing: {
    title: 'Missing between {before} and {statement} of {account}: {what}',
    technical: 'Numbers or pages of the statements of an account do not follow each other.',
    action: 'Ask the bank for what is missing and load it; this closes by itself.',
  },
  statement_number_twice: {
    title: 'Statement {statement} of {account} has the number {number} of {before}',
    technical: 'Two statements of one account that the bank names differently have the same number.',
    action: 'Ask the bank which one holds, and roll the other back.',
  },
  statement_opening_differs: {
    title: 'Statement {statement} of {account} does not open where {before} closed',
    technical: 'The stated opening balance is not the closing balance of the statement before it.',
    action: 'Ask the bank whether a statement is missing; load it, and this closes by itself.',
  },
  bank_reference_twice: {
    title: 'The bank uses reference {reference} of {account} for two entries',
    technical: 'Current statements of an account hold one bank reference in more than one entry.',
    action: 'Ask the bank whether one was booked twice. Both are loaded.',
  },
  outside_entity_scope: {
    title: 'The load brings {entities}, outside the entity scope of {actor}',
    technical: 'The person who asked for the run may not change these entities.',
    action: 'Let somebody replay it whose scope covers them. Nothing was published.',
  },
  conservation_broken: {
    title: 'Records were lost or doubled on the way',
    technical: 'extracted differs from new + changed + unchanged + duplicate + rejected.',
    action: 'Do not use the figures of this run; tell engineering.',
  },
  feed_missing: {
    title: '{job} has not arrived: it was expected by {by}',
    technical: 'No run of the job published after the time before and up to the expected time.',
    action: 'Ask the owner of the source; it closes by itself when the data is published.',
  },
  feed_empty: {
    title: '{job} ran and brought nothing where data was due by {by}',
    technical: 'Every run of the job in the time of the feed brought fewer records than it expects.',
    action: 'Ask the owner of the source whether the period is really empty, then run again.',
  },
  feed_unpublished: {
    title: '{job} ran but nothing was published by {by}',
    technical: 'The runs of the job in the time of the feed failed, were cancelled, are held or still go on.',
    action: 'Mend what stopped the run; it closes by itself when the data is published.',
  },
  delivery_differs: {
    title: '{target} does not hold what was delivered',
    technical: 'Totals read back from the target differ from the documents it said it took.',
    action: 'Compare the slices of the delivery with the target; put right what differs there, then retry the delivery.',
  },
  delivery_conflicts: {
    title: '{target} holds documents under our keys that we did not send like this',
    technical: 'Asked by natural key before sending, the target answered other content, or the same document twice.',
    action: 'Nothing was overwritten. Put it right at the target, then retry the delivery.',
  },
  tick_missed: {
    title: '{job} was due at {due} while nothing was running',
    technical: 'No scheduler was up at the due time, and the job says that a person decides about a missed tick.',
    action: 'Run the job now if its data is still wanted.',
  },
} as const satisfies Record<string, RuleText>
export type ControlCode = keyof typeof CONTROL_RULES

/** Fills the braces of a sentence. */
export const sentence = (template: string, facts: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? '')

/** Names of fields as people say them. */
export const fieldWords = (field: string): string => WORDS[field] ?? field.replaceAll('_', ' ')
const WORDS: Readonly<Record<string, string>> = {
  cost_centre: 'Cost centre',
  account: 'Account',
  project: 'Project',
  counterparty: 'Counterparty',
  entity: 'Entity',
  currency: 'Currency',
  period: 'Period',
}

/** Business failures that no record carries: found by comparing what systems say of the same member. */
export const MASTER_DATA_RULES = {
  member_drift: {
    title: '{field} {value} is not the same in all systems',
    technical: 'Systems that carry the same member state another name, validity or activity for it.',
    action: 'Correct it in the system that is not the system of record; it closes with the next load of its members.',
  },
} as const satisfies Record<string, RuleText>
export type MasterDataCode = keyof typeof MASTER_DATA_RULES

/** Business failures of a delivery: the document was published here, and the target or our own rule does not take it. */
export const DELIVERY_RULES = {
  delivery_document_refused: {
    title: '{target} refused documents: {value}',
    technical: 'The target answered a refusal for single documents; the others were delivered.',
    action:
      'Mend the cause at the target, or the record at its source; then retry the delivery, or let the corrected load follow.',
  },
  write_back_refused: {
    title: 'Not delivered to {target}: {value}',
    technical: 'A write-back of planning may carry budget and forecast lines only; nothing was sent.',
    action: 'Take the target out of the job. Journals are made in the ledger, by those who may.',
  },
} as const satisfies Record<string, RuleText>
export type DeliveryCode = keyof typeof DELIVERY_RULES
