import type { Database } from '#db/client.ts'
import { listTimeline, type TimelineRow } from '#db/queries/run-timeline.ts'
import type { Actor } from '#server/domain/actor.ts'
import { hasEnded, type ControlTotal, type RunAction } from '#server/domain/run.ts'
import type { EventKind } from '#server/domain/timeline.ts'
import { withCertainty, type Certain } from './certainty.ts'
import { readDeliveriesOfRun, type DeliveryOfRun } from './deliveries-view.ts'
import { readRollbackPreview, readRunDetail, type RollbackView, type RunDetail } from './run-detail.ts'
import { readReplayPreview, type ReplayPreview } from './replay-preview.ts'
import { readRunTrace, type RunTrace } from './run-trace.ts'
import { readBlockage, type BlockedRow } from './schedule.ts'

const TIMELINE_MAX = 300

export type { TimelineRow }

/** The screen of a run, with what the open dialog needs. */
export type RunScreen = Omit<RunDetail, 'totals'> & {
  readonly totals: readonly Certain<ControlTotal>[]
  /** What targets were told of what it published. */
  readonly delivered: readonly DeliveryOfRun[]
  readonly replayPreview: (Omit<ReplayPreview, 'totals'> & { readonly totals: readonly Certain<ControlTotal>[] }) | null
  readonly rollbackPreview:
    | (Omit<RollbackView, 'slices'> & { readonly slices: readonly Certain<RollbackView['slices'][number]>[] })
    | null
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
  const replay =
    open === 'replay' && previewRunId !== undefined ? await readReplayPreview(db, runId, previewRunId, actor.entityScope) : null
  const rollback = open === 'rollback' || open === 'decide' ? await readRollbackPreview(db, runId, actor) : null
  const timeline = view === 'timeline' ? await listTimeline(db, detail.run.correlationId, events, TIMELINE_MAX) : null
  const trace = view === 'trace' ? await readRunTrace(db, detail.run, showsStatements) : null
  const delivered = await readDeliveriesOfRun(db, runId, actor.entityScope)
  const blockage = detail.run.status === 'blocked' ? await readBlockage(db, runId, actor.entityScope) : null
  const isRehearsing = replay !== null && !hasEnded(replay.run.status)
  const isDelivering = delivered.some(({ delivery }) => delivery.status === 'delivering')
  const isLive = detail.isLive || isRehearsing || isDelivering
  const { entityScope } = actor
  const totals = await withCertainty(db, detail.totals, entityScope)
  const replayPreview = replay && { ...replay, totals: await withCertainty(db, replay.totals, entityScope) }
  const rollbackPreview = rollback && { ...rollback, slices: await withCertainty(db, rollback.slices, entityScope) }
  return { ...detail, totals, replayPreview, rollbackPreview, delivered, timeline, trace, blockage, isLive }
}
