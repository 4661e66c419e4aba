/**
 * A failure that someone must act on. Its class says who acts and whether it is tried again, so the
 * class is settled where the failure is born, from what happened and never from a label:
 *   technical_transient  tried again by itself, bounded          IT
 *   technical_permanent  an exception at once                    IT
 *   business             a record or a load waits for a person   finance operations
 *   control              figures do not agree; the load is held  finance operations and IT
 *   unclassified         counted, held, never guessed            IT classifies it
 */
export const FAILURE_CLASSES = ['technical_transient', 'technical_permanent', 'business', 'control', 'unclassified'] as const
export type FailureClass = (typeof FAILURE_CLASSES)[number]

type FailureText = {
  /** One sentence a finance person understands. */
  readonly title: string
  /** What to do about it. */
  readonly action: string
}

/** Technical failures: the run cannot go on. Codes are stable and documented. */
export const TECHNICAL_FAILURES = {
  source_unreachable: {
    class: 'technical_transient',
    title: 'The source system cannot be reached',
    action: 'Wait for the retry, or ask the owner of the source system whether it is down.',
  },
  source_timed_out: {
    class: 'technical_transient',
    title: 'The source system did not answer in time',
    action: 'Wait for the retry, or ask the owner of the source system.',
  },
  source_unavailable: {
    class: 'technical_transient',
    title: 'The source system says it is unavailable',
    action: 'Wait for the retry, or ask the owner of the source system.',
  },
  source_throttled: {
    class: 'technical_transient',
    title: 'The source system asks us to slow down',
    action: 'Nothing: the run goes on when the source allows it.',
  },
  source_cut_short: {
    class: 'technical_transient',
    title: 'The connection broke in the middle of the answer',
    action: 'Wait for the retry.',
  },
  source_record_locked: {
    class: 'technical_transient',
    title: 'Somebody is at work on the same record at the source system',
    action: 'Wait for the retry.',
  },
  source_certificate_refused: {
    class: 'technical_permanent',
    title: 'The certificate of the source system cannot be trusted',
    action: 'Ask the owner of the source system to renew it, or trust its issuer here, then restart the run.',
  },
  database_busy: { class: 'technical_transient', title: 'Our own database was busy', action: 'Wait for the retry.' },
  database_full: {
    class: 'technical_transient',
    title: 'The disk of our own database is full',
    action: 'Make room on its disk. The run is tried again, and what it was given is kept.',
  },
  database_refused: {
    class: 'technical_permanent',
    title: 'Our own database refused us',
    action: 'Check the role, the rights and the name in DATABASE_URL, then restart the run.',
  },
  worker_lost: {
    class: 'technical_transient',
    title: 'The worker that ran this died',
    action: 'Nothing: another worker takes over.',
  },
  newer_data_stands: {
    class: 'technical_permanent',
    title: 'A newer run of this job has brought other values for the same records',
    action: 'Nothing, where the newer values are right. Else preview a replay: it shows what would be put back.',
  },
  credential_refused: {
    class: 'technical_permanent',
    title: 'The source system refused our credential',
    action: 'Renew the credential of the connection, then restart the run.',
  },
  credential_missing: {
    class: 'technical_permanent',
    title: 'The credential of the connection is not set',
    action: 'Set the environment variable the job names, then restart the run.',
  },
  source_endpoint_unknown: {
    class: 'technical_permanent',
    title: 'The address does not exist at the source system',
    action: 'Correct the address in the job, then restart the run.',
  },
  source_refused: {
    class: 'technical_permanent',
    title: 'The source system refused the request',
    action: 'Read the detail; correct the job, then restart the run.',
  },
  source_contract_changed: {
    class: 'technical_permanent',
    title: 'The source system answered in a form we do not know',
    action: 'Compare the stored answer with what the job expects; correct the job, then replay.',
  },
  source_loops: {
    class: 'technical_permanent',
    title: 'The source system sends the same page again and again',
    action: 'Ask the owner of the source system; its cursor does not move on.',
  },
  source_not_found: {
    class: 'technical_permanent',
    title: 'The file or folder is not there',
    action: 'Check the name, then run again.',
  },
  file_empty: { class: 'technical_permanent', title: 'The file is empty', action: 'Ask the sender for the file again.' },
  file_malformed: {
    class: 'technical_permanent',
    title: 'The file cannot be read',
    action: 'Ask the sender for a correct file; the position and the reason are in the detail.',
  },
  file_encoding_wrong: {
    class: 'technical_permanent',
    title: 'The file is in another encoding than the job says',
    action: 'Correct the encoding in the job, or ask the sender for UTF-8.',
  },
  file_too_large: {
    class: 'technical_permanent',
    title: 'The file is larger than the job allows',
    action: 'Split the file, or raise the limit in the job.',
  },
  file_columns_wrong: {
    class: 'technical_permanent',
    title: 'The columns of the file are not those the job expects',
    action: 'Correct the mapping in the job, or ask the sender for the agreed columns.',
  },
  file_hostile: {
    class: 'technical_permanent',
    title: 'The file is built to exhaust the reader and was refused',
    action: 'Do not open it elsewhere; tell security and ask the sender.',
  },
  file_is_test: {
    class: 'technical_permanent',
    title: 'The bank marks the file as a test',
    action: 'Ask the bank for the real one; a test is never loaded.',
  },
  target_unreachable: {
    class: 'technical_transient',
    title: 'The target cannot be reached',
    action: 'Nothing: it is asked again by itself. Loads go on meanwhile. If it stays down, ask its owner.',
  },
  target_timed_out: {
    class: 'technical_transient',
    title: 'The target did not answer in time',
    action: 'Nothing: what it took is asked before anything is sent again. If it stays slow, ask its owner.',
  },
  target_unavailable: {
    class: 'technical_transient',
    title: 'The target says it is unavailable',
    action: 'Nothing: it is asked again by itself. If it stays so, ask its owner.',
  },
  target_throttled: {
    class: 'technical_transient',
    title: 'The target asks us to slow down',
    action: 'Nothing: the delivery goes on when the target allows it.',
  },
  target_answer_lost: {
    class: 'technical_transient',
    title: 'The answer of the target was lost',
    action: 'Nothing: the target is asked what it has before anything is sent again.',
  },
  target_credential_refused: {
    class: 'technical_permanent',
    title: 'The target refused our credential',
    action: 'Renew the credential of the target, then retry the delivery.',
  },
  target_credential_missing: {
    class: 'technical_permanent',
    title: 'The credential of the target is not set',
    action: 'Set the environment variable the job names, then retry the delivery.',
  },
  target_endpoint_unknown: {
    class: 'technical_permanent',
    title: 'The address does not exist at the target',
    action: 'Correct the address in the job, then retry the delivery.',
  },
  target_refused: {
    class: 'technical_permanent',
    title: 'The target refused the request',
    action: 'Read the detail; correct the job, then retry the delivery.',
  },
  target_contract_changed: {
    class: 'technical_permanent',
    title: 'The target answered in a form we do not know',
    action: 'Ask the owner of the target what changed, then retry the delivery.',
  },
  target_folder_unusable: {
    class: 'technical_permanent',
    title: 'The folder of the target cannot be written',
    action: 'Make the folder, or give this program the right to write there, then retry the delivery.',
  },
  target_file_gone: {
    class: 'technical_permanent',
    title: 'The file was placed and is gone',
    action:
      'The receiver has taken it, or somebody removed it: ask the receiver. If it has it, abort the delivery; if not, retry it and say that it is sent again.',
  },
  target_disk_full: {
    class: 'technical_transient',
    title: 'The disk of the target folder is full',
    action: 'Make room there. The delivery is tried again by itself.',
  },
} as const satisfies Record<string, FailureText & { class: FailureClass }>
export type TechnicalCode = keyof typeof TECHNICAL_FAILURES

