import type { Database, Queryable } from '#db/client.ts'
import { listExceptions, type ExceptionRow } from '#db/queries/exceptions.ts'
import {
  findWithdrawal,
  listAttempts,
  listClaims,
  listDeliveries,
  listDescendants,
  listExceptionsClosedBy,
  listStages,
  sumRunOutcomes,
  type AttemptRow,
  type ClaimRow,
  type ClosedExceptionRow,
  type DeliveryRow,
  type OutcomeSum,
  type RelatedRun,
  type StageRow,
} from '#db/queries/run-detail.ts'
import { isRunInScope, isRunWholeInScope } from '#db/queries/run-screens.ts'
import { findRunWords } from '#db/queries/run-sentence.ts'
import { findJobVersion, findRun } from '#db/queries/runs.ts'
import { findOvertaker } from '#db/queries/overtaken.ts'
import { listRunTotals } from '#db/queries/totals.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import {
  hasEnded,
  runCan,
  type ControlTotal,
  type RunOutcomeSummary,
  type RunProgress,
  type RunStatus,
  type RunTrigger,
} from '#server/domain/run.ts'
import { findLastRollbackRequest, type RollbackRequest } from '#db/queries/rollbacks.ts'
import { previewRollback, type RollbackPreview } from '../rollback/rollback-run.ts'
import { readRunReport, type ReportedException } from './run-report.ts'
import { touchedInScope, type TouchedInScope } from './touched-in-scope.ts'

export type { AttemptRow, ClaimRow, DeliveryRow, OutcomeSum, RelatedRun }

export type RunFacts = {
  readonly runId: number
  readonly job: string
  readonly title: string
  readonly process: string
  readonly owner: string
  readonly jobVersion: number
  readonly jobVersionNow: number
  readonly trigger: RunTrigger
  readonly status: RunStatus
  readonly isPreview: boolean
  readonly slice: string
  readonly originRunId: number | null
  /** The replay of many records it is a part of, and whether it judged only some records of its artifacts. */
  readonly bulkReplayId: number | null
  readonly isPartial: boolean
  readonly system: { readonly code: string; readonly name: string }
  /** It read its source to the end: what it kept is all the source said. */
  readonly isInputWhole: boolean
  /** The due time of the tick that started it. */
  readonly scheduledFor: string | null
  /** Jobs that must publish first. */
  readonly waitsFor: readonly string[]
  /** The version of the mapping of its system the lines were mapped with. */
  readonly mappingVersion: number | null
  readonly attempt: number
  readonly attemptsMax: number
  readonly publication: number | null
  /** Of a load that was held: the run after which nothing of it is wanted any more. */
  readonly settledByRunId: number | null
  readonly asOfPublication: number | null
  readonly requestedBy: string
  readonly reason: string | null
  readonly correlationId: string
  readonly queuedAt: string
  readonly dueAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly progress: RunProgress | null
  readonly summary: RunOutcomeSummary | null
}

export type AskedRollback = Pick<RollbackRequest, 'requestId' | 'reason' | 'requestedBy' | 'closedPeriods'> & {
  readonly requestedAt: string
}

export type RunDetail = {
  readonly run: RunFacts
  /** The publication that took this one back. */
  readonly withdrawnBy: { readonly publication: number; readonly runId: number } | null
  readonly stages: readonly StageRow[]
  readonly attempts: readonly AttemptRow[]
  readonly sums: readonly OutcomeSum[]
  readonly totals: readonly ControlTotal[]
  readonly claims: readonly ClaimRow[]
  readonly raised: readonly ExceptionRow[]
  readonly closed: readonly ClosedExceptionRow[]
  /** Of a rehearsal: the exceptions it would open. */
  readonly foreseen: readonly ReportedException[]
  readonly deliveries: readonly DeliveryRow[]
  /** A rollback into closed periods that waits for a second person; those of other entities are left out. */
  readonly rollbackAsked: AskedRollback | null
  /** Raw bytes hold every entity, so only who may see them all may have them. */
  readonly mayDownload: boolean
  /** A newer run of the job that published, or is about to: this one is replayed and not restarted. */
  readonly overtakenBy: number | null
  readonly descendants: readonly RelatedRun[]
  readonly isLive: boolean
  readonly computedAt: string
}

const DELIVERIES_MAX = 200
const DESCENDANTS_MAX = 50

