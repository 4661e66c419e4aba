import { isDatabaseBusy, isUniqueViolation } from '#db/failures.ts'
import type { Transaction } from '#db/client.ts'
import { raiseException } from '#db/load/exceptions.ts'
import { openLoadPlace, dropLoadPlace } from '#db/load/places.ts'
import { publishLoad, type PublishPlan } from '#db/load/publish.ts'
import type { LoadScope } from '#db/load/settle-lines.ts'
import { clearAttempt, dropHeldPlaces, insertLoad } from '#db/queries/loads.ts'
import { enqueueNext, enqueueRun } from '#db/queries/queue.ts'
import { readClosedPeriods, readReference } from '#db/queries/reference.ts'
import {
  claimRun,
  delayRun,
  endAttempt,
  endRun,
  endStage,
  findRun,
  forgiveAttempts,
  holdsRun,
  listRunArtifacts,
  listRunEntities,
  reportProgress,
  startStage,
  type Run,
  type RunWithJob,
} from '#db/queries/runs.ts'
import { countOutcomes, listRunSlices } from '#db/queries/totals.ts'
import { seesEntity, WORKER } from '#server/domain/actor.ts'
import { failureDraft } from '#server/domain/exception.ts'
import { isLineType, type LineType } from '#server/domain/record.ts'
import { failureOf, retryDelayMs, type Failure } from '#server/domain/retry.ts'
import type { RunOutcomeSummary, RunStatus, StageName } from '#server/domain/run.ts'
import type { Context } from './context.ts'
import { concludeExceptions } from './load/conclude.ts'
import { extractDeliveries } from './load/extract.ts'
import { LostRun } from './load/lost-run.ts'
import { closedStates, proveLoad, settleLoad, type Proof, type Settled } from './load/prove-load.ts'
import { readRecords } from './load/read-records.ts'
import { runSentence } from './load/sentence.ts'
import { perform } from './perform.ts'
import { releaseRuns } from './release-runs.ts'

/**
 * Takes a run that is due through its stages to exactly one outcome. Returns the status it left the run in, or null when
 * the run was not there to take (another worker has it, or another run of the job is active).
 * Safe to call again at any point: what a killed attempt left is undone first, and nothing is visible before publish.
 */
export async function executeRun(context: Context, runId: number, stop?: AbortSignal): Promise<RunStatus | null> {
  const { workerId } = context
  if (!workerId) throw new Error('this process is not a worker')
  const claimed = await context.db
    .transaction((tx) => claimRun(tx, runId, workerId))
    .catch((error: unknown) => {
      // runs_one_active: another run of the job and slice was claimed in the same moment.
      if (isUniqueViolation(error)) return null
      throw error
    })
  if (!claimed) return null
  const found = await findRun(context.db, runId)
  if (!found) return null
  const log = context.log.child({ runId, job: found.job.job, attempt: claimed.attempt, correlationId: claimed.correlationId })
  log.info('run started')
  const watch = new Watch(context, claimed, stop)
  let stage: StageName = 'extract'
  try {
    const status = await carryOut({ ...context, log }, found, watch, (next) => (stage = next))
    log.info({ status }, 'run ended')
    return status
  } catch (error) {
    if (error instanceof LostRun || watch.isLost) return letGo({ ...context, log }, claimed)
    if (stop?.aborted) return await handBack({ ...context, log }, claimed)
    const failure = failureOf(error, isDatabaseBusy)
    log.warn(
      { stage, code: failure.code, detail: failure.detail, error: failure.failureClass === 'unclassified' ? error : undefined },
      'attempt failed',
    )
    return await endInFailure(context, found, claimed, failure).catch((again: unknown) => {
      if (again instanceof LostRun) return letGo({ ...context, log }, claimed)
      throw again
    })
  } finally {
    watch.end()
    if (!stop?.aborted) await letOthersGo({ ...context, log }, found)
  }
}

/** Runs of other jobs may have waited for this one. Whoever is not let go here is by the recovery, seconds later. */
async function letOthersGo(context: Context, { run, job }: RunWithJob): Promise<void> {
  if (run.isPreview) return
  await releaseRuns(context, job.job).catch((error: unknown) =>
    context.log.warn({ err: error }, 'blocked runs were not looked at'),
  )
}

/** The worker is stopping: the run goes back into the queue for another. */
async function handBack(context: Context, run: Run): Promise<RunStatus> {
  return perform(
    context,
    { name: 'recoverRun', actor: WORKER, request: { runId: run.runId }, correlationId: run.correlationId },
    async (tx) => {
      if (!(await holdsRun(tx, run))) throw new LostRun()
      await endAttempt(tx, run, { outcome: 'handed back' })
      await forgiveAttempts(tx, run.runId, run.attemptsForgiven + 1)
      await delayRun(tx, run.runId, context.now())
      await enqueueRun(tx, run.runId)
      return {
        result: 'waiting' as const,
        entities: [],
        audit: { action: 'run.handed_back', objectType: 'run', objectId: String(run.runId), after: { attempt: run.attempt } },
      }
    },
  )
}

