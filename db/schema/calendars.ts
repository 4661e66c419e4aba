import { sql } from 'drizzle-orm'
import { check, date, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import type { CalendarDefinition } from '#server/domain/calendar.ts'
import type { NotReady } from '#server/domain/close.ts'
import type { PeriodState, ReopeningAnswer } from '#server/domain/period-state.ts'

export const calendars = pgTable('calendars', {
  code: text().primaryKey(),
  definition: jsonb().$type<CalendarDefinition>().notNull(),
})

export const fiscalPeriods = pgTable(
  'fiscal_periods',
  {
    calendar: text()
      .notNull()
      .references(() => calendars.code),
    period: text().notNull(),
    startsOn: date('starts_on').notNull(),
    endsOn: date('ends_on').notNull(),
  },
  (t) => [primaryKey({ columns: [t.calendar, t.period] }), index('fiscal_periods_by_date').on(t.calendar, t.startsOn)],
)

/** Each day with the number of working days up to it, so that business days between two dates are one subtraction. */
export const calendarDays = pgTable(
  'calendar_days',
  {
    calendar: text().notNull(),
    day: date().notNull(),
    workingDays: integer('working_days').notNull(),
  },
  (t) => [primaryKey({ columns: [t.calendar, t.day] })],
)

/** Open unless a row says otherwise. A trigger asks for the approval of a second person where a closed one is let out of it. */
export const periodStates = pgTable(
  'period_states',
  {
    entity: text().notNull(),
    period: text().notNull(),
    state: text().$type<PeriodState>().notNull(),
    changedAt: timestamp('changed_at', { withTimezone: true }).notNull().default(sql`now()`),
    changedBy: text('changed_by'),
    reason: text(),
    /** What was not ready when it was closed all the same. */
    notReady: jsonb('not_ready').$type<readonly NotReady[]>().notNull().default([]),
    /** The approved request by which it is reopened. */
    reopeningId: integer('reopening_id').references(() => periodReopenings.requestId),
  },
  (t) => [
    primaryKey({ columns: [t.entity, t.period] }),
    check('period_states_state', sql`state in ('open', 'soft_closed', 'closed', 'reopened')`),
    check('period_states_reopened', sql`(state = 'reopened') = (reopening_id is not null)`),
  ],
)

/** A closed period that is to let lines in again: asked for by one person, decided by another. */
export const periodReopenings = pgTable(
  'period_reopenings',
  {
    requestId: integer('request_id').primaryKey().generatedAlwaysAsIdentity(),
    entity: text().notNull(),
    period: text().notNull(),
    /** A hash of what it would touch as whoever asked saw it. */
    basis: text().notNull(),
    reason: text().notNull(),
    requestedBy: text('requested_by').notNull(),
    requestedAt: timestamp('requested_at', { withTimezone: true }).notNull(),
    /** Null while it waits. superseded: asked for once more, with what it would touch by then. */
    answer: text().$type<ReopeningAnswer>(),
    decidedBy: text('decided_by'),
    decidedAt: timestamp('decided_at', { withTimezone: true }),
    decisionReason: text('decision_reason'),
    /** Set by the database when the period was reopened by it: an approval opens once. */
    usedAt: timestamp('used_at', { withTimezone: true }),
  },
  (t) => [
    uniqueIndex('period_reopenings_one_waits').on(t.entity, t.period).where(sql`answer is null`),
    index('period_reopenings_by_period').on(t.entity, t.period),
    check('period_reopenings_answer', sql`answer in ('approved', 'declined', 'superseded')`),
    // The database's own word for the second person.
    check('period_reopenings_four_eyes', sql`decided_by <> requested_by`),
    check('period_reopenings_decided', sql`(coalesce(answer, 'superseded') = 'superseded') = (decided_by is null)`),
  ],
)
