import { enqueueNext } from '#db/queries/queue.ts'
import { cancelRun as markCancelled, findRun, listRunEntities } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { runCan } from '#server/domain/run.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

/** Stops a run; its worker notices within a second and undoes the attempt. Nothing was visible, so nothing is lost. Throws Refusal (run_not_found, run_cannot_cancel). */
export async function cancelRun(
  context: Context,
  {
    runId,
    reason,
    actor,
    idempotencyKey,
  }: { runId: number; reason?: string | undefined; actor: Actor; idempotencyKey?: string | undefined },
): Promise<{ runId: number }> {
  const found = await findRun(context.db, runId)
  if (!found) throw new Refusal('run_not_found', String(runId))
  return perform(
    context,
    { name: 'cancelRun', actor, reason, idempotencyKey, request: { runId }, correlationId: found.run.correlationId },
    async (tx) => {
      const before = await markCancelled(tx, runId, (status) => runCan('cancel', status))
      if (!before) throw new Refusal('run_cannot_cancel', `run ${runId} is ${found.run.status}`)
      await enqueueNext(tx, found.run.jobId, found.run.slice)
      return {
        result: { runId },
        entities: await listRunEntities(tx, runId),
        audit: { action: 'run.cancelled', objectType: 'run', objectId: String(runId), before: { status: before } },
      }
    },
  )
}
