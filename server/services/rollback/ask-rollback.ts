import { insertRollbackRequest, supersedeRollbackRequests } from '#db/queries/rollbacks.ts'
import { findRun, listRunEntities } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { basisOf, expectInScope, previewRollback } from './rollback-run.ts'

export type AskRollback = {
  readonly runId: number
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Asks a second person to let a rollback move closed periods. Who asks again takes the place of who asked before. Throws Refusal
 * (reason_missing, run_not_found, run_not_published, publication_superseded, rollback_needs_nobody, outside_entity_scope).
 */
export async function askRollback(
  context: Context,
  { runId, reason, actor, idempotencyKey }: AskRollback,
): Promise<{ requestId: number }> {
  expectReason(reason)
  const found = await findRun(context.db, runId)
  if (!found) throw new Refusal('run_not_found', String(runId))
  const { correlationId } = found.run
  return perform(
    context,
    { name: 'askRollback', actor, reason, idempotencyKey, request: { runId, reason }, correlationId },
    async (tx) => {
      const preview = await previewRollback({ db: tx }, runId)
      const entities = expectInScope(actor, preview, await listRunEntities(tx, runId))
      const { closedPeriods, laterPublication } = preview
      if (laterPublication !== null) throw new Refusal('publication_superseded', `publication ${laterPublication}`)
      if (closedPeriods.length === 0) throw new Refusal('rollback_needs_nobody')
      await supersedeRollbackRequests(tx, runId)
      const requestId = await insertRollbackRequest(tx, {
        runId,
        closedPeriods: [...closedPeriods],
        basis: basisOf(preview),
        reason: reason.trim(),
        requestedBy: actor.name,
        requestedAt: context.now(),
      })
      const after = { request: requestId, publication: preview.publication, closedPeriods }
      const audit = { action: 'rollback.asked', objectType: 'run', objectId: String(runId), after }
      return { result: { requestId }, entities, audit }
    },
  )
}
