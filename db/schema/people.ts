import { sql } from 'drizzle-orm'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import type { Role } from '#server/domain/actor.ts'

export const people = pgTable('people', {
  personId: integer('person_id').primaryKey().generatedAlwaysAsIdentity(),
  signIn: text('sign_in').notNull().unique(),
  name: text().notNull(),
  role: text().$type<Role>().notNull(),
  /** Entities the person may see and change; {*} is all. */
  entityScope: text('entity_scope').array().notNull().default(sql`'{*}'`),
  /** argon2id */
  passwordHash: text('password_hash').notNull(),
  disabledAt: timestamp('disabled_at', { withTimezone: true }),
})

export const sessions = pgTable('sessions', {
  /** SHA-256 of the token in the cookie: a copy of this table opens no session. */
  tokenHash: text('token_hash').primaryKey(),
  personId: integer('person_id')
    .notNull()
    .references(() => people.personId),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
})
