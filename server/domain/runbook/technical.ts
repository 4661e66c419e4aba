import type { TechnicalCode } from '../errors.ts'
import type { TargetCode } from './deliveries.ts'
import type { Guide } from './guide.ts'

const IT = 'IT.'
const WITH_SOURCE = 'IT, with the owner of the source system.'
const WITH_SENDER = 'IT, with the sender of the file.'
const REQUESTS = 'Trace and requests of the run show each request, its answer and how long it took.'

/** Failures that stop a run. What was extracted before is kept: a restart goes on from there. */
export const TECHNICAL_GUIDES = {
  source_unreachable: {
    means: 'No connection to the source system came about. All jobs of the system share this exception.',
    find: 'Test the connection on its page under Systems: name, port, firewall, certificate, or the system is down.',
    mend: 'Wait for the retry while it is tried again; after that restart the runs once the system answers.',
    who: WITH_SOURCE,
  },
  source_timed_out: {
    means: 'The source system took longer than its time limit to answer.',
    find: REQUESTS,
    mend: 'Wait for the retry; where it is always slow, ask for smaller pages in the job; then restart.',
    who: WITH_SOURCE,
  },
  source_unavailable: {
    means: 'The source system answers that it cannot serve now, as in a maintenance window.',
    find: REQUESTS,
    mend: 'Wait for the retry, or restart the run when the window is over.',
    who: WITH_SOURCE,
  },
  source_throttled: {
    means: 'The source system asks us to come later.',
    find: 'Its page under Systems shows how often; other clients may use the same quota.',
    mend: 'Nothing while it is tried again. If it lasts, spread the schedules or ask for a larger quota, then restart.',
    who: WITH_SOURCE,
  },
  source_cut_short: {
    means: 'The connection broke in the middle of an answer. The broken answer was not used.',
    find: REQUESTS,
    mend: 'Wait for the retry; if it always breaks at the same place, ask the owner about a proxy or a limit between.',
    who: WITH_SOURCE,
  },
  source_record_locked: {
    means: 'Somebody holds the same record in the source system, or changed it meanwhile.',
    find: 'The detail holds what it answered, some systems with the name of who holds it.',
    mend: 'Wait for the retry; if it lasts, have the record let go there, then restart the run.',
    who: WITH_SOURCE,
  },
  source_certificate_refused: {
    means: 'The certificate or key the source system shows is not one we trust, so nothing was sent to it.',
    find: 'The detail says why: expired, another name, or an issuer unknown here. Ask whether it was renewed or moved.',
    mend: 'Have it renewed there, or trust its issuer here; then restart the run. Never switch the check off.',
    who: WITH_SOURCE,
  },
  database_busy: {
    means: 'Our own database did not answer in time or was being restarted.',
    find: 'The doctor command and the log of the database say what it did at that time.',
    mend: 'Wait for the retry, or restart the run.',
    who: IT,
  },
  database_full: {
    means: 'The disk of our own database is full. What the run was given is kept.',
    find: 'The doctor command names the folder and what is left on its disk.',
    mend: 'Make room on the disk. Then wait for the retry, or restart the run.',
    who: IT,
  },
  database_refused: {
    means: 'Our own database does not let us in or refuses a right. It is no matter of the source.',
    find: 'The doctor command says what is wrong with the installation; the log of the database says who was refused what.',
    mend: 'Correct the role, its rights or the name in DATABASE_URL; then restart the run.',
    who: IT,
  },
  worker_lost: {
    means: 'The worker that carried the run out died. Nothing of it became visible.',
    find: 'Look at the log of the worker, and for a process that was killed for its memory.',
    mend: 'Nothing: another worker takes it over. If none is alive, start one.',
    who: IT,
  },
  newer_data_stands: {
    means:
      'The run was kept back, by a retry or a restart, and a newer run of its job has published the same records since. Older values were not put over newer ones.',
    find: 'The detail names the newer run and how many records stand: compare the two inputs.',
    mend: 'Nothing, where the newer values are right. Else preview a replay of this run and confirm it, or roll the newer run back.',
    who: IT,
  },
  credential_refused: {
    means: 'The source system does not accept our credential.',
    find: 'Test the connection under Systems: the credential has expired, was changed, or lacks a right.',
    mend: 'Renew it where the job takes it from, then restart the run.',
    who: WITH_SOURCE,
  },
  credential_missing: {
    means: 'The environment variable the job names for its credential is not set.',
    find: 'Settings, installation, lists which are set and which are not.',
    mend: 'Set it for every process that runs jobs and start them again; then restart the run.',
    who: IT,
  },
  source_endpoint_unknown: {
    means: 'The address does not exist at the source system.',
    find: 'Compare the address in the job with what the source documents; it may have moved with an upgrade.',
    mend: 'Correct the address in the job and import it; then restart the run.',
    who: IT,
  },
  source_refused: {
    means: 'The source system understood the request and refused it.',
    find: 'The detail holds what it answered.',
    mend: 'Correct what it names in the job and import it; then restart the run.',
    who: WITH_SOURCE,
  },
  source_contract_changed: {
    means: 'The answer has another form than the job expects.',
    find: 'Compare the stored answer, an artifact of the run, with what the job expects.',
    mend: 'Correct the job and import it, then replay: the stored answer is judged again.',
    who: WITH_SOURCE,
  },
  source_loops: {
    means: 'The source names a page twice, or never ends.',
    find: REQUESTS,
    mend: 'Ask its owner why its cursor does not move on; where it really has more pages, raise maxPages in the job.',
    who: WITH_SOURCE,
  },
  source_not_found: {
    means: 'The file or folder the job names is not there.',
    find: 'Compare the name in the job with what is on the disk, and the rights of the process on it.',
    mend: 'Put it there or correct the name; then run the job again.',
    who: WITH_SENDER,
  },
  file_empty: {
    means: 'The file holds nothing.',
    find: 'The artifact shows what arrived.',
    mend: 'Ask the sender for the file again, and load it.',
    who: WITH_SENDER,
  },
  file_malformed: {
    means: 'The file cannot be read beyond the position in the detail.',
    find: 'Download the artifact and look at that position.',
    mend: 'Ask the sender for a correct file, or correct the format in the job and replay.',
    who: WITH_SENDER,
  },
  file_encoding_wrong: {
    means: 'The bytes are not text in the encoding the job names.',
    find: 'Download the artifact and look at the position in the detail.',
    mend: 'Correct the encoding in the job and replay, or ask the sender for UTF-8.',
    who: WITH_SENDER,
  },
  file_too_large: {
    means: 'The file is larger than the job allows.',
    find: 'The detail names both sizes.',
    mend: 'Ask for smaller files, or raise the limit in the job; then load it again.',
    who: IT,
  },
  file_columns_wrong: {
    means: 'The columns of the file are not those the job expects.',
    find: 'The detail names what is missing; the artifact shows the heading that arrived.',
    mend: 'Correct the mapping in the job and replay, or ask the sender for the agreed columns.',
    who: WITH_SENDER,
  },
  file_hostile: {
    means: 'The file is built so that reading it would exhaust the reader. It was refused.',
    find: 'The detail says what is too deep or too large.',
    mend: 'Do not open it elsewhere; ask the sender how it came about, and tell security.',
    who: 'IT, with security.',
  },
  file_is_test: {
    means: 'The bank marks the file as a test. Nothing of it was loaded.',
    find: 'The detail says where the mark stands.',
    mend: 'Ask the bank for the real file, and where it goes on sending tests, to send them elsewhere.',
    who: 'IT, with the bank.',
  },
  unexpected_error: {
    means: 'Something happened that has no name here yet. It is held and counted, never guessed.',
    find: 'The detail and the trace of the run hold what was thrown and where.',
    mend: 'IT says what it was; then the run is restarted, or replayed when the cause is mended.',
    who: IT,
  },
} as const satisfies Record<Exclude<TechnicalCode, TargetCode> | 'unexpected_error', Guide>
