import { findBulkReplay, findNextRun, passOf } from '#db/queries/bulk-replays.ts'
import type { Actor } from '#server/domain/actor.ts'
import { isUnderWay, type ReplayResult } from '#server/domain/bulk-replay.ts'
import type { ReplayAsked } from '#server/domain/replay-asked.ts'
import type { ReplayRules } from '#server/domain/run.ts'
import { advanceBulkReplay } from '#server/services/bulk-replay/advance-bulk-replay.ts'
import { rehearseReplay } from '#server/services/bulk-replay/rehearse-replay.ts'
import { startBulkReplay } from '#server/services/bulk-replay/start-bulk-replay.ts'
import type { Context } from '#server/services/context.ts'
import { ADMIN, runUntilEnded } from './load.ts'

type Asked = { asked: ReplayAsked; rules?: ReplayRules; intoClosed?: boolean; actor?: Actor }

/** Freezes and rehearses, as a worker would, to its end. */
export async function rehearse(
  context: Context,
  { asked, rules = 'current', intoClosed, actor = ADMIN }: Asked,
): Promise<number> {
  const { bulkReplayId } = await rehearseReplay(context, { asked, rules, intoClosed, actor })
  await carryOn(context, bulkReplayId)
  return bulkReplayId
}

/** Rehearses, confirms and carries out. */
export async function replayAll(context: Context, asked: Asked): Promise<number> {
  const bulkReplayId = await rehearse(context, asked)
  await startBulkReplay(context, { bulkReplayId, reason: 'for a test', actor: asked.actor ?? ADMIN })
  await carryOn(context, bulkReplayId)
  return bulkReplayId
}

/** Takes it and its runs as far as they go without a person. */
export async function carryOn(context: Context, bulkReplayId: number): Promise<void> {
  for (;;) {
    await advanceBulkReplay(context, bulkReplayId)
    const { status } = (await findBulkReplay(context.db, bulkReplayId))!
    if (!isUnderWay(status)) return
    const next = await context.db.transaction((tx) => findNextRun(tx, bulkReplayId, passOf(status)))
    if (next?.runId) await runUntilEnded(context, next.runId)
  }
}

export type RecordResult = {
  sourceKey: string
  rehearsed: ReplayResult | null
  rehearsedWhy: string | null
  result: ReplayResult | null
  why: string | null
}

/** What is written down of each record, by its key. */
export const resultsOf = async (context: Context, bulkReplayId: number): Promise<RecordResult[]> => [
  ...(await context.db.$client<RecordResult[]>`
    select x.source_key as "sourceKey", rehearsed, rehearsed_why as "rehearsedWhy", result, why from bulk_replay_records r
    join rejected_records x on x.rejected_id = r.rejected_id where bulk_replay_id = ${bulkReplayId} order by x.source_key, x.rejected_id`),
]
