import type postgres from 'postgres'
import type { Database } from '#db/client.ts'
import { readAudit, readAuditEvent } from '#server/services/reads/audit-view.ts'
import { readCloseBoard } from '#server/services/reads/close-board.ts'
import { readExceptionHistory } from '#server/services/reads/exception-history.ts'
import { readException, readExceptions } from '#server/services/reads/exceptions-view.ts'
import { readLineDetail } from '#server/services/reads/line-detail.ts'
import { readLines } from '#server/services/reads/lines-view.ts'
import { readReconciliations } from '#server/services/reads/reconciliations-view.ts'
import { readRunList } from '#server/services/reads/run-list.ts'
import { readRejected, readRepeats } from '#server/services/reads/run-rows.ts'
import { readTotalsAnew } from '#server/services/reads/totals-view.ts'
import { readTower } from '#server/services/reads/tower-view.ts'

/** What the hot queries ask about. */
export type PlanIds = {
  readonly publication: number
  readonly lineId: number
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
  /** A run that rejected records. */
  readonly runId: number
  readonly exceptionId: number
  readonly job: string
  readonly correlationId: string
}

export type HotQuery = {
  ask(db: Database, ids: PlanIds): Promise<unknown>
  /** Indexes, by how the lines of the plan name them, on lines by that of its shared segment. */
  readonly uses: readonly string[]
}

const scope = ['*']
const now = new Date('2026-11-21T12:00:00Z')
const actor = { name: 'test:plans', role: 'auditor', entityScope: scope } as const
const slice = ({ entity, period, version, currency }: PlanIds) => ({ entity, period, version, currency, scope })
const totals = (view: 'pivot' | 'published', isPast: boolean) => (db: Database, ids: PlanIds) =>
  readTotalsAnew(db, { view, filter: slice(ids), publication: isPast ? ids.publication - 1 : ids.publication, isPast }, now)
const lines = (page: { after?: number; before?: number }) => (db: Database, ids: PlanIds) =>
  readLines(db, { filter: slice(ids), publication: ids.publication, addUp: false, ...page }, now)
const exceptions = (filter: object) => (db: Database) => readExceptions(db, { group: 'business', scope, ...filter }, now)

const SLICE_TOTALS = 'slice_totals_entity_period'
const CONTROL_TOTALS = 'control_totals_run_id'
const LINES_OF_SLICE = 'lines_shared_entity_period_version_currency_line_id_idx'
/** Of open exceptions the rollup says what waits; of closed ones, and of what was judged again, the rejections themselves. */
const ROLLUP = ['waiting_records_by_exception']
const WAITING = [...ROLLUP, 'rejections_by_exception', 'rejections_replaced', 'rejected_records_pkey']

/** The choices of its filters go from name to name; the place of each event is looked up. */
const AUDIT = ['audit_by_actor', 'audit_by_action', 'audit_leaves_event_id_unique']

