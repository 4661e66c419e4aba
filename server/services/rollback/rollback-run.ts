import type { Queryable, Transaction } from '#db/client.ts'
import { closeSettledBusiness, replaceEarlierVerdicts } from '#db/load/exceptions.ts'
import { unsettleHeldLoads, type JudgedLoad } from '#db/load/held-loads.ts'
import { openPublication } from '#db/load/publish.ts'
import { closeSettledControls } from '#db/load/settled-controls.ts'
import { linesOfLoad } from '#db/load/line-ids.ts'
import { findPart, replaceJudged } from '#db/load/part.ts'
import { previewWithdrawal, withdrawPublication, type WithdrawalPreview } from '#db/load/withdraw.ts'
import { writeWaiting } from '#db/load/waiting.ts'
import {
  previewWaitingAgain,
  reopenUnproven,
  restoreHeldVerdicts,
  restoreVerdicts,
  type ReopenedException,
} from '#db/load/withdrawn-verdicts.ts'
import { listDeliveriesOf } from '#db/queries/deliveries.ts'
import { countCompensation } from '#db/queries/delivery-items.ts'
import { findPublishedLoad, insertLoad } from '#db/queries/loads.ts'
import { readClosedPeriods } from '#db/queries/reference.ts'
import { supersedeRollbackRequests } from '#db/queries/rollbacks.ts'
import { listTouchedByRollback, type TouchedCertification } from '#db/queries/touched-certifications.ts'
import { endRun, findRun, findSystemById, insertRun, listRunEntities, type Run, type RunWithJob } from '#db/queries/runs.ts'
import { listRunSlices } from '#db/queries/totals.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import type { DeliveryStatus } from '#server/domain/delivery.ts'
import { Refusal } from '#server/domain/errors.ts'
import { isLineType } from '#server/domain/record.ts'
import { requestHash } from '#server/platform/hash.ts'
import type { Context } from '../context.ts'
import { makeCompensations } from '../deliver/make-deliveries.ts'
import { judgeDrift } from '../load/judge-drift.ts'
import { judgeStatements } from '../load/judge-statements.ts'
import { closedStates } from '../load/prove-load.ts'
import { perform, type Audited, type Done } from '../perform.ts'
import { despiteDeadlocks } from './despite-deadlocks.ts'

export type RollbackPreview = WithdrawalPreview & {
  readonly publication: number
  /** `entity period` of the slices it would move that are closed: for these a second person is asked. */
  readonly closedPeriods: readonly string[]
  /** Targets that were told, or are still to be told, of the publication; each is told of the rollback after it. */
  readonly targets: readonly ToldTarget[]
  /** Rejected records of earlier runs that this one had let pass, and the exceptions that are open again with them. */
  readonly waitingAgain: { readonly records: number; readonly exceptions: number }
  /** Certified reconciliations that it would supersede. */
  readonly certifications: readonly TouchedCertification[]
}

/** Documents that get back an earlier state at the target, and those that go. */
export type ToldTarget = {
  readonly deliveryId: number
  readonly target: string
  readonly system: string
  readonly status: DeliveryStatus
  readonly put: number
  readonly withdraw: number
}

/** What a rollback would touch: lines that end, lines that come back, by how much each slice moves, and what targets are told. */
export async function previewRollback({ db }: { db: Queryable }, runId: number): Promise<RollbackPreview> {
  const load = await publishedLoad(db, runId)
  const withdrawal = await previewWithdrawal(db, load)
  const [closedPeriods, targets, waitingAgain, certifications] = await Promise.all([
    listClosedPeriods(db, runId, withdrawal),
    listToldTargets(db, runId, load),
    previewWaitingAgain(db, runId),
    listTouchedByRollback(db, load),
  ])
  return { publication: load.publication, ...withdrawal, closedPeriods, targets, waitingAgain, certifications }
}

/** What is closed goes by the job: some take late lines into a period that is softly closed. */
async function listClosedPeriods(db: Queryable, runId: number, { slices }: WithdrawalPreview): Promise<string[]> {
  const found = await findRun(db, runId)
  const closed = found ? await readClosedPeriods(db, closedStates(found.job)) : new Set<string>()
  return [...new Set(slices.map(({ entity, period }) => `${entity} ${period}`))].filter((period) => closed.has(period)).sort()
}

