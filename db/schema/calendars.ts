import { sql } from 'drizzle-orm'
import { date, index, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import type { CalendarDefinition } from '#server/domain/calendar.ts'

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

/** Open unless a row says otherwise. */
export const periodStates = pgTable(
  'period_states',
  {
    entity: text().notNull(),
    period: text().notNull(),
    state: text().$type<'open' | 'soft_closed' | 'closed'>().notNull(),
    changedAt: timestamp('changed_at', { withTimezone: true }).notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.entity, t.period] })],
)
