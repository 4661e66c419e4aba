import assert from 'node:assert/strict'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '#server/services/context.ts'
import { askRollback } from '#server/services/rollback/ask-rollback.ts'
import { decideRollback } from '#server/services/rollback/decide-rollback.ts'
import { previewRollback, rollbackRun } from '#server/services/rollback/rollback-run.ts'
import { newestPublication } from '../queries/totals.ts'
import { ADMIN } from './load.ts'

/** As two people would: what moves a closed period (`entity period`) needs the second of them, and nothing else does. */
export async function rollBack(
  context: Context,
  runId: number,
  closed: ReadonlySet<string>,
): Promise<{ runId: number; publication: number }> {
  const { slices, laterPublication } = await previewRollback(context, runId)
  const movesClosed = slices.some(({ entity, period }) => closed.has(`${entity} ${period}`))
  const alone = rollbackRun(context, { runId, actor: ADMIN })
  if (!movesClosed || laterPublication !== null) return alone
  const refused = await alone.catch((error: unknown) => error)
  assert.ok(refused instanceof Refusal && refused.code === 'rollback_needs_approval', `${refused}`)
  const reason = 'the history says so'
  const { requestId } = await askRollback(context, { runId, reason, actor: ADMIN })
  const done = await decideRollback(context, { requestId, isApproved: true, reason, actor: { ...ADMIN, name: 'test:other' } })
  assert.ok(done.runId !== null)
  return { runId: done.runId, publication: await newestPublication(context.db) }
}
