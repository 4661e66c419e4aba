import { sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import type { JobDefinition } from '#server/domain/job.ts'

/** Something connected: ERP, planning, CRM... The first half of a line's identity. */
export const systems = pgTable('systems', {
  systemId: integer('system_id').primaryKey().generatedAlwaysAsIdentity(),
  code: text().notNull().unique(),
  name: text().notNull(),
  kind: text().notNull(),
  /** True where a simulator stands in for a vendor nobody can reach. Shown on screen. */
  simulated: boolean().notNull().default(false),
})

export const jobs = pgTable('jobs', {
  jobId: integer('job_id').primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull().unique(),
  systemId: integer('system_id')
    .notNull()
    .references(() => systems.systemId),
  currentVersion: integer('current_version').notNull(),
  pausedAt: timestamp('paused_at', { withTimezone: true }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
})

/** A job is versioned data: a version is never edited, a change is the next version. */
export const jobVersions = pgTable(
  'job_versions',
  {
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.jobId),
    version: integer().notNull(),
    definition: jsonb().$type<JobDefinition>().notNull(),
    definitionHash: text('definition_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.version] }), uniqueIndex().on(t.jobId, t.version, t.definitionHash)],
)
