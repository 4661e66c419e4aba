import type { Queryable } from '#db/client.ts'
import { findBrokenClaims, judgeClaims, type BrokenClaim } from '#db/load/claims.ts'
import { addLoadConstants, indexLoadKey, indexLoadSegment, sealLoadSegment } from '#db/load/places.ts'
import { findConservationBreaks, insertExtractedTotals, insertProvedTotals, type ConservationBreak } from '#db/load/prove.ts'
import { countMissing, countPublishable, newestPublicationOf, SEGMENT_LINES_MIN } from '#db/load/publish.ts'
import { settleMembers } from '#db/load/members.ts'
import {
  diffLines,
  hasCurrentLines,
  rejectClosedPeriods,
  rejectIncompleteDocuments,
  rejectUnbalancedDocuments,
  setAsideUnchanged,
  settleDuplicates,
  type LoadScope,
} from '#db/load/settle-lines.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import type { Tally } from '#server/domain/tally.ts'

export type Settled = {
  readonly hasDiff: boolean
  readonly diffedAt: number
  /** The indexes of a segment, building since the copy ended; null where it is not sure yet that the load becomes one. */
  readonly segment: Promise<void> | null
}

/** Fewer lines are looked through faster than an index of them is made and dropped: 3 ms of a small run. */
const KEYS_INDEXED_MIN = 100

/** Stage load: decides new, changed, unchanged and duplicate, set-wise, against what is current. */
export async function settleLoad(db: Queryable, load: LoadScope, lines: number): Promise<Settled> {
  // Nothing to differ from: a large load will be a segment, and its indexes build on the other core from now on.
  const isFirst = !(await hasCurrentLines(db, load))
  const segment = isFirst && lines >= SEGMENT_LINES_MIN ? await startSegment(db, load) : null
  if (lines >= KEYS_INDEXED_MIN) await indexLoadKey(db, load.loadId)
  await settleDuplicates(db, load)
  const diffedAt = await newestPublicationOf(db, load.systemId)
  const hasDiff = await diffLines(db, load, lines)
  return { hasDiff, diffedAt, segment: segment?.done ?? null }
}

/** Adds the load's constants, and starts its indexes without waiting for them. A failure shows where they are waited for. */
async function startSegment(db: Queryable, load: LoadScope): Promise<{ done: Promise<void> }> {
  await addLoadConstants(db, load.loadId, load.systemId, load.objectType)
  const done = indexLoadSegment(db, load.loadId)
  done.catch(() => undefined)
  return { done }
}

export type Proof = {
  readonly conservation: readonly ConservationBreak[]
  readonly brokenClaims: readonly BrokenClaim[]
  readonly missing: number
  readonly asSegment: boolean
}

/** Stage prove: set rules, claims, control totals and the conservation equation, all from the rows of the load. */
export async function proveLoad(
  db: Queryable,
  load: LoadScope,
  job: JobDefinition,
  tally: Tally,
  { hasDiff, segment }: Settled,
): Promise<Proof> {
  const asSegment = segment !== null || (await countPublishable(db, load, hasDiff)) >= SEGMENT_LINES_MIN
  const building = segment ?? (asSegment ? (await startSegment(db, load)).done : null)
  const [judged] = await Promise.all([judge(db, load, job, tally, hasDiff), building])
  if (asSegment) await sealLoadSegment(db, load.loadId)
  const missing = job.extract === 'full' ? await countMissing(db, load, closedStates(job)) : 0
  return { ...judged, missing, asSegment }
}

async function judge(db: Queryable, load: LoadScope, job: JobDefinition, tally: Tally, hasDiff: boolean) {
  await rejectClosedPeriods(db, load, closedStates(job))
  if (job.rules.balanced) {
    await rejectUnbalancedDocuments(db, load)
    if (job.onFailure === 'quarantine') await rejectIncompleteDocuments(db, load)
  }
  await settleMembers(db, load.loadId, load.systemId)
  if (hasDiff) await setAsideUnchanged(db, load)
  await judgeClaims(db, load, job.source.type !== 'http', job.tolerance.absolute)
  await insertExtractedTotals(db, load.runId, tally)
  await insertProvedTotals(db, load, hasDiff)
  return { conservation: await findConservationBreaks(db, load.runId), brokenClaims: await findBrokenClaims(db, load.runId) }
}

export const closedStates = (job: JobDefinition): readonly string[] =>
  job.rules.softClosed === 'reject' ? ['closed', 'soft_closed'] : ['closed']
