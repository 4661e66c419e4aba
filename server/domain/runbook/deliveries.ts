import type { TechnicalCode } from '../errors.ts'
import type { DeliveryCode } from '../rules/catalogue.ts'
import type { Guide } from './guide.ts'

const IT = 'IT.'
const WITH_TARGET = 'IT, with the owner of the target.'
const CALLS = 'The calls on the page of the delivery show each request, its answer and how long it took.'

/** What a target does not take, or our own rule does not let out. The publication stands. */
export const DELIVERY_GUIDES = {
  delivery_document_refused: {
    means: 'The target refused single documents in its own words; the others were delivered.',
    find: 'Open the delivery, Documents, Refused: what it said of each.',
    mend: 'Mend it at the target and retry the delivery, or at the source: the corrected load brings the document again.',
    who: 'Finance operations, with the owner of the target.',
  },
  write_back_refused: {
    means: 'A write-back of planning may carry budget and forecast lines only. Nothing was sent.',
    find: 'The title says what the job would have sent.',
    mend: 'Take the target out of the job. Journals are made in the ledger, by those who may.',
    who: 'Whoever keeps the job, with finance operations.',
  },
} as const satisfies Record<DeliveryCode, Guide>

export type TargetCode = Extract<TechnicalCode, `target_${string}`>

/** Failures that stop a delivery. Loads go on meanwhile, and nothing is sent twice: the target is asked first. */
export const TARGET_GUIDES = {
  target_unreachable: {
    means: 'No connection to the target came about. All deliveries to it share this exception; loads go on.',
    find: CALLS,
    mend: 'Nothing: it is asked again by itself. If it stays down, ask its owner.',
    who: WITH_TARGET,
  },
  target_timed_out: {
    means: 'The target took longer than its time limit to answer. What it took is unknown until it is asked.',
    find: CALLS,
    mend: 'Nothing: it is asked what it has before anything is sent again. If it stays slow, ask its owner.',
    who: WITH_TARGET,
  },
  target_unavailable: {
    means: 'The target answers that it cannot serve now, as in a maintenance window.',
    find: CALLS,
    mend: 'Nothing: it is asked again by itself. If it stays so, ask its owner.',
    who: WITH_TARGET,
  },
  target_throttled: {
    means: 'The target asks us to come later. It counts as no failure of the delivery.',
    find: CALLS,
    mend: 'Nothing: the delivery goes on when the target allows it.',
    who: WITH_TARGET,
  },
  target_answer_lost: {
    means: 'Documents were sent and the answer never came, so nobody knows yet whether they were taken.',
    find: 'Open the delivery, Documents: those are unknown.',
    mend: 'Nothing: the target is asked by natural key before anything is sent again.',
    who: WITH_TARGET,
  },
  target_credential_refused: {
    means: 'The target does not accept our credential.',
    find: 'The credential has expired, was changed, or lacks a right at the target.',
    mend: 'Renew it where the job takes it from, then retry the delivery.',
    who: WITH_TARGET,
  },
  target_credential_missing: {
    means: 'The environment variable the job names for the credential of its target is not set.',
    find: 'Settings, installation, lists which are set and which are not.',
    mend: 'Set it for every process that runs jobs and start them again; then retry the delivery.',
    who: IT,
  },
  target_endpoint_unknown: {
    means: 'The address does not exist at the target.',
    find: 'Compare the address in the job with what the target documents; it may have moved with an upgrade.',
    mend: 'Correct the address in the job and import it; then retry the delivery.',
    who: IT,
  },
  target_refused: {
    means: 'The target understood the request and refused it whole, not a single document.',
    find: 'The detail holds what it answered.',
    mend: 'Correct what it names in the job and import it; then retry the delivery.',
    who: WITH_TARGET,
  },
  target_contract_changed: {
    means: 'The target answers in another form than we expect.',
    find: 'The detail says what was expected and not there.',
    mend: 'Ask its owner what changed; then retry the delivery.',
    who: WITH_TARGET,
  },
  target_folder_unusable: {
    means: 'The folder of the target is not there or cannot be written.',
    find: 'Compare the folder in the job with what is on the disk, and the rights of the process on it.',
    mend: 'Make the folder or give the right to write there; then retry the delivery.',
    who: IT,
  },
  target_file_gone: {
    means:
      'The file was placed and is not in the folder any more: the receiver has taken it, or somebody removed it. It is never placed a second time by itself.',
    find: 'Ask the receiver whether it has the file that the detail names.',
    mend: 'If it has it, abort the delivery, with what it said as the reason; the next one that is confirmed closes this. If it does not, put the file back from a copy and retry, or retry with Send the file again (`delivery retry ID --again`). For the future let it take files after they were confirmed.',
    who: 'IT, with whoever takes the files.',
  },
  target_disk_full: {
    means: 'The disk of the target folder is full.',
    find: 'The detail names the folder.',
    mend: 'Make room there. The delivery is tried again by itself.',
    who: IT,
  },
} as const satisfies Record<TargetCode, Guide>
