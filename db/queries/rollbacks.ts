import { and, desc, eq, isNull } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { rollbackRequests } from '../schema/rollbacks.ts'

export type RollbackRequest = typeof rollbackRequests.$inferSelect

export async function insertRollbackRequest(tx: Transaction, request: typeof rollbackRequests.$inferInsert): Promise<number> {
  const [made] = await tx.insert(rollbackRequests).values(request).returning({ requestId: rollbackRequests.requestId })
  return made!.requestId
}

/** What waited for this run is answered by what is asked or done now. */
export async function supersedeRollbackRequests(tx: Transaction, runId: number): Promise<void> {
  await tx
    .update(rollbackRequests)
    .set({ answer: 'superseded' })
    .where(and(eq(rollbackRequests.runId, runId), isNull(rollbackRequests.answer)))
}

export async function findRollbackRequest(db: Queryable, requestId: number): Promise<RollbackRequest | null> {
  const [row] = await db.select().from(rollbackRequests).where(eq(rollbackRequests.requestId, requestId))
  return row ?? null
}

/** Locked until the transaction ends: one person decides. */
export async function lockRollbackRequest(tx: Transaction, requestId: number): Promise<RollbackRequest | null> {
  const [row] = await tx.select().from(rollbackRequests).where(eq(rollbackRequests.requestId, requestId)).for('update')
  return row ?? null
}

/** The last one of a run, whatever became of it. */
export async function findLastRollbackRequest(db: Queryable, runId: number): Promise<RollbackRequest | null> {
  const [row] = await db
    .select()
    .from(rollbackRequests)
    .where(eq(rollbackRequests.runId, runId))
    .orderBy(desc(rollbackRequests.requestId))
    .limit(1)
  return row ?? null
}

export async function answerRollbackRequest(
  tx: Transaction,
  requestId: number,
  answer: Pick<RollbackRequest, 'answer' | 'decidedBy' | 'decidedAt' | 'decisionReason' | 'rollbackRunId'>,
): Promise<void> {
  await tx.update(rollbackRequests).set(answer).where(eq(rollbackRequests.requestId, requestId))
}
