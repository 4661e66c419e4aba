import { sql, type SQL } from 'drizzle-orm'

/** An instant as ISO 8601 in UTC, which every browser can read; PostgreSQL's own form is not. */
export const iso = (column: SQL): SQL<string> =>
  sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
