import type { Database } from '#db/client.ts'
import type { Actor } from '#server/domain/actor.ts'
import { hasEnded, type RunAction } from '#server/domain/run.ts'
import {
  readReplayPreview,
  readRollbackPreview,
  readRunDetail,
  type ReplayPreview,
  type RollbackView,
  type RunDetail,
} from './run-detail.ts'
import { readBlockage, type BlockedRow } from './schedule.ts'

/** The screen of a run, with what the open dialog needs. */
export type RunScreen = RunDetail & {
  readonly replayPreview: ReplayPreview | null
  readonly rollbackPreview: RollbackView | null
  /** What it waits for; null when it is not blocked. */
  readonly blockage: BlockedRow | null
}

type Asked = {
  readonly runId: number
  readonly actor: Actor
  readonly open: RunAction | undefined
  readonly previewRunId: number | undefined
  readonly now: Date
}

/** Throws Refusal (run_not_found). */
export async function readRunScreen(db: Database, { runId, actor, open, previewRunId, now }: Asked): Promise<RunScreen> {
  const detail = await readRunDetail(db, runId, actor.entityScope, now)
  const replayPreview =
    open === 'replay' && previewRunId !== undefined ? await readReplayPreview(db, runId, previewRunId, actor.entityScope) : null
  const rollbackPreview = open === 'rollback' ? await readRollbackPreview(db, runId, actor) : null
  const blockage = detail.run.status === 'blocked' ? await readBlockage(db, runId, actor.entityScope) : null
  const isRehearsing = replayPreview !== null && !hasEnded(replayPreview.run.status)
  return { ...detail, replayPreview, rollbackPreview, blockage, isLive: detail.isLive || isRehearsing }
}
