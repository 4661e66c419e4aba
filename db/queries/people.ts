import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { people, sessions } from '../schema/people.ts'

export type Person = typeof people.$inferSelect

export async function insertPerson(tx: Transaction, person: typeof people.$inferInsert): Promise<boolean> {
  const rows = await tx
    .insert(people)
    .values(person)
    .onConflictDoNothing({ target: people.signIn })
    .returning({ id: people.personId })
  return rows.length > 0
}

export async function findPerson(db: Queryable, signIn: string): Promise<Person | null> {
  const [row] = await db
    .select()
    .from(people)
    .where(and(eq(people.signIn, signIn), isNull(people.disabledAt)))
  return row ?? null
}

export async function insertSession(db: Queryable, tokenHash: string, personId: number, expiresAt: Date): Promise<void> {
  await db.delete(sessions).where(sql`${sessions.expiresAt} < now()`)
  await db.insert(sessions).values({ tokenHash, personId, expiresAt })
}

export async function findSessionPerson(db: Queryable, tokenHash: string): Promise<Person | null> {
  const [row] = await db
    .select({ person: people })
    .from(sessions)
    .innerJoin(people, eq(people.personId, sessions.personId))
    .where(and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, sql`now()`), isNull(people.disabledAt)))
  return row?.person ?? null
}

export async function deleteSession(db: Queryable, tokenHash: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.tokenHash, tokenHash))
}