/** Every read that people wait for, through the function its screen calls; of totals the reading, not what is kept of it. */
export const HOT_QUERIES: Readonly<Record<string, HotQuery>> = {
  'totals of a slice': { ask: totals('published', false), uses: [SLICE_TOTALS] },
  'totals of a slice as of an old publication': { ask: totals('published', true), uses: [SLICE_TOTALS] },
  'the pivot': { ask: totals('pivot', false), uses: [SLICE_TOTALS, CONTROL_TOTALS] },
  'the pivot as of an old publication': { ask: totals('pivot', true), uses: [SLICE_TOTALS, CONTROL_TOTALS] },
  'lines of a slice': { ask: lines({}), uses: [LINES_OF_SLICE] },
  'lines of a slice, a later page': { ask: lines({ after: 1 }), uses: [LINES_OF_SLICE] },
  'lines of a slice, the page before': { ask: lines({ before: 2 ** 40 }), uses: [LINES_OF_SLICE] },
  'a line beside its source record': {
    ask: (db, { lineId, publication }) => readLineDetail(db, { lineId, publication, scope }, now),
    uses: [
      'lines_shared_pkey',
      'lines_shared_source_key_idx',
      'artifact_marks_artifact_id',
      'artifact_chunks_artifact_id',
      'run_artifacts_by_artifact',
    ],
  },
  'exceptions that are open': { ask: exceptions({}), uses: ROLLUP },
  'exceptions of a period': { ask: exceptions({ period: '2026-03' }), uses: WAITING },
  'exceptions of a version': { ask: exceptions({ version: 'actual' }), uses: WAITING },
  'exceptions of a currency': { ask: exceptions({ currency: 'NOK' }), uses: WAITING },
  'exceptions that are closed': { ask: exceptions({ state: 'closed' }), uses: WAITING },
  'exceptions of a run': {
    ask: (db, { runId }) => exceptions({ runId })(db),
    uses: [...WAITING, 'rejections_by_run', 'claims_by_run'],
  },
  'an exception': {
    ask: (db, { exceptionId }) => readException(db, { exceptionId, scope }, now),
    uses: [...WAITING, 'rejections_by_record'],
  },
  'the history of an exception': {
    ask: (db, { exceptionId }) => readExceptionHistory(db, { exceptionId, kind: undefined, actor, isPartly: false }),
    uses: ['audit_by_object', 'rejections_replaced', 'claims_by_exception'],
  },
  'the list of runs': { ask: (db) => readRunList(db, { scope }, now), uses: ['runs_pkey', CONTROL_TOTALS] },
  'runs of a job': { ask: (db, { job }) => readRunList(db, { job, scope }, now), uses: ['runs_by_job'] },
  'records a run rejected': {
    ask: (db, { runId }) => readRejected(db, { runId, scope }, now),
    uses: ['rejected_by_run', 'rejections_by_record', 'rejections_by_run'],
  },
  'records a run repeated': { ask: (db, { runId }) => readRepeats(db, { runId, scope }, now), uses: ['repeats_by_load'] },
  'the audit log': { ask: (db) => readAudit(db, { actor }, now), uses: [...AUDIT, 'audit_by_time'] },
  'the audit log, a later page': { ask: (db) => readAudit(db, { actor, before: 9 }, now), uses: [...AUDIT, 'audit_by_time'] },
  'the audit log of some days': {
    ask: (db) => readAudit(db, { actor, from: '2026-11-01', to: '2026-11-02' }, now),
    uses: [...AUDIT, 'audit_by_time'],
  },
  'the audit log of a person': { ask: (db) => readAudit(db, { actor, who: 'cara' }, now), uses: AUDIT },
  'the audit log of an action': { ask: (db) => readAudit(db, { actor, action: 'run.replayed' }, now), uses: AUDIT },
  'the audit log of an object': {
    ask: (db, { runId }) => readAudit(db, { actor, objectType: 'run', objectId: `${runId}` }, now),
    uses: [...AUDIT, 'audit_by_object'],
  },
  'an audit event with its proof': {
    ask: (db) => readAuditEvent(db, 1, actor),
    uses: ['audit_events_pkey', 'audit_leaves_event_id_unique', 'audit_checkpoints_by_size', 'audit_leaves_pkey'],
  },
  'the audit log of one chain of cause': {
    ask: (db, { correlationId }) => readAudit(db, { actor, correlationId }, now),
    uses: [...AUDIT, 'audit_by_correlation'],
  },
  'the close board': {
    ask: (db, { publication }) => readCloseBoard(db, { publication, scope }, now),
    uses: [SLICE_TOTALS],
  },
  'the list of reconciliations': { ask: (db) => readReconciliations(db, { scope }, 'cara', now), uses: ['reconciliations_pkey'] },
  'the tower': {
    ask: (db, { publication }) => readTower(db, { role: 'controller', grid: 'periods', publication, scope }, now),
    uses: [CONTROL_TOTALS, ...ROLLUP],
  },
}

type Statement = { readonly text: string; readonly values: readonly unknown[] }

/** The statements that a read really sends, in their order. */
export async function statementsOf(db: Database, work: () => Promise<unknown>): Promise<Statement[]> {
  const client = db.$client as unknown as { unsafe: (text: string, values?: unknown[], ...rest: unknown[]) => unknown }
  const { unsafe } = client
  const sent: Statement[] = []
  client.unsafe = (text, values = [], ...rest) => {
    sent.push({ text, values })
    return unsafe(text, values, ...rest)
  }
  try {
    await work()
  } finally {
    client.unsafe = unsafe
  }
  return sent
}

/**
 * Each plan as text. 'can': as if reading a whole table were dear, for a database that is too small to tell. `first` is done before,
 * and undone.
 */
export async function plansOf(
  owner: postgres.Sql,
  statements: readonly Statement[],
  ask: 'does' | 'can',
  first?: string,
): Promise<string[]> {
  const plans: string[] = []
  const undo = new Error('undo')
  const explain = owner.begin(async (tx) => {
    if (ask === 'can') await tx`select set_config('enable_seqscan', 'off', true)`
    if (first) await tx.unsafe(first)
    for (const { text, values } of statements) {
      const rows = await tx.unsafe(`explain (costs off) ${text}`, values as postgres.ParameterOrJSON<never>[])
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
    }
    throw undo
  })
  await explain.catch((error) => {
    if (error !== undo) throw error
  })
  return plans
}