/** Cancelled: what the attempt made is undone. Taken over: it belongs to another worker now and is left alone. */
async function letGo(context: Context, run: Run): Promise<null> {
  const now = await findRun(context.db, run.runId)
  context.log.warn({ status: now?.run.status }, 'run was cancelled or taken over')
  if (now?.run.status === 'cancelled' && now.run.attempt === run.attempt) await clearAttempt(context.db, run.runId)
  return null
}

async function carryOut(
  context: Context,
  { run, job, systemId }: RunWithJob,
  watch: Watch,
  at: (stage: StageName) => void,
): Promise<RunStatus> {
  const { db } = context
  const enter = async (stage: StageName) => {
    at(stage)
    await watch.enter(stage)
    await startStage(db, run, stage)
  }
  await clearAttempt(db, run.runId)

  await enter('extract')
  if (!run.extractedAt) await extractDeliveries(context, run, job, watch)
  const artifacts = await listRunArtifacts(db, run.runId)
  await endStage(db, run, 'extract', artifacts.length)

  await enter('validate')
  const { loadId, firstLineId } = await insertLoad(db, run.runId, run.attempt, true)
  await openLoadPlace(db, loadId)
  const objectType: LineType = isLineType(job.objectType) ? job.objectType : 'journal_line'
  const load: LoadScope = { loadId, runId: run.runId, systemId, objectType }
  const { tally } = await readRecords({
    db,
    runId: run.runId,
    loadId,
    systemId,
    firstLineId,
    job,
    artifacts,
    reference: await readReference(db, job.rules.members, run.asOfPublication ?? 0),
    closedPeriods: await readClosedPeriods(db, closedStates(job)),
    signal: watch.signal,
    onProgress: (records, bytes) => watch.count(records, bytes),
  })
  await endStage(db, run, 'validate', tally.count)

  await enter('load')
  const settled = await settleLoad(db, load, tally.count)
  await endStage(db, run, 'load', tally.count)

  await enter('prove')
  const proof = await proveLoad(db, load, job, tally, settled)
  await endStage(db, run, 'prove', tally.count)

  await enter('publish')
  return conclude(context, { run, job, systemId }, load, settled, proof)
}

/** The one transaction in which a run that was judged ends: published whole, held whole, or rehearsed. */
async function conclude(
  context: Context,
  { run, job, systemId }: RunWithJob,
  load: LoadScope,
  settled: Settled,
  proof: Proof,
): Promise<RunStatus> {
  const { db } = context
  const slices = await listRunSlices(db, run.runId)
  const counts = await countOutcomes(db, run.runId, proof.missing)
  const rejected = counts.lines.rejected + counts.members.rejected
  const brokenTotals = proof.brokenClaims.filter((claim) => claim.kind === 'total')
  const nothingLeft =
    rejected > 0 && sum(counts.lines) - counts.lines.rejected + sum(counts.members) - counts.members.rejected === 0
  // A short or altered extract is never published, whatever the job says.
  const outsideScope = (await listRunEntities(db, run.runId)).filter(
    (entity) => !seesEntity({ entityScope: run.entityScope }, entity),
  )
  const mustHold = outsideScope.length > 0 || proof.conservation.length > 0 || brokenTotals.length > 0 || nothingLeft
  const mayHold = job.onFailure === 'hold' && (rejected > 0 || proof.brokenClaims.length > 0)
  const isHeld = mustHold || mayHold
  const status: RunStatus = run.isPreview ? 'rehearsed' : isHeld ? 'held' : 'succeeded'
  const summary: RunOutcomeSummary = {
    outcome: isHeld ? 'held' : 'succeeded',
    ...counts,
    sentence: runSentence(isHeld ? 'held' : 'succeeded', counts, proof, run.isPreview, outsideScope),
  }
  const changesSomething =
    counts.lines.new + counts.lines.changed + proof.missing > 0 || counts.members.new + counts.members.changed > 0

  return perform(
    context,
    { name: isHeld ? 'holdRun' : 'publishLoad', actor: WORKER, request: { runId: run.runId }, correlationId: run.correlationId },
    async (tx) => {
      if (!(await holdsRun(tx, run))) throw new LostRun()
      let publication: number | null = null
      const audit = { objectType: 'run', objectId: String(run.runId) }
      if (run.isPreview) {
        await dropLoadPlace(tx, load.loadId)
        await finish(tx, run, status, summary, null)
        return { result: status, entities: [], audit: null }
      }
      const { opened, closed } = await concludeExceptions(tx, run, {
        loadId: load.loadId,
        hasPlace: true,
        brokenClaims: proof.brokenClaims,
        conservation: proof.conservation,
        slices,
        outsideScope,
        isHeld,
      })
      if (!isHeld && changesSomething) {
        const plan: PublishPlan = {
          load,
          hasDiff: settled.hasDiff,
          asSegment: proof.asSegment,
          withdrawMissing: job.extract === 'full',
          closedStates: closedStates(job),
          diffedAt: settled.diffedAt,
        }
        publication = await publishLoad(tx, plan)
      } else if (!isHeld) {
        await dropLoadPlace(tx, load.loadId)
      }
      if (!isHeld && run.originRunId !== null) await dropHeldPlaces(tx, run.originRunId)
      await finish(tx, run, status, summary, publication)
      return {
        result: status,
        entities: [],
        audit: {
          ...audit,
          action: isHeld ? 'run.held' : publication === null ? 'run.found_nothing_new' : 'load.published',
          after: {
            job: job.job,
            systemId,
            publication,
            slices,
            lines: counts.lines,
            members: counts.members,
            exceptionsOpened: opened,
            exceptionsClosed: closed.map((e) => e.exception_id),
          },
        },
      }
    },
  )
}

