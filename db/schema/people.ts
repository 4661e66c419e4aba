import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
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
  lastSignInAt: timestamp('last_sign_in_at', { withTimezone: true }),
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

/** Somebody acts in the entities of somebody else who is away, under their own name and role, until a day. Ended, never deleted. */
export const standIns = pgTable(
  'stand_ins',
  {
    standInId: integer('stand_in_id').primaryKey().generatedAlwaysAsIdentity(),
    /** Sign-ins: who is away, and who stands in. */
    forPerson: text('for_person').notNull(),
    standIn: text('stand_in').notNull(),
    /** Of the scope of who is away; {*} is all of it. */
    entities: text().array().notNull(),
    startsAt: timestamp('starts_at', { withTimezone: true }).notNull(),
    endsAt: timestamp('ends_at', { withTimezone: true }).notNull(),
    reason: text().notNull(),
    namedBy: text('named_by').notNull(),
    namedAt: timestamp('named_at', { withTimezone: true }).notNull(),
    endedBy: text('ended_by'),
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (t) => [
    index('stand_ins_by_person').on(t.standIn),
    check('stand_ins_other', sql`stand_in <> for_person`),
    check('stand_ins_end', sql`ends_at > starts_at and ends_at <= starts_at + interval '93 days'`),
  ],
)

/** A list as somebody wants to see it again: its address query under a name. */
export const savedViews = pgTable(
  'saved_views',
  {
    viewId: integer('view_id').primaryKey().generatedAlwaysAsIdentity(),
    /** The list it belongs to, by its path. */
    screen: text().notNull(),
    name: text().notNull(),
    /** The query of the address, without the leading question mark. */
    query: text().notNull(),
    /** Whose it is; everybody sees a view of the team. */
    ownerId: integer('owner_id')
      .notNull()
      .references(() => people.personId),
    isTeam: boolean('is_team').notNull().default(false),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
  },
  (t) => [index('saved_views_by_screen').on(t.screen)],
)

/** The view a person's list opens with. */
export const defaultViews = pgTable(
  'default_views',
  {
    personId: integer('person_id')
      .notNull()
      .references(() => people.personId),
    screen: text().notNull(),
    viewId: integer('view_id')
      .notNull()
      .references(() => savedViews.viewId, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.personId, t.screen] })],
)