/** Everything the screen of one run shows. Throws Refusal (run_not_found), for a run out of scope as well. */
export async function readRunDetail(db: Queryable, runId: number, scope: readonly string[], now: Date): Promise<RunDetail> {
  const run = await findFacts(db, runId, scope)
  const [
    withdrawnBy,
    stages,
    attempts,
    sums,
    totals,
    claims,
    raised,
    closed,
    report,
    deliveries,
    mayDownload,
    descendants,
    asked,
    overtakenBy,
  ] = await Promise.all([
    run.publication === null ? null : findWithdrawal(db, run.publication),
    listStages(db, runId),
    listAttempts(db, runId),
    sumRunOutcomes(db, runId, scope),
    listRunTotals(db, runId, scope),
    listClaims(db, runId),
    listExceptions(db, { runId, scope }),
    listExceptionsClosedBy(db, runId, scope),
    run.isPreview ? readRunReport(db, runId, scope) : null,
    listDeliveries(db, runId, DELIVERIES_MAX),
    isRunWholeInScope(db, runId, scope),
    listDescendants(db, runId, scope, DESCENDANTS_MAX),
    findLastRollbackRequest(db, runId),
    runCan('restart', run.status) ? findOvertaker(db, runId) : null,
  ])
  return {
    // While it goes on, nobody can say which entities the records it has read are of.
    run: mayDownload ? run : { ...run, progress: null },
    withdrawnBy,
    stages: mayDownload ? stages : stages.map((stage) => ({ ...stage, records: null })),
    attempts,
    sums,
    totals,
    // A stated figure covers the whole file: it is for those who may see all of it.
    claims: mayDownload ? claims : [],
    raised,
    closed,
    foreseen: report?.exceptions ?? [],
    deliveries,
    rollbackAsked: asked && asked.answer === null ? shownRequest(asked, scope) : null,
    mayDownload,
    overtakenBy,
    descendants,
    isLive: !hasEnded(run.status),
    computedAt: now.toISOString(),
  }
}

const shownRequest = (
  { requestId, reason, requestedBy, requestedAt, closedPeriods }: RollbackRequest,
  scope: readonly string[],
) => ({
  requestId,
  reason,
  requestedBy,
  requestedAt: requestedAt.toISOString(),
  closedPeriods: periodsInScope(closedPeriods, scope),
})

const periodsInScope = (periods: readonly string[], entityScope: readonly string[]) =>
  periods.filter((period) => seesEntity({ entityScope }, period.split(' ')[0]!))

/** What a rollback would touch. `isPartlyHidden`: it touches entities out of the caller's scope, which are left out here. */
export type RollbackView = Omit<RollbackPreview, 'certifications'> & {
  readonly isPartlyHidden: boolean
  readonly certifications: TouchedInScope
}

/** Null when the run published nothing. Throws Refusal (run_not_found). */
export async function readRollbackPreview(db: Database, runId: number, actor: Actor): Promise<RollbackView | null> {
  await findFacts(db, runId, actor.entityScope)
  try {
    const preview = await previewRollback({ db }, runId)
    const slices = preview.slices.filter((slice) => slice.entity === '' || seesEntity(actor, slice.entity))
    const memberEntities = preview.memberEntities.filter((entity) => seesEntity(actor, entity))
    const areMembersHidden = memberEntities.length < preview.memberEntities.length
    const isPartlyHidden = areMembersHidden || slices.length < preview.slices.length
    const closedPeriods = periodsInScope(preview.closedPeriods, actor.entityScope)
    return {
      ...preview,
      slices,
      memberEntities,
      ...(areMembersHidden && { members: 0, membersRestored: 0 }),
      closedPeriods,
      isPartlyHidden,
      certifications: touchedInScope(preview.certifications, actor),
      ...(isPartlyHidden && { waitingAgain: { records: 0, exceptions: 0 } }),
    }
  } catch (error) {
    if (error instanceof Refusal && error.code === 'run_not_published') return null
    throw error
  }
}

/** Throws Refusal (run_not_found), for a run out of scope as well. */
export async function findFacts(db: Queryable, runId: number, scope: readonly string[]): Promise<RunFacts> {
  const found = (await isRunInScope(db, runId, scope)) ? await findRun(db, runId) : null
  if (!found) throw new Refusal('run_not_found', String(runId))
  const { run, job } = found
  return {
    runId,
    job: job.job,
    title: job.title,
    process: job.process,
    owner: job.owner,
    jobVersion: run.jobVersion,
    jobVersionNow: await findJobVersion(db, run.jobId),
    isInputWhole: run.extractedAt !== null,
    trigger: run.trigger,
    status: run.status,
    isPreview: run.isPreview,
    slice: run.slice,
    originRunId: run.originRunId,
    bulkReplayId: run.bulkReplayId,
    settledByRunId: run.settledByRunId,
    isPartial: run.isPartial,
    system: { code: job.system.code, name: job.system.name },
    scheduledFor: run.scheduledFor?.toISOString() ?? null,
    waitsFor: run.waitsFor,
    mappingVersion: run.mappingVersion,
    attempt: run.attempt,
    attemptsMax: job.retry.attempts,
    publication: run.publication,
    asOfPublication: run.asOfPublication,
    requestedBy: run.requestedBy,
    reason: run.reason,
    correlationId: run.correlationId,
    queuedAt: run.queuedAt.toISOString(),
    dueAt: run.dueAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    progress: run.progress ?? null,
    summary: run.summary ? await summaryFor(db, runId, run.summary, scope) : null,
  }
}

/** Who does not see all a run touched is told of their own entities only. */
async function summaryFor(
  db: Queryable,
  runId: number,
  summary: RunOutcomeSummary,
  scope: readonly string[],
): Promise<RunOutcomeSummary> {
  if (scope.includes('*')) return summary
  const { sentence, isWhole, lines, members } = await findRunWords(db, runId, scope)
  return isWhole ? summary : { outcome: summary.outcome, sentence: sentence ?? '', lines, members }
}