const sum = (counts: RunOutcomeSummary['lines']) =>
  counts.new + counts.changed + counts.unchanged + counts.duplicate + counts.rejected

async function finish(
  tx: Transaction,
  run: Run,
  status: RunStatus,
  summary: RunOutcomeSummary,
  publication: number | null,
): Promise<void> {
  await endAttempt(tx, run, { outcome: status === 'rehearsed' ? 'succeeded' : status })
  await endRun(tx, run.runId, status, summary, publication)
  await enqueueNext(tx, run.jobId, run.slice)
}

async function endInFailure(context: Context, { job, systemId }: RunWithJob, run: Run, failure: Failure): Promise<RunStatus> {
  const delay =
    failure.failureClass === 'technical_transient'
      ? retryDelayMs(job.retry, run.attempt - run.attemptsForgiven, failure.retryAfterMs, Math.random())
      : null
  const retryAt = delay === null ? null : new Date(context.now().getTime() + delay)
  const ending = {
    outcome: 'failed',
    failureClass: failure.failureClass,
    failureCode: failure.code,
    failureDetail: failure.detail,
    retryAt,
  }
  return perform(
    context,
    { name: 'failRun', actor: WORKER, request: { runId: run.runId }, correlationId: run.correlationId },
    async (tx) => {
      if (!(await holdsRun(tx, run))) throw new LostRun()
      await endAttempt(tx, run, ending)
      const object = { objectType: 'run', objectId: String(run.runId) }
      if (retryAt) {
        await delayRun(tx, run.runId, retryAt)
        await enqueueRun(tx, run.runId, retryAt)
        return {
          result: 'waiting' as const,
          entities: [],
          audit: {
            ...object,
            action: 'run.delayed',
            after: { job: job.job, attempt: run.attempt, code: failure.code, retryAt: retryAt.toISOString() },
          },
        }
      }
      const lines = { new: 0, changed: 0, unchanged: 0, duplicate: 0, rejected: 0, removed: 0 }
      const summary: RunOutcomeSummary = {
        outcome: 'failed',
        lines,
        members: lines,
        sentence: `Failed: ${failure.title}. Nothing was published.`,
      }
      let exceptionId: number | null = null
      if (!run.isPreview) {
        const file = failure.code.startsWith('file_')
          ? ((await listRunArtifacts(tx, run.runId)).map((a) => a.name).at(-1) ?? null)
          : null
        exceptionId = await raiseException(
          tx,
          run,
          failureDraft({ jobId: run.jobId, job: job.job, systemId, system: job.system.name }, failure, file),
        )
      }
      await dropHeldPlaces(tx, run.runId)
      await endRun(tx, run.runId, 'failed', summary, null)
      await enqueueNext(tx, run.jobId, run.slice)
      return {
        result: 'failed' as const,
        entities: [],
        audit: {
          ...object,
          action: 'run.failed',
          after: { job: job.job, attempt: run.attempt, code: failure.code, class: failure.failureClass, exceptionId },
        },
      }
    },
  )
}

const PROGRESS_EVERY_MS = 500

/** Tells people how far a run is, and the run whether it is still wanted. */
export class Watch {
  private readonly controller = new AbortController()
  private readonly ended = new AbortController()
  private readonly timer: NodeJS.Timeout
  private progress = { stage: 'extract' as StageName, records: 0, bytes: 0, bytesTotal: 0 }
  private isReporting = false
  isLost = false

  constructor(
    private readonly context: Context,
    private readonly run: Run,
    stop?: AbortSignal,
  ) {
    this.timer = setInterval(() => void this.report(), PROGRESS_EVERY_MS)
    // Forgotten with the run: a worker carries out thousands.
    stop?.addEventListener('abort', () => this.controller.abort(stop.reason), { once: true, signal: this.ended.signal })
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  count(records: number, bytes: number): void {
    this.progress.records = records
    this.progress.bytes = bytes
  }

  async enter(stage: StageName): Promise<void> {
    this.progress.stage = stage
    this.signal.throwIfAborted()
    await this.report()
    this.signal.throwIfAborted()
  }

  end(): void {
    clearInterval(this.timer)
    this.ended.abort()
  }

  private async report(): Promise<void> {
    if (this.isReporting || this.isLost) return
    this.isReporting = true
    try {
      const isOurs = await reportProgress(this.context.db, this.run, this.progress)
      if (!isOurs) {
        this.isLost = true
        this.controller.abort(new LostRun())
      }
    } catch {
      // The database is away for a moment: the stage itself will notice.
    } finally {
      this.isReporting = false
    }
  }
}
