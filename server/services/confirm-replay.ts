import { findUnseenBy } from '#db/queries/overtaken.ts'
import { findRun } from '#db/queries/runs.ts'
import { mayDo } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from './context.ts'
import { replayRun, type ReplayRun } from './replay-run.ts'

export type ConfirmReplay = Omit<ReplayRun, 'preview' | 'overNewer'> & { readonly previewRunId: number }

/**
 * A replay whose preview somebody has looked at. Throws Refusal (not_allowed, and input_invalid) without an ended preview of that run, and
 * what replayRun throws.
 */
export async function confirmReplay(context: Context, { previewRunId, ...request }: ConfirmReplay): Promise<{ runId: number }> {
  // Asked before anything is looked at; the door asks once more.
  if (!mayDo(request.actor, 'replayRun')) throw new Refusal('not_allowed', 'replaying a run')
  const preview = await findRun(context.db, previewRunId)
  if (!preview?.run.isPreview || preview.run.originRunId !== request.runId || preview.run.bulkReplayId !== null)
    throw new Refusal('input_invalid', 'preview this replay first')
  if (preview.run.status !== 'rehearsed') throw new Refusal('input_invalid', 'the preview has not come to its end')
  const unseen = await findUnseenBy(context.db, request.runId, previewRunId)
  if (unseen !== null) throw new Refusal('input_invalid', `run ${unseen} is newer than this preview; preview it once more`)
  // What older values would come back stood in it, and nothing that came after it was asked for.
  return replayRun(context, { ...request, preview: false, overNewer: preview.run.overNewerTo ?? 0 })
}
