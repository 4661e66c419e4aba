import type { Transaction } from '#db/client.ts'
import { closeSettledSystem } from '#db/load/exceptions.ts'
import { hasHeldLoads } from '#db/load/held-loads.ts'
import { keepPublicationEffect, keepRehearsedTotals, settleSelection } from '#db/load/part.ts'
import { dropLoadPlace, emptyLoadDiff } from '#db/load/places.ts'
import { lockPublications, publishLoad, type PublishPlan } from '#db/load/publish.ts'
import type { LoadScope } from '#db/load/settle-lines.ts'
import { keepReferences } from '#db/load/statements.ts'
import { enqueueBulkReplay, enqueueNext } from '#db/queries/queue.ts'
import { endAttempt, endRun, holdsRun, listRunEntities, type Run, type RunWithJob } from '#db/queries/runs.ts'
import { countOutcomes, listRunSlices } from '#db/queries/totals.ts'
import { seesEntity, WORKER } from '#server/domain/actor.ts'
import { alteredDraft } from '#server/domain/bank-exceptions.ts'
import type { RunOutcomeSummary, RunStatus } from '#server/domain/run.ts'
import type { Context } from '../context.ts'
import { makeDeliveries } from '../deliver/make-deliveries.ts'
import { perform } from '../perform.ts'
import { concludeExceptions } from './conclude-exceptions.ts'
import { judgeDrift } from './judge-drift.ts'
import { judgeStatements, makeStatementsCurrent } from './judge-statements.ts'
import { LostRun } from './lost-run.ts'
import { isLimited, reachOf, withdrawsMissing, type Proof, type RunPart, type Settled } from './prove-load.ts'
import { runSentence } from './sentence.ts'

/** The one transaction in which a run that was judged ends: published whole, held whole, or rehearsed. */
export async function concludeRun(
  context: Context,
  { run, job, systemId }: RunWithJob,
  load: LoadScope,
  settled: Settled,
  proof: Proof,
  part: RunPart | null,
): Promise<RunStatus> {
  const { db } = context
  const [slices, counts, entities] = await Promise.all([
    listRunSlices(db, run.runId),
    countOutcomes(db, run.runId, proof.missing),
    listRunEntities(db, run.runId),
  ])
  const rejected = counts.lines.rejected + counts.members.rejected
  const brokenTotals = proof.brokenClaims.filter((claim) => claim.kind !== 'roll_forward')
  const nothingLeft =
    rejected > 0 && sum(counts.lines) - counts.lines.rejected + sum(counts.members) - counts.members.rejected === 0
  const altered = isLimited(part) ? [] : proof.statements.altered.map((one) => alteredDraft(job.system.code, one, entities))
  // A short or altered extract is never published, whatever the job says.
  const outsideScope = entities.filter((entity) => !seesEntity({ entityScope: run.entityScope }, entity))
  const mustHold =
    outsideScope.length > 0 || proof.conservation.length > 0 || brokenTotals.length > 0 || nothingLeft || altered.length > 0
  const mayHold = job.onFailure === 'hold' && (rejected > 0 || proof.brokenClaims.length > 0)
  const isHeld = mustHold || mayHold
  const status: RunStatus = run.isPreview ? 'rehearsed' : isHeld ? 'held' : 'succeeded'
  const summary: RunOutcomeSummary = {
    outcome: isHeld ? 'held' : 'succeeded',
    ...counts,
    sentence: runSentence(isHeld ? 'held' : 'succeeded', counts, proof, run.isPreview, outsideScope),
  }
  const changesSomething =
    proof.statements.fresh + counts.lines.new + counts.lines.changed + proof.missing > 0 ||
    counts.members.new + counts.members.changed > 0

  return perform(
    context,
    { name: isHeld ? 'holdRun' : 'publishLoad', actor: WORKER, request: { runId: run.runId }, correlationId: run.correlationId },
    async (tx) => {
      if (!(await holdsRun(tx, run))) throw new LostRun()
      let publication: number | null = null
      let deliveries: readonly number[] = []
      const alsoClosed: number[] = []
      const audit = { objectType: 'run', objectId: String(run.runId) }
      const plan: PublishPlan = {
        load,
        lines: counts.lines.new + counts.lines.changed,
        hasDiff: proof.hasDiff,
        asSegment: proof.asSegment,
        withdrawMissing: withdrawsMissing(job, part),
        replacesStatements: proof.statements.replacing > 0,
        reach: reachOf(job, part),
        overNewerTo: run.overNewerTo,
        diffedAt: part?.lookedAt ?? settled.diffedAt,
        isOfEarlier: part !== null && !part.isPartial,
      }
      if (part && !part.isPublication) await settleSelection(tx, part, load, isHeld)
      if (run.isPreview) {
        if (part?.isPublication) await keepPublicationEffect(tx, part, load)
        else if (part && !isHeld) await keepRehearsedTotals(tx, part, load, plan)
        await dropLoadPlace(tx, load.loadId)
        if (proof.statements.count > 0) await keepReferences(tx, load.loadId)
        await finish(tx, run, status, summary, null)
        return { result: status, entities: [], audit: null }
      }
      // What is settled now stands on what is published: nothing of that may be on its way back meanwhile.
      if (!isLimited(part) && (await hasHeldLoads(tx, run.jobId))) await lockPublications(tx)
      const { opened, closed } = await concludeExceptions(tx, run, {
        load,
        brokenClaims: proof.brokenClaims,
        conservation: proof.conservation,
        slices,
        outsideScope,
        altered,
        isHeld,
        isFull: job.extract === 'full',
        part: isLimited(part) ? part : null,
      })
      if (!isHeld && changesSomething) {
        publication = await publishLoad(tx, plan)
        if (proof.statements.fresh > 0) {
          await makeStatementsCurrent(tx, load, publication)
          const found = await judgeStatements(tx, { run, bank: job.system.code, entities }, load, publication)
          opened.push(...found.opened)
          alsoClosed.push(...found.closed)
        }
        deliveries = await makeDeliveries(tx, { run, publication }, job)
        if (counts.members.new + counts.members.changed > 0) {
          const drift = await judgeDrift(tx, run, publication)
          opened.push(...drift.opened)
          alsoClosed.push(...drift.closed)
        }
      } else if (!isHeld || part?.isPartial) {
        await dropLoadPlace(tx, load.loadId)
      } else {
        await emptyLoadDiff(tx, load.loadId)
      }
      if (proof.statements.count > 0 && publication === null) await keepReferences(tx, load.loadId)
      // After the publish lock: other jobs that answer again wait for this row.
      if (!isLimited(part)) alsoClosed.push(...(await closeSettledSystem(tx, run)).map((e) => e.exception_id))
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
            ...(deliveries.length > 0 && { deliveries }),
            slices,
            lines: counts.lines,
            members: counts.members,
            exceptionsOpened: opened,
            exceptionsClosed: [...closed.map((e) => e.exception_id), ...alsoClosed],
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
  if (run.bulkReplayId !== null) await enqueueBulkReplay(tx, run.bulkReplayId)
}
