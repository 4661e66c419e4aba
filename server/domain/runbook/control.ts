import type { ControlCode } from '../rules/catalogue.ts'
import type { Guide } from './guide.ts'

const BOTH = 'Finance operations and IT, with the owner of the source.'

/** Figures that do not agree, and what was due and did not come. */
export const CONTROL_GUIDES = {
  claimed_count_differs: {
    means:
      'The source states another number than arrived: the extract is short or altered. It is never published, whatever the job says.',
    find: 'The claim on this page leads to where the source states it. Fewer arrived: the delivery was cut. More: something was added after the count.',
    mend: 'Ask the source for a complete delivery and load it. A replay of the same bytes finds the same. Of a job that brings what changed, it closes once every record of the held load has come, in one file or by and by: the next file does not stand for it.',
    who: BOTH,
  },
  claimed_amount_differs: {
    means: 'The sum the source states is not the sum of the records. It is never published, whatever the job says.',
    find: 'Follow the claim step by step: stated, found, difference. Look for a record of just that amount, or of half of it with the sign turned.',
    mend: 'Ask the source for a correct delivery and load it. A replay of the same bytes finds the same. Of a job that brings what changed, it closes once every record of the held load has come, in one file or by and by: the next file does not stand for it.',
    who: BOTH,
  },
  balance_does_not_roll_forward: {
    means: 'Opening plus movement of an account is not the closing the source states.',
    find: 'Compare the opening with the closing of the period before, and the movement with the lines of the account.',
    mend: 'The owner of the ledger says which of the three is wrong, corrects it and delivers again.',
    who: 'Finance operations, with the owner of the ledger.',
  },
  statement_does_not_tie: {
    means:
      'Opening balance and booked entries do not lead to the closing balance, or a sum or count of the bank is not that of the entries. Never published.',
    find: 'The claim on this page names statement, stated, found and difference. Look for an entry of just that amount; a whole page may be missing.',
    mend: 'Ask the bank to send the statement again, whole, and load it. A replay of the same bytes finds the same.',
    who: 'Finance operations, with the bank.',
  },
  statement_altered: {
    means:
      'A statement that is known came again under the same name with other content, and not as a correction. Nothing of the file was published.',
    find: 'The detail says how many entries and which closing balance each has. Compare the two files.',
    mend: 'Let the bank say which holds. If the new one does, roll back the run that published the old one, then replay this one.',
    who: 'Finance operations, with the bank.',
  },
  statement_missing: {
    means:
      'The numbers or pages of the statements of an account do not follow each other: what is loaded is right, and something lies between.',
    find: 'The title names what is missing; the detail by how much the balance moved in between.',
    mend: 'Ask the bank for it and load it, in whatever order. It closes by itself.',
    who: 'Finance operations, with the bank.',
  },
  statement_number_twice: {
    means: 'Two statements of one account have the same number under different names: one was probably sent twice.',
    find: 'Compare their entries and balances.',
    mend: 'Roll back the one the bank says does not hold. It closes by itself.',
    who: 'Finance operations, with the bank.',
  },
  statement_opening_differs: {
    means: 'A statement does not open at the balance at which the one before it closed.',
    find: 'The detail has both balances and the difference: look for a day that is missing, or a correction by the bank.',
    mend: 'Load what is missing. It closes by itself when the balances meet.',
    who: 'Finance operations, with the bank.',
  },
  bank_reference_twice: {
    means: 'The bank uses one reference for two entries of an account: one may have been booked twice.',
    find: 'The detail names both. Entries that share a reference on purpose (a payment and its fee) differ in amount.',
    mend: 'Ask the bank. Where it takes one back, its correction closes this; where both are right, it stays as a note of why.',
    who: 'Finance operations, with the bank.',
  },
  outside_entity_scope: {
    means: 'The load brings entities that whoever asked for it may not change. Nothing was published.',
    find: 'The title names the person and the entities.',
    mend: 'Let somebody replay it whose scope covers all of them. Of a job that brings what changed, no other load closes it, unless it has every record of this one.',
    who: 'Finance operations or IT with that scope.',
  },
  conservation_broken: {
    means: 'Records were lost or doubled on the way through. The figures of the run were not published.',
    find: 'The run shows where its equation breaks: extracted against new, changed, unchanged, duplicate and rejected.',
    mend: 'Do not use the run. Keep it as it is and tell engineering: this is our fault.',
    who: 'IT, with engineering.',
  },
  feed_missing: {
    means: 'Data was expected by a time, and none was published.',
    find: 'Look at the job: did its schedule run, is it paused, did the sender bring nothing?',
    mend: 'Ask the owner of the source. It closes by itself when the data is published.',
    who: BOTH,
  },
  feed_empty: {
    means: 'The job ran in time and brought less than it expects.',
    find: 'Ask whether the period is really empty at the source, and look at the filter of the job.',
    mend: 'Run the job again when the source has its data. It closes when that is published.',
    who: BOTH,
  },
  feed_unpublished: {
    means: 'The job ran in time, and nothing of it was published.',
    find: 'Open its newest run: failed, held, cancelled or still going on.',
    mend: 'Mend what stopped the run. It closes by itself when the data is published.',
    who: 'Whoever the exception of that run belongs to.',
  },
  delivery_differs: {
    means: 'Totals read back from the target are not those of the documents it said it took.',
    find: 'Open the delivery: confirmed minus delivered, slice by slice.',
    mend: 'Put right at the target what differs, then retry the delivery: the totals are asked for again.',
    who: 'Finance operations, with the owner of the target.',
  },
  delivery_conflicts: {
    means: 'The target holds documents under our keys twice, or with content we never sent. Nothing was overwritten.',
    find: 'The detail names the documents: look them up at the target.',
    mend: 'Put it right at the target, then retry the delivery.',
    who: 'Finance operations, with the owner of the target.',
  },
  tick_missed: {
    means: 'The job was due while no scheduler was running, and its policy leaves the decision to a person.',
    find: 'Look at the due times of the job: a later one may have brought the data already.',
    mend: 'Run the job now if its data is still wanted. It closes when a run of the job gets through.',
    who: 'Finance operations decide; IT keeps the scheduler running.',
  },
} as const satisfies Record<ControlCode, Guide>