/** What whoever asks for a rollback has seen of it: by this the answer is known to be about the same. */
export const basisOf = ({
  publication,
  slices,
  members,
  closedPeriods,
}: Pick<RollbackPreview, 'publication' | 'slices' | 'members' | 'closedPeriods'>) =>
  requestHash({ publication, slices, members, closedPeriods })

async function listToldTargets(
  db: Queryable,
  runId: number,
  load: { publication: number; firstLineId: number },
): Promise<ToldTarget[]> {
  const told = await listDeliveriesOf(db, load.publication)
  const found = told.length > 0 ? await findRun(db, runId) : null
  if (!found || !isLineType(found.job.objectType)) return []
  const counts = await countCompensation(db, { ...load, systemId: found.systemId, objectType: found.job.objectType })
  return Promise.all(
    told.map(async ({ deliveryId, target, status, systemId }) => {
      const system = await findSystemById(db, systemId)
      return { deliveryId, target, status, system: system?.name ?? target, ...counts }
    }),
  )
}

/**
 * Withdraws what a run published: the publication before becomes current again, as a publication of its own, so the past
 * stays readable. Throws Refusal (run_not_found, run_not_published, publication_superseded, rollback_needs_approval).
 */
export async function rollbackRun(
  context: Context,
  {
    runId,
    reason,
    actor,
    idempotencyKey,
  }: { runId: number; reason?: string | undefined; actor: Actor; idempotencyKey?: string | undefined },
): Promise<{ runId: number; publication: number }> {
  const found = await findRun(context.db, runId)
  if (!found) throw new Refusal('run_not_found', String(runId))
  const request = { runId, reason }
  const { correlationId } = found.run
  return despiteDeadlocks(() =>
    perform(context, { name: 'rollbackRun', actor, reason, idempotencyKey, request, correlationId }, (tx) =>
      withdraw(context, tx, { found, reason, actor, requestedBy: actor.name, approved: null }),
    ),
  )
}

type Withdrawal = {
  readonly found: RunWithJob
  readonly reason: string | undefined
  readonly actor: Actor
  readonly requestedBy: string
  /** What a second person agreed to, as whoever asked had seen it. */
  readonly approved: { readonly basis: string } | null
}

/** In the transaction of the caller, who comes through the door. */
export async function withdraw(
  context: Pick<Context, 'now'>,
  tx: Transaction,
  { found: { run, job, systemId }, reason, actor, requestedBy, approved }: Withdrawal,
): Promise<Done<{ runId: number; publication: number }> & { readonly audit: readonly Audited[] }> {
  const { runId } = run
  const rollback = await insertRun(tx, {
    jobId: run.jobId,
    jobVersion: run.jobVersion,
    trigger: 'rollback',
    status: 'running',
    attempt: 1,
    slice: `rollback:${runId}`,
    originRunId: runId,
    requestedBy,
    reason,
    correlationId: run.correlationId,
    startedAt: context.now(),
    extractedAt: context.now(),
  })
  const { loadId, firstLineId } = await insertLoad(tx, rollback.runId, 1, false)
  const withdrawn = await publishedLoad(tx, runId)
  // Opening the publication takes the publish lock: from here on nothing else is published, so the check below holds.
  const publication = await openPublication(tx, { runId: rollback.runId, loadId, systemId, withdraws: withdrawn.publication })
  const preview = await previewWithdrawal(tx, withdrawn)
  const entities = expectInScope(actor, preview, await listRunEntities(tx, runId))
  if (preview.laterPublication !== null) throw new Refusal('publication_superseded', `publication ${preview.laterPublication}`)
  const closedPeriods = await listClosedPeriods(tx, runId, preview)
  if (approved && basisOf({ ...preview, publication: withdrawn.publication, closedPeriods }) !== approved.basis)
    throw new Refusal('rollback_moved')
  if (!approved && closedPeriods.length > 0) throw new Refusal('rollback_needs_approval', closedPeriods.join(', '))
  const objectType = isLineType(job.objectType) ? job.objectType : 'journal_line'
  await withdrawPublication(tx, { loadId, firstLineId, runId: rollback.runId, systemId, objectType }, withdrawn, publication)
  const of = { systemId, objectType, publication, isFull: job.extract === 'full' }
  const reopened = await withdrawVerdicts(tx, run, of, rollback.runId)
  await supersedeRollbackRequests(tx, runId)
  const deliveries = await makeCompensations(tx, { run: rollback, publication }, withdrawn.publication)
  await judgeDrift(tx, rollback, publication)
  await judgeStatements(tx, { run: rollback, bank: job.system.code, entities }, { loadId, systemId }, publication)
  const ended = preview.slices.reduce((n, slice) => n + slice.ended, 0)
  const restored = preview.slices.reduce((n, slice) => n + slice.restored, 0)
  const lines = { new: restored, changed: 0, unchanged: 0, duplicate: 0, rejected: 0, removed: ended }
  const members = { ...lines, new: preview.membersRestored, removed: preview.members }
  const sentence = `Withdrew publication ${withdrawn.publication}: ${ended.toLocaleString('en')} lines ended, ${restored.toLocaleString('en')} came back.`
  await endRun(tx, rollback.runId, 'succeeded', { outcome: 'succeeded', lines, members, sentence }, publication)
  return {
    result: { runId: rollback.runId, publication },
    entities,
    audit: [
      {
        action: 'publication.withdrawn',
        objectType: 'run',
        objectId: String(runId),
        before: { publication: withdrawn.publication },
        after: {
          publication,
          ended,
          restored,
          run: rollback.runId,
          ...(closedPeriods.length > 0 && { closedPeriods }),
          ...(deliveries.length > 0 && { deliveries }),
        },
      },
      ...reopened.map(({ exceptionId, closedAt, closedByRunId }) => ({
        action: 'exception.proof_withdrawn',
        objectType: 'exception',
        objectId: String(exceptionId),
        before: { closedAt, closedByRunId },
        after: { run: rollback.runId, withdrawn: runId },
      })),
    ],
  }
}

