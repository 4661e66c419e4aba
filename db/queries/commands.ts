import { eq } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { commands } from '../schema/audit.ts'

export async function hasCommand(db: Queryable, idempotencyKey: string): Promise<boolean> {
  const rows = await db.select({ key: commands.idempotencyKey }).from(commands).where(eq(commands.idempotencyKey, idempotencyKey))
  return rows.length > 0
}
