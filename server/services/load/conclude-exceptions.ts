import type { Transaction } from '#db/client.ts'
import type { BrokenClaim } from '#db/load/claims.ts'
import {
  closeMissedTick,
  closeSettledBusiness,
  closeSettledTechnical,
  linkClaim,
  linkRejections,
  listCauses,
  raiseException,
  replaceEarlierVerdicts,
  type ClosedException,
  type RejectionCause,
} from '#db/load/exceptions.ts'
import { replaceJudged } from '#db/load/part.ts'
import { placeOf } from '#db/load/places.ts'
import type { ConservationBreak } from '#db/load/prove.ts'
import { closeSettledControls } from '#db/load/settled-controls.ts'
import type { LoadScope } from '#db/load/settle-lines.ts'
import { writeWaiting } from '#db/load/waiting.ts'
import type { Run } from '#db/queries/runs.ts'
import { businessDraft, claimDraft, conservationDraft, scopeDraft, type Draft } from '#server/domain/exception.ts'
import { routeExceptions } from '../triage/route-exceptions.ts'
import type { RunPart } from './prove-load.ts'

export type Verdicts = {
  readonly load: LoadScope
  readonly brokenClaims: readonly BrokenClaim[]
  readonly conservation: readonly ConservationBreak[]
  readonly slices: readonly string[]
  /** Entities of the load that whoever asked for the run may not change. */
  readonly outsideScope: readonly string[]
  /** Bank statements that are known with other content. */
  readonly altered: readonly Draft[]
  readonly isHeld: boolean
  /** The job brings all there is of the slices it brings, and not what changed. */
  readonly isFull: boolean
  /** Only these records were judged: nothing is said of the job, its source or its claims. */
  readonly part: RunPart | null
}

/**
 * What the run found becomes exceptions, and what it proved closes earlier ones: in the transaction that ends the run,
 * before the load's own place is attached or dropped.
 */
export async function concludeExceptions(
  tx: Transaction,
  run: Run,
  verdicts: Verdicts,
): Promise<{ opened: number[]; closed: ClosedException[] }> {
  const raised: { exceptionId: number; cause: RejectionCause }[] = []
  for (const cause of await listCauses(tx, run.runId, { part: verdicts.part }))
    raised.push({ exceptionId: await raiseException(tx, run, businessDraft(run.jobId, cause)), cause })
  await linkRejections(tx, run.runId, raised)
  const opened = raised.map(({ exceptionId }) => exceptionId)
  for (const claim of verdicts.brokenClaims) {
    const id = await raiseException(tx, run, claimDraft(run.jobId, claim, verdicts.slices))
    await linkClaim(tx, claim.claim_id, id)
    opened.push(id)
  }
  if (verdicts.conservation.length > 0)
    opened.push(await raiseException(tx, run, conservationDraft(run.jobId, verdicts.conservation, verdicts.slices)))
  if (verdicts.outsideScope.length > 0) {
    opened.push(await raiseException(tx, run, scopeDraft(run.jobId, run.requestedBy, verdicts.outsideScope, verdicts.slices)))
  }
  for (const draft of verdicts.altered) opened.push(await raiseException(tx, run, draft))
  const judgedAgain = await replaceVerdicts(tx, run, verdicts)
  const done = await closeSettledBusiness(tx, run, verdicts.part !== null)
  const closed = verdicts.part ? done : [...done, ...(await closeSettledJob(tx, run, verdicts))]
  await writeWaiting(tx, [...new Set([run.runId, ...judgedAgain])])
  // A part that fails again holds no load: its load was published, or is held already.
  await routeExceptions(tx, opened, verdicts.isHeld && !verdicts.part ? run.runId : null)
  return { opened, closed }
}

/** The runs whose records were judged again. */
async function replaceVerdicts(tx: Transaction, run: Run, { part, load, isFull }: Verdicts): Promise<number[]> {
  if (!part) return replaceEarlierVerdicts(tx, { ...load, jobId: run.jobId, place: placeOf(load.loadId), isFull })
  return replaceJudged(tx, part, run.runId)
}

/** What only a whole load can prove of its job and its source. */
async function closeSettledJob(tx: Transaction, run: Run, verdicts: Verdicts): Promise<ClosedException[]> {
  const { load, conservation, outsideScope, slices, isHeld } = verdicts
  const isSound = conservation.length + outsideScope.length === 0
  return [
    ...(await closeSettledControls(tx, { ...load, jobId: run.jobId, slices, isSound })),
    ...(await closeSettledTechnical(tx, run)),
    ...(isHeld ? [] : await closeMissedTick(tx, run)),
  ]
}
