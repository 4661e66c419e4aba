import type { Queryable } from '#db/client.ts'
import { insertCorrectedTotals } from '#db/load/corrected.ts'
import { findBrokenClaims, judgeClaims, type BrokenClaim } from '#db/load/claims.ts'
import { addLoadConstants, indexLoadKey, indexLoadSegment, indexLoadSlices, sealLoadSegment } from '#db/load/places.ts'
import type { Part } from '#db/load/part.ts'
import {
  findConservationBreaks,
  insertExtractedTotals,
  insertPlacedTotals,
  insertProvedTotals,
  type ConservationBreak,
} from '#db/load/prove.ts'
import { countLeftByStatements, countMissing, type Reach } from '#db/load/missing.ts'
import { countPublishable, newestPublicationOf, SEGMENT_LINES_MIN } from '#db/load/publish.ts'
import { settleStatements, type SettledStatements } from '#db/load/statements.ts'
import { settleMembers } from '#db/load/members.ts'
import {
  endedSince,
  hasSpans,
  namedTwice,
  ofTouchedDocuments,
  ofUnbalancedDocuments,
  setAsideUnchanged,
  takeBack,
} from '#db/load/repeats.ts'
import {
  countRejected,
  diffLines,
  forgetRejected,
  hasCurrentLines,
  hasRejected,
  rejectClosedPeriods,
  rejectIncompleteDocuments,
  rejectUnbalancedDocuments,
  settleDuplicates,
  type LoadScope,
} from '#db/load/settle-lines.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import type { Tally } from '#server/domain/tally.ts'
import { whileHeld, type Holder } from './lost-run.ts'
import type { ReadOutcome } from './read-records.ts'

/** `comparedAt`: unchanged records were set aside as they were read, against what was current at that publication; null: none were. */
export type ReadLoad = ReadOutcome & { readonly comparedAt: number | null; readonly part: RunPart | null }

/** Of a run that a bulk replay made. `lookedAt`: the newest publication that was looked at for newer data; `isLeft`: there is something to replay. */
export type RunPart = Part & { readonly lookedAt: number; readonly isLeft: boolean }

/** It judged some of the records of its artifacts: what it says is about those, never about the artifacts. */
export const isLimited = (part: RunPart | null): part is RunPart => part !== null && (part.isPartial || !part.isLeft)

export type Settled = {
  readonly hasDiff: boolean
  /** Records that came twice have left the load. */
  readonly hadRepeats: boolean
  readonly diffedAt: number
  /** The indexes of a segment, building since the copy ended; null where it is not sure yet that the load becomes one. */
  readonly segment: Promise<void> | null
}

/** Fewer lines are looked through faster than an index of them is made and dropped: 3 ms of a small run. */
const KEYS_INDEXED_MIN = 100

/** Stage load: decides new, changed, unchanged and duplicate, set-wise, against what is current. */
export async function settleLoad(db: Queryable, load: LoadScope, read: ReadLoad): Promise<Settled> {
  // Nothing to differ from: a large load will be a segment, and its indexes build on the other core from now on.
  const isFirst = !(await hasCurrentLines(db, load))
  const segment = isFirst && read.placed >= SEGMENT_LINES_MIN ? await startSegment(db, load) : null
  const settleRepeats = async () => {
    await segment?.key
    return settleDuplicates(db, load, read.corrected > 0)
  }
  if (!segment && read.placed >= KEYS_INDEXED_MIN) await indexLoadKey(db, load.loadId)
  const diffedAt = await newestPublicationOf(db, load.systemId)
  const { comparedAt } = read
  if (comparedAt !== null && comparedAt !== diffedAt) await takeBack(db, load.loadId, endedSince(comparedAt), false)
  // What was set aside joins the other records of its key before anything is decided about them.
  if (read.isNamedTwice && (await diffLines(db, load, read.placed)))
    await takeBack(db, load.loadId, namedTwice(load.loadId), false)
  const hadRepeats = (read.mayRepeat || read.isNamedTwice) && (await settleRepeats())
  const hasDiff = await diffLines(db, load, read.placed)
  return { hasDiff, hadRepeats, diffedAt, segment: segment?.done ?? null }
}

type Building = { readonly key: Promise<void>; readonly done: Promise<void> }

/** Adds the load's constants, and starts its indexes without waiting for them. A failure shows where they are waited for. */
async function startSegment(db: Queryable, load: LoadScope): Promise<Building> {
  await addLoadConstants(db, load.loadId, load.systemId, load.objectType)
  const slices = indexLoadSlices(db, load.loadId)
  const key = indexLoadKey(db, load.loadId)
  const done = Promise.all([slices, key.then(() => indexLoadSegment(db, load.loadId))]).then(() => undefined)
  for (const index of [key, done]) index.catch(() => undefined)
  return { key, done }
}

