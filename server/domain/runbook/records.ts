import type { BusinessCode, MasterDataCode } from '../rules/catalogue.ts'
import type { Guide } from './guide.ts'

const FINANCE = 'Finance operations.'
const WITH_SOURCE = 'Finance operations, with the owner of the source.'
const WITH_IT = 'Finance operations find it; whoever keeps the job corrects it.'

/** Failures of records: they wait, kept with artifact and position, until a replay judges them again. */
export const RECORD_GUIDES = {
  dimension_missing: {
    means: 'A field the job needs is empty after mapping. The record waits.',
    find: 'Open a record: the source columns stand beside the fields. Either the source left it empty, or the job reads another column.',
    mend: 'Have it filled at the source and load again, or correct the column in the mapping of the job and replay.',
    who: WITH_SOURCE,
  },
  code_unmapped: {
    means: 'The code is in no mapping, and no current member has it.',
    find: 'Look the code up on Mappings: a new code of the source, a misspelling, or a member that was not loaded yet.',
    mend: 'Propose a mapping and have it approved by somebody else, or load the member; where it is a slip in one record, correct that record; then preview and replay the run.',
    who: 'Finance operations propose; a second person approves.',
  },
  member_inactive: {
    means: 'The code is known, and its member is switched off.',
    find: 'Open the member: it says since when, and which system says so.',
    mend: 'Reactivate it in the system of record and load the members, or map the code to its successor; where it is a slip in one record, correct that record; then replay.',
    who: FINANCE,
  },
  member_not_yet_valid: {
    means: 'The line is dated before the first day of the member.',
    find: 'Compare the effective date of the record with the validity of the member.',
    mend: 'Correct the validity at its source and load the members, or correct the date of the record; then replay.',
    who: FINANCE,
  },
  member_no_longer_valid: {
    means: 'The line is dated after the last day of the member.',
    find: 'Compare the effective date of the record with the validity of the member.',
    mend: 'Extend the validity at its source, or map the code to its successor from that day on; then replay.',
    who: FINANCE,
  },
  period_unknown: {
    means: 'The calendar of the entity has no such period, or none holds the date.',
    find: 'Open the calendar of the entity and compare its periods with the record.',
    mend: 'Correct the period at the source, or extend the calendar and import it; then replay.',
    who: WITH_SOURCE,
  },
  period_closed: {
    means: 'A new or changed line falls into a closed period, or would take a line out of one. Closed figures stay as they are.',
    find: 'Look at the period under Calendars and periods: who closed it, when and why.',
    mend: 'Replay what waits with an override; or have the period reopened by two controllers, replay and close it again; or let the source post into an open one; where it is a slip in one record, correct that record.',
    who: 'A controller approves the override or reopens; finance operations replay.',
  },
  currency_unknown: {
    means: 'The currency is not a code of ISO 4217.',
    find: 'Open a record: an old code, a symbol, or another column read as the currency.',
    mend: 'Correct it at the source, or map it in the job; then replay.',
    who: WITH_SOURCE,
  },
  amount_malformed: {
    means: 'The text is not an amount in the number style of the job.',
    find: 'Open a record and read the amount as it was delivered: separators, a sign, or text in the column.',
    mend: 'Correct the number style of the job where all are written so, otherwise the source, or the one record; then replay.',
    who: WITH_IT,
  },
  amount_too_precise: {
    means: 'The amount has more decimals than its currency. Cutting them off would lose money.',
    find: 'Open a record and compare its decimals with its currency.',
    mend: 'Have the source round by its own rule and deliver again; nothing is rounded here.',
    who: WITH_SOURCE,
  },
  text_too_long: {
    means: 'A code, key or document number is longer than anything kept here.',
    find: 'Open the record: a quote or a separator is missing before it, or the mapping takes another column.',
    mend: 'Correct the file at its source, or the column in the job; then replay.',
    who: WITH_IT,
  },
  date_malformed: {
    means: 'The text is not a date in the date style of the job.',
    find: 'Open a record and read the date as it was delivered.',
    mend: 'Correct the date style of the job where all are written so, otherwise the source, or the one record; then replay.',
    who: WITH_IT,
  },
  approval_missing: {
    means: 'The job takes approved records only, and this one is not.',
    find: 'The state the source gives it stands in the reason.',
    mend: 'Have it approved at the source; it comes with the next load by itself.',
    who: WITH_SOURCE,
  },
  accounting_status_unknown: {
    means: 'The status the source gives is not one the job accepts.',
    find: 'Open a record: the status as delivered stands beside what the job makes of it.',
    mend: 'Map the status, or accept it in the job; then replay.',
    who: WITH_IT,
  },
  source_key_missing: {
    means: 'The columns that make up the key are all empty, so the record cannot be told from another.',
    find: 'Open the record: an empty line, a subtotal, or other columns than the job names.',
    mend: 'Correct the key columns of the job, or have the source leave such lines out; then replay.',
    who: WITH_IT,
  },
  source_key_conflicting: {
    means:
      'One load brought two different records under one key. All records of the key wait: which is right cannot be known here.',
    find: 'Open both records and compare them.',
    mend: 'Ask the source which is right and load a delivery that holds only that one.',
    who: WITH_SOURCE,
  },
  document_unbalanced: {
    means: 'Debit and credit of a document differ in one currency.',
    find: 'Open the records of the document: a line is missing, or an amount is wrong.',
    mend: 'Correct the document at its source and load it again, or correct the amount of the record that is wrong and replay.',
    who: WITH_SOURCE,
  },
  document_incomplete: {
    means: 'Another line of the document was rejected; the rest alone would not balance, so it waits whole.',
    find: 'The rejected line has an exception of its own: the records listed here name it among their reasons.',
    mend: 'Mend the cause of that line and replay; this one closes with it.',
    who: 'Whoever mends the other line.',
  },
  member_drift: {
    means: 'Systems say different things of one member: its name, its validity or whether it is active.',
    find: 'Open the member: what each system says stands side by side, and which of them counts.',
    mend: 'Correct it where it is wrong; it closes with the next load of its members. To go on meanwhile, correct it by hand.',
    who: 'Finance operations, with the steward of the system of record.',
  },
} as const satisfies Record<BusinessCode | MasterDataCode, Guide>
