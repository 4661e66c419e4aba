import { codeOfDatabase, type DatabaseCode } from '#server/domain/failure-names/postgresql.ts'

/** PostgreSQL's own codes, wherever the driver or Drizzle has wrapped them. */
export function databaseCode(error: unknown): string | null {
  for (let e: unknown = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    if ('code' in e && typeof e.code === 'string') return e.code
  }
  return null
}

export const isUniqueViolation = (error: unknown): boolean => databaseCode(error) === '23505'
/** Two transactions waited for each other, and ours was the one that was undone. */
export const isDeadlock = (error: unknown): boolean => databaseCode(error) === '40P01'
/** A table that was there when it was looked for. */
export const isTableGone = (error: unknown): boolean => databaseCode(error) === '42P01'
/** Waited longer for a lock than it may: db/queries/lock-waits.ts. */
export const isLockTimeout = (error: unknown): boolean => databaseCode(error) === '55P03'

/** What our own database has to do with a failure; null: nothing. */
export function databaseFailure(error: unknown): DatabaseCode | null {
  const code = databaseCode(error)
  return code === null ? null : codeOfDatabase(code)
}

/** Busy, gone or full: it may answer a little later. */
export const isDatabaseAway = (error: unknown): boolean => {
  const name = databaseFailure(error)
  return name === 'database_busy' || name === 'database_full'
}

/** Another try may succeed. */
export const isDatabaseBusy = (error: unknown): boolean => databaseFailure(error) === 'database_busy'
