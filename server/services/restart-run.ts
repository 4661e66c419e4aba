import { findOvertaker } from '#db/queries/overtaken.ts'
import { enqueueRun } from '#db/queries/queue.ts'
import { findRun, listRunEntities, restartRun as markRestarted } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { runCan } from '#server/domain/run.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

export type RestartRun = {
  readonly runId: number
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * The same run, next attempt, from the last finished stage: what was extracted is not asked for again. Throws Refusal (run_not_found,
 * run_cannot_restart; run_overtaken where a newer run has published since).
 */
export async function restartRun(
  context: Context,
  { runId, reason, actor, idempotencyKey }: RestartRun,
): Promise<{ runId: number }> {
  const found = await findRun(context.db, runId)
  if (!found) throw new Refusal('run_not_found', String(runId))
  return perform(
    context,
    { name: 'restartRun', actor, reason, idempotencyKey, request: { runId, reason }, correlationId: found.run.correlationId },
    async (tx) => {
      const before = await markRestarted(tx, runId, (status) => runCan('restart', status))
      if (!before) throw new Refusal('run_cannot_restart', `run ${runId} is ${found.run.status}`)
      const overtaker = await findOvertaker(tx, runId)
      if (overtaker !== null) throw new Refusal('run_overtaken', `run ${overtaker}`)
      await enqueueRun(tx, runId)
      return {
        result: { runId },
        entities: await listRunEntities(tx, runId),
        audit: {
          action: 'run.restarted',
          objectType: 'run',
          objectId: String(runId),
          before: { status: before },
          after: { status: 'queued' },
        },
      }
    },
  )
}
