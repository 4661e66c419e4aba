import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { iso } from '../iso.ts'
import { textArray } from '../text-array.ts'
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
  await db.update(people).set({ lastSignInAt: sql`now()` }).where(eq(people.personId, personId))
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

/** Disabled ones too. Until the transaction ends nobody else changes them, or any administrator. */
export async function findPersonForChange(tx: Transaction, signIn: string): Promise<{ person: Person | null; admins: Person[] }> {
  const rows = await tx
    .select()
    .from(people)
    .where(sql`${people.signIn} = ${signIn} or ${people.role} = 'admin'`)
    .orderBy(people.personId)
    .for('update')
  const admins = rows.filter((row) => row.role === 'admin' && row.disabledAt === null)
  return { person: rows.find((row) => row.signIn === signIn) ?? null, admins }
}

export type PersonChange = Partial<Pick<Person, 'name' | 'role' | 'entityScope' | 'passwordHash' | 'disabledAt'>>

export async function savePerson(tx: Transaction, personId: number, change: PersonChange): Promise<void> {
  if (Object.keys(change).length > 0) await tx.update(people).set(change).where(eq(people.personId, personId))
}

/** How many were open. */
export async function endSessions(tx: Transaction, personId: number): Promise<number> {
  const ended = await tx.delete(sessions).where(eq(sessions.personId, personId)).returning({ expiresAt: sessions.expiresAt })
  return ended.length
}

export type PersonRow = Omit<Person, 'passwordHash' | 'personId' | 'disabledAt' | 'lastSignInAt'> & {
  readonly disabledAt: string | null
  readonly lastSignInAt: string | null
  readonly sessions: number
}

/** Everybody, by sign-in, without what nobody may see. */
export async function listPeople(db: Queryable): Promise<PersonRow[]> {
  const rows = await db.execute<PersonRow>(sql`
    select sign_in as "signIn", name, role, entity_scope as "entityScope", ${iso(sql`disabled_at`)} as "disabledAt", ${iso(sql`last_sign_in_at`)} as "lastSignInAt",
      (select count(*)::int from sessions s where s.person_id = p.person_id and s.expires_at > now()) as sessions
    from people p order by sign_in`)
  return [...rows]
}

/** Names by sign-in, also of people who left. */
export async function listNames(db: Queryable, signIns: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db.execute<{ sign_in: string; name: string }>(
    sql`select sign_in, name from people where sign_in = any(${textArray(signIns)}::text[])`,
  )
  return new Map(rows.map(({ sign_in, name }) => [sign_in, name]))
}
