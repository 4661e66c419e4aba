import type { ControlCode } from '../rules/catalogue.ts'
import type { Guide } from './guide.ts'

const BOTH = 'Finance operations and IT, with the owner of the source.'

/** Figures that do not agree, and what was due and did not come. */
export const CONTROL_GUIDES = {
  claimed_count_differs: {
    means:
      'The source states another number than arrived: the extract is short or altered. It is never published, whatever the job says.',
    find: 'The claim on this page leads to where the source states it. Fewer arrived: the delivery was cut. More: something was added after the count.',
    mend: 'Ask the source for a complete delivery and load it. A replay of the same bytes finds the same.',
    who: BOTH,
  },
  claimed_amount_differs: {
    means: 'The sum the source states is not the sum of the records. It is never published, whatever the job says.',
    find: 'Follow the claim step by step: stated, found, difference. Look for a record of just that amount, or of half of it with the sign turned.',
    mend: 'Ask the source for a correct delivery and load it. A replay of the same bytes finds the same.',
    who: BOTH,
  },
  balance_does_not_roll_forward: {
    means: 'Opening plus movement of an account is not the closing the source states.',
    find: 'Compare the opening with the closing of the period before, and the movement with the lines of the account.',
    mend: 'The owner of the ledger says which of the three is wrong, corrects it and delivers again.',
    who: 'Finance operations, with the owner of the ledger.',
  },
  outside_entity_scope: {
    means: 'The load brings entities that whoever asked for it may not change. Nothing was published.',
    find: 'The title names the person and the entities.',
    mend: 'Let somebody replay it whose scope covers all of them.',
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
