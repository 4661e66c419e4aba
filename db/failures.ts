/** PostgreSQL's own codes, wherever the driver or Drizzle has wrapped them. */
export function databaseCode(error: unknown): string | null {
  for (let e: unknown = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    if ('code' in e && typeof e.code === 'string') return e.code
  }
  return null
}

export const isUniqueViolation = (error: unknown): boolean => databaseCode(error) === '23505'

/**
 * Serialization failure, deadlock, statement timeout or cancellation, lost connection, shutdown, too many connections, out of memory:
 * another try may succeed.
 */
export const isDatabaseBusy = (error: unknown): boolean => {
  const code = databaseCode(error)
  return (
    code !== null &&
    (/^(40001|40P01|55P03|57014|57P0[1235]|53[023]00|53400|08...)$/.test(code) ||
      /^(CONNECTION_|CONNECT_|ECONN|EPIPE|ETIMEDOUT)/.test(code))
  )
}

/** What our own database has to do with a failure; null: nothing. */
export const databaseFailure = (error: unknown): 'database_busy' | 'database_full' | null =>
  databaseCode(error) === '53100' ? 'database_full' : isDatabaseBusy(error) ? 'database_busy' : null