/** Stops a run. `detail` is for IT; the title of the code is for everybody. Never holds a secret. */
export class TechnicalError extends Error {
  override readonly name = 'TechnicalError'
  readonly retryAfterMs: number | null
  constructor(
    readonly code: TechnicalCode,
    readonly detail: string,
    { cause, retryAfterMs = null }: { cause?: unknown; retryAfterMs?: number | null } = {},
  ) {
    super(`${TECHNICAL_FAILURES[code].title}: ${detail}`, { cause })
    this.retryAfterMs = retryAfterMs
  }
  get failureClass(): FailureClass {
    return TECHNICAL_FAILURES[this.code].class
  }
}

/** Refusals: what was asked cannot be done. An answer to the person who asked, not an exception. */
export const REFUSALS = {
  not_signed_in: 'Sign in first',
  not_allowed: 'Your role does not allow this',
  outside_entity_scope: 'This touches an entity outside your scope',
  same_person: 'The same person may not do both',
  reason_missing: 'Say why: a reason of at least 5 characters is needed',
  idempotency_key_reused: 'This key was already used for a different request',
  job_not_found: 'There is no such job',
  job_invalid: 'The job definition is not valid',
  job_paused: 'The job is paused already',
  job_not_paused: 'The job is not paused',
  schedule_invalid: 'This schedule cannot be used',
  calendar_invalid: 'The calendar definition is not valid',
  run_not_found: 'There is no such run',
  run_active: 'The run is still going on',
  run_cannot_restart: 'Only a failed or cancelled run can be restarted',
  run_overtaken:
    'A newer run of this job has published since, or is about to, and a restart would put older values back. Run its job, or preview a replay of this one: that shows what would move',
  replay_overtaken:
    'A newer run of this job has published since, or is about to, and a replay would put older values back. Look at what would move with --preview; to do it all the same, say --over-newer',
  run_cannot_replay: 'This run cannot be replayed',
  run_cannot_cancel: 'The run has already ended',
  run_not_published: 'The run published nothing, so there is nothing to roll back',
  publication_superseded: 'A later publication changed some of these lines; roll that one back first',
  rollback_needs_approval: 'It would move closed periods: ask for the approval of a second person',
  rollback_not_asked: 'Nobody waits for an answer to this',
  rollback_moved: 'What it would touch has moved since it was asked for; ask again',
  rollback_needs_nobody: 'It moves no closed period, so it needs no approval',
  publication_not_found: 'There is no such publication',
  period_not_found: 'The calendar of the entity has no such period',
  period_changed_meanwhile: 'Somebody changed the period meanwhile',
  period_not_ready: 'Not everything is ready: say why the period is closed all the same',
  period_needs_reopening: 'A closed period is reopened by two people: ask for it',
  period_is_reopened: 'A reopened period is closed again, and nothing else',
  period_not_closed: 'Only a closed period is reopened',
  reopening_not_asked: 'Nobody waits for an answer to this',
  reopening_moved: 'What would be let in or superseded has moved since it was asked for; ask again',
  calendar_not_found: 'There is no such calendar',
  system_not_found: 'There is no such system',
  delivery_not_found: 'There is no such delivery',
  delivery_cannot: 'This cannot be done with the delivery as it stands',
  delivery_overtaken: 'A later publication was told to this target already',
  source_needs_no_test: 'There is nothing to test: people bring the files of this source',
  person_not_found: 'There is no such person',
  person_exists: 'Somebody signs in with this name already',
  last_admin: 'Somebody must be left who may manage people',
  stand_in_refused: 'This cannot be done with a stand-in',
  own_role: 'Nobody changes their own role, scope or access',
  password_weak: 'Choose a longer password',
  entity_not_found: 'There is no such entity',
  exception_not_found: 'There is no such exception',
  exception_named: 'It has a name already; only what is unclassified is classified',
  classification_rule_not_found: 'There is no such classification rule, or it was withdrawn',
  classification_rule_exists: 'There is a classification rule for this already',
  bulk_replay_not_found: 'There is no such replay',
  bulk_replay_refused: 'This cannot be done with the replay now',
  nothing_to_replay: 'No record waits that could be replayed',
  rehearsal_stale: 'Something moved since the rehearsal; rehearse again',
  line_not_found: 'There is no such line',
  record_not_found: 'There is no such rejected record',
  correction_not_found: 'There is no such correction',
  correction_refused: 'This cannot be corrected',
  correction_moved: 'Somebody was there before you; look at the correction again',
  artifact_not_found: 'There is no such artifact',
  audit_key_missing: 'No checkpoint can be signed; the log goes on without',
  audit_log_changed: 'No checkpoint is signed, because the log is not the one that was signed before',
  view_not_found: 'There is no such view, or it is not yours',
  file_not_given: 'Choose a file',
  too_many_at_once: 'Other files are being loaded, and this one was not: send it again in a minute',
  fell_silent: 'Nothing more came for a minute, and nothing was kept: look at your connection and send it again',
  source_needs_file: 'This job reads files that people give it: load a file instead of running it',
  dimension_not_found: 'There is no such dimension',
  proposal_not_found: 'There is no such proposal',
  proposal_decided: 'Somebody decided this proposal already',
  mapping_refused: 'The mapping cannot be changed like this',
  mapping_moved: 'The mapping was changed since you looked; look at the effect again',
  member_not_found: 'There is no such member',
  work_sheet_not_found: 'There is no such sheet, or somebody else brought it',
  reconciliation_not_found: 'There is no such reconciliation',
  reconciliation_moved: 'It moved since you looked; look at it again',
  sign_off_refused: 'This cannot be signed',
  match_refused: 'These lines cannot be matched like this',
  explanation_refused: 'This cannot be explained',
  evidence_refused: 'This file is not taken',
  evidence_not_found: 'There is no such file',
  evidence_missing: 'This file is not kept any more as it was added',
  input_invalid: 'The input is not valid',
} as const
export type RefusalCode = keyof typeof REFUSALS

export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    readonly code: RefusalCode,
    /** Specifics, in the user's words. */
    readonly detail: string = '',
  ) {
    super(detail ? `${REFUSALS[code]}: ${detail}` : REFUSALS[code])
  }
}
