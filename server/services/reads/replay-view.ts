import type { Queryable } from '#db/client.ts'
import { findBulkReplay, passOf, readBasis, type BulkReplay, type Pass } from '#db/queries/bulk-replays.ts'
import {
  estimateSelection,
  findSightOf,
  listBulkReplayRuns,
  listBulkReplays,
  listMovedSlices,
  listPublicationEffects,
  listReplayRecords,
  sumResults,
  type BulkReplayRow,
  type BulkReplayRun,
  type BulkReplaysFilter,
  type Estimate,
  type MovedSlice,
  type PublicationEffect,
  type ReplayReader,
  type ReplayedRecord,
  type ReplaySum,
} from '#db/queries/bulk-views.ts'
import { listTouchedByReplay } from '#db/queries/touched-certifications.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import { isUnderWay, movedSince, type ReplayResult } from '#server/domain/bulk-replay.ts'
import { ReplayAsked } from '#server/domain/replay-asked.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { ReplayRules } from '#server/domain/run.ts'
import { withCertainty, type Certain } from './certainty.ts'
import { touchedInScope, type TouchedInScope } from './touched-in-scope.ts'

export type {
  BulkReplayRow,
  BulkReplayRun,
  BulkReplaysFilter,
  Estimate,
  MovedSlice,
  PublicationEffect,
  ReplayedRecord,
  ReplaySum,
}

export type EstimateRequest = {
  readonly asked: ReplayAsked
  readonly rules: ReplayRules
  readonly intoClosed: boolean
  readonly actor: Actor
}

/** What a replay would touch, before anything is kept or judged; null where nothing says which records. */
export async function readReplayEstimate(
  db: Queryable,
  { asked, rules, intoClosed, actor }: EstimateRequest,
  now: Date,
): Promise<{ estimate: Estimate | null; computedAt: string }> {
  const isSaid = ReplayAsked.safeParse(asked).success
  const estimate = isSaid ? await estimateSelection(db, { asked, rules, intoClosed, scope: actor.entityScope }) : null
  return { estimate, computedAt: now.toISOString() }
}

const PAGE_ROWS = 100

export type ReplaysView = {
  readonly rows: readonly BulkReplayRow[]
  readonly hasNewer: boolean
  readonly hasOlder: boolean
  readonly isLive: boolean
  readonly computedAt: string
}

/** One page of the queue of replays, newest first. */
export async function readReplays(db: Queryable, filter: Omit<BulkReplaysFilter, 'limit'>, now: Date): Promise<ReplaysView> {
  const found = await listBulkReplays(db, { ...filter, limit: PAGE_ROWS + 1 })
  const isBackwards = filter.after !== undefined && filter.before === undefined
  const hasMore = found.length > PAGE_ROWS
  const rows = isBackwards ? found.slice(-PAGE_ROWS) : found.slice(0, PAGE_ROWS)
  return {
    rows,
    hasNewer: isBackwards ? hasMore : filter.before !== undefined,
    hasOlder: isBackwards || hasMore,
    isLive: rows.some(({ status }) => isUnderWay(status)),
    computedAt: now.toISOString(),
  }
}

export async function* readReplaysForExport(
  db: Queryable,
  filter: Omit<BulkReplaysFilter, 'limit' | 'before' | 'after'>,
): AsyncGenerator<BulkReplayRow> {
  for (let before: number | undefined; ; ) {
    const rows = await listBulkReplays(db, { ...filter, before, limit: PAGE_ROWS })
    yield* rows
    if (rows.length < PAGE_ROWS) return
    before = rows.at(-1)!.bulkReplayId
  }
}

export type ReplayView = {
  readonly replay: Pick<
    BulkReplay,
    | 'bulkReplayId'
    | 'status'
    | 'asked'
    | 'rules'
    | 'intoClosed'
    | 'closedPeriods'
    | 'requestedBy'
    | 'reason'
    | 'decidedBy'
    | 'decisionReason'
    | 'isApproved'
    | 'abortedBy'
  > &
    Record<'requestedAt' | 'rehearsedAt' | 'confirmedAt' | 'decidedAt' | 'abortedAt' | 'endedAt', string | null>
  readonly pass: Pass
  readonly rehearsed: readonly ReplaySum[]
  readonly results: readonly ReplaySum[]
  readonly runs: readonly BulkReplayRun[]
  readonly slices: readonly Certain<MovedSlice>[]
  readonly publications: readonly PublicationEffect[]
  /** What it would supersede, or was to when it began; null where it does nothing. */
  readonly certifications: TouchedInScope | null
  /** What moved since the rehearsal: it is to be rehearsed again. Empty where that does not matter any more. */
  readonly moved: readonly string[]
  readonly isLive: boolean
  readonly computedAt: string
}

