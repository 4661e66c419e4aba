import type { APIRequestContext } from '@playwright/test'
import { paths } from '#app/paths.ts'

/** Stands for the number of an open exception with records: the runs that found the later ones ended in no fixed order. */
const OPEN = 999_999_999

/** The address with the number in it. Asked by somebody who is signed in. */
export async function numbered(request: APIRequestContext, address: string): Promise<string> {
  if (!address.includes(`${OPEN}`)) return address
  const list = await request.get(paths.exceptions({ class: 'business', code: 'member_inactive' }))
  const number = /href="\/exceptions\/(\d+)/.exec(await list.text())?.[1]
  if (number === undefined) throw new Error('no exception of an inactive member is open')
  return address.replace(`${OPEN}`, number)
}

/**
 * Every screen, and every state of one that has a look of its own. Run 10 of the demonstration has rejected records, of a job that
 * lets nobody correct them, run 21 is held, exception 3 is one of a control, exception 1 is fixed; db/seed/seed.test.ts keeps it so.
 */
export const PAGES: Readonly<Record<string, string>> = {
  Tower: paths.tower(),
  'Control totals': paths.totals(),
  'Control totals, source to loaded': paths.totals({ view: 'checkpoints' }),
  'Control totals, what changed': paths.totals({ view: 'changes', since: 60 }),
  'Control totals, published': paths.totals({ view: 'published' }),
  'Control totals, periods across': paths.totals({ across: 'period' }),
  'Control totals, versions across': paths.totals({ by: 'period', across: 'version' }),
  'Control totals, over periods': paths.totals({ view: 'periods' }),
  'Tower, jobs': paths.tower({ grid: 'jobs' }),
  'Tower, days': paths.tower({ grid: 'days' }),
  'What waits': paths.waiting(),
  'What waits, loads': paths.waiting({ what: 'loads' }),
  Metrics: paths.metrics(),
  Lines: paths.lines(),
  Exceptions: paths.exceptions(),
  'Exceptions, control': paths.exceptions({ class: 'control' }),
  'Exceptions, technical': paths.exceptions({ class: 'technical' }),
  'exceptions to waive': paths.exceptions({ do: 'waive', chosen: `${OPEN}` }),
  'exceptions to bring back from a sheet': paths.bringSheet(),
  'an exception of records': paths.exception(OPEN),
  'an exception that is fixed': paths.exception(1),
  'an exception of a control': paths.exception(3),
  'an exception to assign': paths.exception(OPEN, { do: 'assign' }),
  'the severity of an exception': paths.exception(OPEN, { do: 'severity' }),
  'an end of an exception to propose': paths.exception(OPEN, { do: 'end', ending: 'waived' }),
  Runs: paths.runs(),
  'a run that published': paths.run(10),
  'its timeline': paths.run(10, { view: 'timeline' }),
  'its trace': paths.run(10, { view: 'trace' }),
  'its trace with statements': paths.run(10, { view: 'trace', spans: 'all' }),
  'its rejected records': paths.runRejected(10),
  'its repeated records': paths.runRepeats(10),
  'a run that is held': paths.run(21),
  'a replay to preview': paths.run(21, { do: 'replay' }),
  'a rollback to preview': paths.run(10, { do: 'rollback' }),
  Replays: paths.replays(),
  'records to replay': paths.replayNew({ exceptions: `${OPEN}` }),
  'records to replay, none said': paths.replayNew(),
  Corrections: paths.corrections(),
  'Corrections, none that stand so': paths.corrections({ standing: 'spent' }),
  'a record of which nothing can be corrected': paths.correctionNew({ record: 1_000_000_000 }),
  Deliveries: paths.deliveries(),
  'Deliveries, none': paths.deliveries({ status: 'aborted' }),
  'a delivery': paths.delivery(1),
  'a delivery, none of a state': paths.delivery(1, { state: 'refused' }),
  'a delivery to abort': paths.delivery(1, { do: 'abort' }),
  Rates: paths.rates(),
  'Rates, none of a pair': paths.rates({ pair: 'EUR/XXX' }),
  Reconciliations: paths.reconciliations(),
  'Reconciliations, none of a name': paths.reconciliations({ name: 'nothing' }),
  'a reconciliation': paths.reconciliation(1),
  'a reconciliation to prepare': paths.reconciliation(1, { do: 'prepare' }),
  Jobs: paths.jobs(),
  'Import a job': paths.jobs({ do: 'import' }),
  'a job': paths.job('torvane-plant-movements'),
  'Change the schedule of a job': paths.job('torvane-plant-movements', { do: 'schedule' }),
  Feeds: paths.feeds(),
  'Feeds, missing': paths.feeds({ state: 'missing' }),
  'Feeds, expected': paths.feeds({ state: 'expected' }),
  Mappings: paths.mappings(),
  'codes that wait for a mapping': paths.unmapped(),
  'a dimension': paths.dimension('cost_centre'),
  'a member': paths.dimension('cost_centre', { member: '|CC200' }),
  'a correction by hand': paths.dimension('cost_centre', { member: '|CC200', do: 'correct' }),
  'the mapping of a system': paths.mapping('torvane-procurement'),
  'a mapping that is empty': paths.mapping('torvane-plant'),
  'a mapping to propose': paths.mapping('torvane-procurement', { do: 'propose', dimension: 'account', code: 'COBALT' }),
  'a list of mappings to propose': paths.mapping('torvane-procurement', { do: 'list' }),
  'an artifact': paths.artifact(1),
  Upload: paths.upload(),
  Systems: paths.systems(),
  'a system': paths.system('torvane-procurement', { window: '30d' }),
  'a system that does not answer': paths.system('torvane-reporting'),
  'Calendars and periods': paths.periods(),
  'a change of a period': paths.periods({ do: 'change', cell: 'AS01 2026-11' }),
  'a calendar': paths.calendar('months'),
  Audit: paths.audit(),
  'an audit event': paths.auditEvent(1),
  Checkpoints: paths.auditCheckpoints(),
  Verify: paths.auditVerify(),
  'Settings, people': paths.settings(),
  'Add a person': paths.settings({ do: 'add' }),
  'Settings, classification': paths.settings({ view: 'classification' }),
  'Settings, installation': paths.settings({ view: 'installation' }),
  'a person': paths.person('cara'),
}
