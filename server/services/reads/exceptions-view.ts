import type { Queryable } from '#db/client.ts'
import {
  listClaimsOf,
  listExceptionChoices,
  listFailedAttempts,
  listRunsThatSaw,
  sumWaiting,
  type FailedAttempt,
  type SeenByRun,
  type WaitingSum,
} from '#db/queries/exception-screens.ts'
import type { ExceptionsFilter } from '#db/queries/exception-filter.ts'
import { countExceptionsByAge, listExceptionIds, listExceptions, type ExceptionRow } from '#db/queries/exceptions.ts'
import { listRejected, type RejectedRecord } from '#db/queries/rejected.ts'
import { listHeldLoads, listUnsignedBehind, listRankable, listWaiting } from '#db/queries/release.ts'
import { findJob, findRun } from '#db/queries/runs.ts'
import { listAssignable, type AssignableRow } from '#db/queries/triage.ts'
import { AGE_BUCKETS, AGE_NAMES, type AgeBucket } from '#server/domain/age.ts'
import { Refusal, TECHNICAL_FAILURES, type FailureClass } from '#server/domain/errors.ts'
import { focusOf, inReleaseOrder, type Focus, type Unsigned } from '#server/domain/release-order.ts'
import { BUSINESS_RULES, CONTROL_RULES, DELIVERY_RULES, MASTER_DATA_RULES } from '#server/domain/rules/catalogue.ts'
import { REFUSED_RULES } from '#server/domain/rules/refused.ts'
import { runCan, type RunStatus } from '#server/domain/run.ts'
import { withCertainty, type Certain } from './certainty.ts'
import { EXPORT_ROWS_MAX, wholeExport } from './whole-export.ts'

/** The tabs: who acts. */
export const EXCEPTION_GROUPS = {
  business: ['business'],
  technical: ['technical_permanent', 'technical_transient'],
  control: ['control'],
  unclassified: ['unclassified'],
} as const satisfies Record<string, readonly FailureClass[]>
export type ExceptionGroup = keyof typeof EXCEPTION_GROUPS

/** `isRedacted`: its figures cover entities out of scope as well, so they are left out. */
export type ShownException = ExceptionRow

export type ExceptionsView = {
  readonly rows: readonly ShownException[]
  readonly counts: Readonly<Record<ExceptionGroup, number>>
  readonly choices: {
    readonly jobs: readonly string[]
    readonly codes: readonly string[]
    readonly people: readonly AssignableRow[]
  }
  /** Of this group, whatever the age that is asked for. */
  readonly ages: readonly { readonly bucket: AgeBucket; readonly count: number }[]
  /** How far the first of them come, in the order of what they release; null in another order, or where nothing waits. */
  readonly focus: Focus | null
  readonly order: ExceptionsOrder
  readonly page: number
  readonly pages: number
  readonly total: number
  readonly computedAt: string
}

const PAGE_ROWS = 100
const WAITING_PAGE_ROWS = 50
const RUNS_MAX = 30

export type ExceptionsOrder = 'release' | 'newest'
export type ExceptionsRequest = Omit<ExceptionsFilter, 'classes' | 'limit' | 'before' | 'after'> & {
  readonly group: ExceptionGroup
  /** Left out: the newest first. */
  readonly order?: ExceptionsOrder
  readonly page?: number
}

/** One page of exceptions of one group, one row a cause. */
export async function readExceptions(
  db: Queryable,
  { group, order = 'newest', page: asked = 1, ...filter }: ExceptionsRequest,
  now: Date,
): Promise<ExceptionsView> {
  const { age, ...ofAnyAge } = filter
  const classes = EXCEPTION_GROUPS[group]
  const today = age?.today ?? now.toISOString().slice(0, 10)
  const [ids, counted, choices, people] = await Promise.all([
    listInOrder(db, { ...filter, classes }, order, now),
    countExceptionsByAge(db, ofAnyAge, today),
    listExceptionChoices(db, filter.scope),
    listAssignable(db),
  ])
  const pages = Math.max(1, Math.ceil(ids.length / PAGE_ROWS))
  const page = Math.min(asked, pages)
  const onPage = ids.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS)
  const [rows, focus] = await Promise.all([
    listExceptions(db, { ...filter, exceptionIds: onPage, now, today, limit: PAGE_ROWS }),
    order === 'release' ? readFocus(db, ids, filter) : null,
  ])
  const place = new Map(onPage.map((exceptionId, index) => [exceptionId, index]))
  const within = (name: ExceptionGroup, bucket: AgeBucket | undefined) => sumWithin(counted, EXCEPTION_GROUPS[name], bucket)
  const of = (name: ExceptionGroup) => within(name, age?.bucket)
  return {
    rows: rows.toSorted((a, b) => place.get(a.exceptionId)! - place.get(b.exceptionId)!),
    counts: { business: of('business'), technical: of('technical'), control: of('control'), unclassified: of('unclassified') },
    choices: { ...choices, people },
    ages: AGE_NAMES.map((bucket) => ({ bucket, count: within(group, bucket) })),
    focus,
    order,
    page,
    pages,
    total: ids.length,
    computedAt: now.toISOString(),
  }
}

/** The numbers of all that match, in that order. */
export async function listInOrder(db: Queryable, filter: ExceptionsFilter, order: ExceptionsOrder, now: Date): Promise<number[]> {
  if (order === 'newest') return listExceptionIds(db, filter)
  return inReleaseOrder(await listRankable(db, filter), now).map(({ exceptionId }) => exceptionId)
}

async function readFocus(db: Queryable, ids: readonly number[], filter: ExceptionsFilter): Promise<Focus | null> {
  const [waiting, held, unsigned] = await Promise.all([
    listWaiting(db, ids, filter),
    listHeldLoads(db, ids),
    listUnsignedBehind(db, ids, filter.scope),
  ])
  return focusOf(ids, waiting, held, unsigned)
}