export type Proof = {
  readonly conservation: readonly ConservationBreak[]
  readonly brokenClaims: readonly BrokenClaim[]
  readonly missing: number
  readonly asSegment: boolean
  readonly hasDiff: boolean
  readonly statements: SettledStatements
}

const NO_STATEMENTS: SettledStatements = { count: 0, fresh: 0, replacing: 0, altered: [] }

/** Stage prove: set rules, claims, control totals and the conservation equation, all from the rows of the load. */
export async function proveLoad(
  db: Queryable,
  run: Holder,
  load: LoadScope,
  job: JobDefinition,
  tally: Tally,
  read: ReadLoad,
  { hasDiff, hadRepeats, segment }: Settled,
): Promise<Proof> {
  const asSegment = segment !== null || (await countPublishable(db, load, hasDiff)) >= SEGMENT_LINES_MIN
  const building = segment ?? (asSegment ? (await startSegment(db, load)).done : null)
  const shown = { ...read, isBalanced: read.isBalanced && !hadRepeats }
  const [judged] = await Promise.all([judge(db, run, load, job, tally, hasDiff, shown), building])
  if (asSegment) await sealLoadSegment(db, load.loadId)
  const statements = read.statements > 0 ? await settleStatements(db, load) : NO_STATEMENTS
  const reach = reachOf(job, read.part)
  const missing = withdrawsMissing(job, read.part) ? await countMissing(db, load, reach) : 0
  const left = statements.replacing > 0 ? await countLeftByStatements(db, load, reach) : 0
  return { ...judged, missing: missing + left, asSegment, statements }
}

async function judge(
  db: Queryable,
  run: Holder,
  load: LoadScope,
  job: JobDefinition,
  tally: Tally,
  differs: boolean,
  read: ReadLoad,
) {
  await rejectClosedPeriods(db, load, closedStates(job), read.part?.openedPeriods ?? [])
  const cameBack = job.rules.balanced && (await judgeDocuments(db, load, job.onFailure, read))
  const hasDiff = differs || cameBack
  if (hasDiff && (await hasRejected(db, load))) await forgetRejected(db, load)
  await settleMembers(db, load.loadId, load.systemId)
  await judgeClaims(db, load, {
    perArtifact: job.source.type !== 'http',
    tolerance: job.tolerance.absolute,
    asReceived: read.corrected > 0,
  })
  await insertPlacedTotals(db, load, hasDiff, tally.count)
  await whileHeld(db, run, async (tx) => {
    await insertExtractedTotals(tx, load.runId, tally)
    if (read.corrected > 0) await insertCorrectedTotals(tx, load.runId)
    await insertProvedTotals(tx, load)
  })
  if (hasDiff) await setAsideUnchanged(db, load)
  const conservation = await findConservationBreaks(db, load.runId)
  return { hasDiff, conservation, brokenClaims: await findBrokenClaims(db, load.runId) }
}

/** A document is judged whole: its unchanged lines come back for it. Returns whether any did. What the reading showed is not asked again. */
async function judgeDocuments(
  db: Queryable,
  load: LoadScope,
  onFailure: JobDefinition['onFailure'],
  read: ReadOutcome,
): Promise<boolean> {
  // What the database refused, the reading has not seen: what is left without it may balance no more.
  const isAllSeen = (await countRejected(db, load)) === read.rejected
  const isBalanced = read.isBalanced && isAllSeen
  let cameBack = 0
  if ((await hasSpans(db, load.loadId)) && (!isBalanced || (await hasRejected(db, load)))) {
    cameBack += await takeBack(db, load.loadId, ofTouchedDocuments(load), true)
    if (!isBalanced) cameBack += await takeBack(db, load.loadId, ofUnbalancedDocuments(load.loadId), true)
  }
  if (!isBalanced) await rejectUnbalancedDocuments(db, load)
  if (onFailure === 'quarantine' && !(read.areLostWhole && isAllSeen)) await rejectIncompleteDocuments(db, load)
  return cameBack > 0
}

/** A part as well, of what the run it is of left standing for the sake of what waited. */
export const withdrawsMissing = (job: JobDefinition, part: RunPart | null): boolean =>
  job.extract === 'full' && (part === null || part.isLeft)

export const reachOf = (job: JobDefinition, part: RunPart | null): Reach => ({
  closedStates: closedStates(job),
  openedPeriods: part?.openedPeriods ?? [],
  byDocument: job.rules.balanced,
  partOf: part?.isPartial ? part.originRunId : null,
})

export const closedStates = (job: JobDefinition): readonly string[] =>
  job.rules.softClosed === 'reject' ? ['closed', 'soft_closed'] : ['closed']
