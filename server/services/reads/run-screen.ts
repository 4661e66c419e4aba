import type { Database } from '#db/client.ts'
import { listTimeline, type TimelineRow } from '#db/queries/run-timeline.ts'
import { newestPublication } from '#db/queries/totals.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { Certainty } from '#server/domain/certainty.ts'
import { hasEnded, type ControlTotal, type RunAction } from '#server/domain/run.ts'
import type { EventKind } from '#server/domain/timeline.ts'
import { readCertaintyAmong } from './certainty.ts'
import { readDeliveriesOfRun, type DeliveryOfRun } from './deliveries-view.ts'
import {
  readReplayPreview,
  readRollbackPreview,
  readRunDetail,
  type ReplayPreview,
  type RollbackView,
  type RunDetail,
} from './run-detail.ts'
import { readRunTrace, type RunTrace } from './run-trace.ts'
import { readBlockage, type BlockedRow } from './schedule.ts'

const TIMELINE_MAX = 300

export type { TimelineRow }

/** The screen of a run, with what the open dialog needs. */
export type RunScreen = Omit<RunDetail, 'totals'> & {
  readonly totals: readonly (ControlTotal & { readonly certainty: Certainty })[]
  /** What targets were told of what it published. */
  readonly delivered: readonly DeliveryOfRun[]
  readonly replayPreview: ReplayPreview | null
  readonly rollbackPreview: RollbackView | null
  /** Null unless its view is open. */
  readonly timeline: readonly TimelineRow[] | null
  readonly trace: RunTrace | null
  /** What it waits for; null when it is not blocked. */
  readonly blockage: BlockedRow | null
}

type Asked = {
  readonly runId: number
  readonly actor: Actor
  readonly open: RunAction | 'decide' | undefined
  readonly previewRunId: number | undefined
  readonly view?: 'timeline' | 'trace' | undefined
  readonly events?: EventKind | undefined
  readonly showsStatements?: boolean
  readonly now: Date
}

/** Throws Refusal (run_not_found). */
export async function readRunScreen(db: Database, asked: Asked): Promise<RunScreen> {
  const { runId, actor, open, previewRunId, view, events, showsStatements = false, now } = asked
  const detail = await readRunDetail(db, runId, actor.entityScope, now)
  const replayPreview =
    open === 'replay' && previewRunId !== undefined ? await readReplayPreview(db, runId, previewRunId, actor.entityScope) : null
  const rollbackPreview = open === 'rollback' || open === 'decide' ? await readRollbackPreview(db, runId, actor) : null
  const timeline = view === 'timeline' ? await listTimeline(db, detail.run.correlationId, events, TIMELINE_MAX) : null
  const trace = view === 'trace' ? await readRunTrace(db, detail.run, showsStatements) : null
  const delivered = await readDeliveriesOfRun(db, runId, actor.entityScope)
  const blockage = detail.run.status === 'blocked' ? await readBlockage(db, runId, actor.entityScope) : null
  const isRehearsing = replayPreview !== null && !hasEnded(replayPreview.run.status)
  const isDelivering = delivered.some(({ delivery }) => delivery.status === 'delivering')
  const isLive = detail.isLive || isRehearsing || isDelivering
  const certainty = await readCertaintyAmong(db, detail.totals, actor.entityScope, await newestPublication(db))
  const totals = detail.totals.map((total) => ({ ...total, certainty: certainty(total) }))
  return { ...detail, totals, replayPreview, rollbackPreview, delivered, timeline, trace, blockage, isLive }
}