/**
 * Asked before anything is said of it: what it would move, and what its run judged, of which later ones may have left nothing. Members of
 * all entities are for who sees all. Throws Refusal (outside_entity_scope).
 */
export function expectInScope(actor: Actor, { slices, memberEntities }: WithdrawalPreview, judged: readonly string[]): string[] {
  const entities = [...new Set([...slices.map(({ entity }) => entity), ...judged])]
  const isInScope = entities.every((entity) => entity === '' || seesEntity(actor, entity))
  if (!isInScope || !memberEntities.every((entity) => seesEntity(actor, entity))) throw new Refusal('outside_entity_scope')
  return entities
}

/**
 * What the withdrawn run had let pass waits again, what it had proved is open again, and loads that it had settled are held again. A rollback
 * that is rolled back settles records and loads and controls as its origin had.
 */
async function withdrawVerdicts(
  tx: Transaction,
  withdrawn: Run,
  of: Pick<JudgedLoad, 'systemId' | 'objectType' | 'isFull'> & { readonly publication: number },
  rollbackRunId: number,
): Promise<ReopenedException[]> {
  const { origin, isBackAgain } = await originOf(tx, withdrawn)
  const { runId, jobId } = origin
  if (!isBackAgain) {
    const held = await unsettleHeldLoads(tx, { ...of, withdrawnRunId: runId })
    const runs = [...(await restoreVerdicts(tx, runId)), ...(await restoreHeldVerdicts(tx, held))]
    const reopened = await reopenUnproven(tx, { withdrawnRunId: runId, held })
    await writeWaiting(tx, runs)
    return reopened
  }
  const { loadId, firstLineId } = await publishedLoad(tx, runId)
  const part = await findPart(tx, origin)
  const again = part?.isPartial
    ? await replaceJudged(tx, part, runId)
    : await replaceEarlierVerdicts(tx, { ...of, runId, jobId, loadId, place: linesOfLoad(firstLineId) }, true)
  await closeSettledBusiness(tx, { runId: rollbackRunId, jobId }, true)
  // It was published, so its equation held and it was in scope.
  if (!part?.isPartial)
    await closeSettledControls(tx, { ...of, runId, jobId, loadId, slices: await listRunSlices(tx, runId), isSound: true })
  await writeWaiting(tx, again)
  return []
}

/** The run at the bottom of rollbacks of rollbacks, and whether withdrawing the topmost brings its publication back. */
async function originOf(tx: Transaction, withdrawn: Run): Promise<{ origin: Run; isBackAgain: boolean }> {
  let [origin, isBackAgain] = [withdrawn, false]
  while (origin.trigger === 'rollback') {
    origin = (await findRun(tx, origin.originRunId!))!.run
    isBackAgain = !isBackAgain
  }
  return { origin, isBackAgain }
}

async function publishedLoad(db: Queryable, runId: number) {
  const load = await findPublishedLoad(db, runId)
  if (!load) throw new Refusal('run_not_published', `run ${runId}`)
  return load
}