/** All exceptions of the view, for a file. */
export async function readExceptionsForExport(
  db: Queryable,
  { group, order = 'newest', page: _, ...filter }: ExceptionsRequest,
  now: Date,
  max = EXPORT_ROWS_MAX,
): Promise<ShownException[]> {
  const ids = await wholeExport(max, () => listInOrder(db, { ...filter, classes: EXCEPTION_GROUPS[group] }, order, now))
  const rows = await listExceptions(db, {
    ...filter,
    exceptionIds: ids,
    now,
    limit: max,
  })
  const place = new Map(ids.map((exceptionId, index) => [exceptionId, index]))
  return rows.toSorted((a, b) => place.get(a.exceptionId)! - place.get(b.exceptionId)!)
}

function sumWithin(
  counted: Awaited<ReturnType<typeof countExceptionsByAge>>,
  classes: readonly FailureClass[],
  bucket: AgeBucket | undefined,
): number {
  const [from, to] = bucket ? AGE_BUCKETS[bucket] : [0, null]
  const within = counted.filter(
    ({ failureClass, days }) => classes.includes(failureClass) && days >= from && (to === null || days <= to),
  )
  return within.reduce((sum, { count }) => sum + count, 0)
}

export type Advice = { readonly title: string; readonly action: string; readonly technical: string | null }

export type ExceptionDetail = {
  readonly exception: ShownException
  readonly advice: Advice
  readonly waiting: {
    readonly rows: readonly Certain<RejectedRecord>[]
    readonly sums: readonly WaitingSum[]
    readonly next: number | null
  }
  readonly claims: Awaited<ReturnType<typeof listClaimsOf>>
  readonly runs: readonly SeenByRun[]
  readonly failedAttempts: readonly FailedAttempt[]
  /** Of its job as it stands. */
  /** Reconciliations that wait to be signed with records of it in their difference. */
  readonly unsigned: readonly Unsigned[]
  readonly process: string
  readonly title: string
  /** Null where what failed is that no run came. */
  readonly lastRun: {
    readonly runId: number
    readonly status: RunStatus
    readonly canReplay: boolean
    readonly canRestart: boolean
    /** The code of the system it asked. */
    readonly system: string
  } | null
  readonly computedAt: string
}

export type ExceptionRequest = Pick<ExceptionsFilter, 'entity' | 'period' | 'version' | 'scope'> & {
  readonly exceptionId: number
  readonly after?: number | undefined
}

/** One exception with what waits behind it. Throws Refusal (exception_not_found), for one out of scope as well. */
export async function readException(
  db: Queryable,
  { exceptionId, after, ...view }: ExceptionRequest,
  now: Date,
): Promise<ExceptionDetail> {
  const [row] = await listExceptions(db, { exceptionId, state: 'all', scope: view.scope, now })
  if (!row) throw new Refusal('exception_not_found', `${exceptionId}`)
  const exception = row
  const { lastRunId } = row
  const isTechnical = row.failureClass !== 'business' && row.failureClass !== 'control'
  const [found, sums, claims, runs, failedAttempts, run, job, unsigned] = await Promise.all([
    listRejected(db, { ...view, exceptionId, after, limit: WAITING_PAGE_ROWS + 1 }),
    sumWaiting(db, exceptionId, view),
    exception.isRedacted || lastRunId === null ? [] : listClaimsOf(db, exceptionId, lastRunId),
    listRunsThatSaw(db, exceptionId, view.scope, RUNS_MAX),
    isTechnical && lastRunId !== null ? listFailedAttempts(db, lastRunId) : [],
    lastRunId === null ? null : findRun(db, lastRunId),
    findJob(db, row.job),
    listUnsignedBehind(db, [exceptionId], view.scope),
  ])
  const onPage = found.slice(0, WAITING_PAGE_ROWS).map((record) => ({ ...record, rejectedId: Number(record.rejectedId) }))
  const rows = await withCertainty(db, onPage, view.scope)
  return {
    exception,
    advice: adviceFor(row),
    waiting: { rows, sums, next: found.length > WAITING_PAGE_ROWS ? rows.at(-1)!.rejectedId : null },
    claims,
    runs,
    failedAttempts,
    unsigned,
    process: job!.definition.process,
    title: job!.definition.title,
    lastRun: run && {
      runId: run.run.runId,
      status: run.run.status,
      canReplay: runCan('replay', run.run.status),
      canRestart: runCan('restart', run.run.status),
      system: run.job.system.code,
    },
    computedAt: now.toISOString(),
  }
}

function adviceFor({ code, failureClass, title }: ExceptionRow): Advice {
  if (isKey(BUSINESS_RULES, code)) return BUSINESS_RULES[code]
  if (isKey(CONTROL_RULES, code)) return CONTROL_RULES[code]
  if (isKey(DELIVERY_RULES, code)) return DELIVERY_RULES[code]
  if (isKey(MASTER_DATA_RULES, code)) return MASTER_DATA_RULES[code]
  if (isKey(REFUSED_RULES, code)) return REFUSED_RULES[code]
  if (isKey(TECHNICAL_FAILURES, code)) return { ...TECHNICAL_FAILURES[code], technical: null }
  return failureClass === 'unclassified'
    ? {
        title,
        action: 'IT finds out what happened and says which class it is; then the run is restarted or replayed.',
        technical: null,
      }
    : { title, action: 'Read the technical words below, mend the cause, then replay the run.', technical: null }
}

const isKey = <T extends object>(table: T, key: string): key is Extract<keyof T, string> => Object.hasOwn(table, key)
