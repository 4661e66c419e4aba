import { answerRollbackRequest, findRollbackRequest, lockRollbackRequest } from '#db/queries/rollbacks.ts'
import { findRun } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { perform, refuseFirst } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { despiteDeadlocks } from './despite-deadlocks.ts'
import { withdraw } from './rollback-run.ts'

export type DecideRollback = {
  readonly requestId: number
  readonly isApproved: boolean
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * A second person lets a rollback move closed periods, and it is carried out; or declines. The periods stay closed for everything else.
 * Only what was asked for: where it would touch something else by now, it is refused. Throws Refusal (reason_missing,
 * rollback_not_asked, same_person, rollback_moved, publication_superseded, outside_entity_scope).
 */
export async function decideRollback(
  context: Context,
  { requestId, isApproved, reason, actor, idempotencyKey }: DecideRollback,
): Promise<{ runId: number | null }> {
  expectReason(reason)
  const asked = await findRollbackRequest(context.db, requestId)
  const found = asked ? await findRun(context.db, asked.runId) : null
  if (!found) throw new Refusal('rollback_not_asked')
  const { runId, correlationId } = found.run
  const request = { requestId, isApproved, reason }
  const decide = () =>
    perform<{ runId: number | null }>(
      context,
      { name: 'decideRollback', actor, reason, idempotencyKey, request, correlationId },
      async (tx) => {
        const waiting = await lockRollbackRequest(tx, requestId)
        if (!waiting || waiting.answer !== null) throw new Refusal('rollback_not_asked')
        const { requestedBy, basis, closedPeriods } = waiting
        refuseFirst(actor, requestedBy, 'asked for it')
        const decided = { decidedBy: actor.name, decidedAt: context.now(), decisionReason: reason.trim() }
        const audited = { objectType: 'run', objectId: String(runId), after: { request: requestId, requestedBy, closedPeriods } }
        if (!isApproved) {
          await answerRollbackRequest(tx, requestId, { ...decided, answer: 'declined', rollbackRunId: null })
          const entities = [...new Set(closedPeriods.map((period) => period.split(' ')[0]!))]
          return { result: { runId: null }, entities, audit: { action: 'rollback.declined', ...audited } }
        }
        const done = await withdraw(context, tx, { found, reason: waiting.reason, actor, requestedBy, approved: { basis } })
        await answerRollbackRequest(tx, requestId, { ...decided, answer: 'approved', rollbackRunId: done.result.runId })
        return { ...done, audit: [{ action: 'rollback.approved', ...audited }, ...done.audit] }
      },
    )
  return despiteDeadlocks(decide)
}