/** One replay with all that its page says. Figures count every record of it, amounts those of entities the reader may see. */
export async function readBulkReplay(
  db: Queryable,
  { bulkReplayId, reader, now }: { bulkReplayId: number; reader: ReplayReader; now: Date },
): Promise<ReplayView> {
  const scope = reader.entityScope
  const { replay, isPartly } = await findReadable(db, bulkReplayId, reader)
  const hasRun = replay.confirmedAt !== null
  const pass: Pass = hasRun && replay.status !== 'needs_approval' ? 'result' : 'rehearsed'
  const isWaiting = replay.status === 'rehearsed' || replay.status === 'needs_approval'
  const [rehearsed, results, runs, slices, publications, certifications, basis] = await Promise.all([
    sumResults(db, { bulkReplayId, pass: 'rehearsed', scope }),
    sumResults(db, { bulkReplayId, pass: 'result', scope }),
    listBulkReplayRuns(db, { bulkReplayId, scope }),
    listMovedSlices(db, { bulkReplayId, pass, scope }),
    listPublicationEffects(db, { bulkReplayId, scope }),
    readTouched(db, replay, reader),
    isWaiting ? readBasis(db, bulkReplayId) : replay.basis,
  ])
  const { entityScope: _, basis: then, ...shown } = replay
  const at = (time: Date | null) => time?.toISOString() ?? null
  return {
    replay: {
      ...shown,
      ...(isPartly && ofPart(replay, reader)),
      requestedAt: at(replay.requestedAt),
      rehearsedAt: at(replay.rehearsedAt),
      confirmedAt: at(replay.confirmedAt),
      decidedAt: at(replay.decidedAt),
      abortedAt: at(replay.abortedAt),
      endedAt: at(replay.endedAt),
    },
    pass,
    rehearsed,
    results,
    runs,
    slices: await withCertainty(db, slices, scope),
    publications,
    certifications,
    moved: movedSince(then, basis),
    isLive: isUnderWay(replay.status),
    computedAt: now.toISOString(),
  }
}

async function readTouched(db: Queryable, replay: BulkReplay, reader: ReplayReader): Promise<TouchedInScope | null> {
  const { bulkReplayId, status, confirmedAt, decidedAt } = replay
  const isWaiting = status === 'rehearsed' || status === 'needs_approval'
  if (!isWaiting && (!confirmedAt || replay.isApproved === false)) return null
  return touchedInScope(await listTouchedByReplay(db, bulkReplayId, isWaiting ? null : (decidedAt ?? confirmedAt)), reader)
}

export type ReplayRecordsRequest = {
  readonly bulkReplayId: number
  /** Which of the two: what was rehearsed, or what came of it. By itself the one it is at. */
  readonly pass?: Pass | undefined
  readonly result?: ReplayResult | 'open' | undefined
  readonly after?: number | undefined
  readonly reader: ReplayReader
}

type Readable = { readonly replay: BulkReplay; readonly isPartly: boolean }

async function findReadable(db: Queryable, bulkReplayId: number, reader: ReplayReader): Promise<Readable> {
  const sight = await findSightOf(db, bulkReplayId, reader)
  const replay = sight && (await findBulkReplay(db, bulkReplayId))
  if (!replay) throw new Refusal('bulk_replay_not_found', String(bulkReplayId))
  return { replay, isPartly: sight === 'partly' }
}

/** What somebody who sees a part of it is told: no entity of others, and nothing that people wrote of them. */
const ofPart = ({ asked: { entity: _, ...asked }, closedPeriods }: BulkReplay, reader: ReplayReader) => ({
  asked,
  closedPeriods: closedPeriods.filter((period) => seesEntity(reader, period.split(' ')[0]!)),
  reason: null,
  decisionReason: null,
})

/** One page of the records of a replay. */
export async function readReplayRecords(db: Queryable, request: ReplayRecordsRequest, now: Date) {
  const { bulkReplayId, result, after, reader } = request
  const scope = reader.entityScope
  const { replay } = await findReadable(db, bulkReplayId, reader)
  const pass = request.pass ?? (replay.confirmedAt === null ? 'rehearsed' : passOf(replay.status))
  const [found, sums] = await Promise.all([
    listReplayRecords(db, { bulkReplayId, result, after, scope, pass, limit: PAGE_ROWS + 1 }),
    sumResults(db, { bulkReplayId, pass, scope }),
  ])
  const rows = await withCertainty(db, found.slice(0, PAGE_ROWS), scope)
  return {
    bulkReplayId,
    pass,
    rows,
    total: sums.reduce((n, sum) => (result === undefined || (sum.result ?? 'open') === result ? n + sum.count : n), 0),
    next: found.length > PAGE_ROWS ? rows.at(-1)!.rejectedId : null,
    computedAt: now.toISOString(),
  }
}
