/** PostgreSQL's own codes, wherever the driver or Drizzle has wrapped them. */
export function databaseCode(error: unknown): string | null {
  for (let e: unknown = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    if ('code' in e && typeof e.code === 'string') return e.code
  }
  return null
}

export const isUniqueViolation = (error: unknown): boolean => databaseCode(error) === '23505'

/** Serialization failure, deadlock, lost connection, shutdown, too many connections: another try may succeed. */
export const isDatabaseBusy = (error: unknown): boolean => {
  const code = databaseCode(error)
  return code !== null && (/^(40001|40P01|55P03|57P0[123]|53300|08...)$/.test(code) || /^(CONNECTION_|ECONN|EPIPE)/.test(code))
}
