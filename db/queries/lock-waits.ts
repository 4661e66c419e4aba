import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'

/** A statement of this transaction that waits longer for a lock fails: isLockTimeout. */
export async function limitLockWaits(tx: Transaction, ms: number): Promise<void> {
  await tx.execute(sql`select set_config('lock_timeout', ${String(ms)}, true)`)
}
