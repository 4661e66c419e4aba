import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import * as schema from './schema/schema.ts'
import { traceStatements } from './traced-statements.ts'

export type OpenOptions = { readonly max?: number; readonly name?: string; readonly prepare?: boolean }

/** A pool of connections as the application's role. `$client` is postgres.js itself, for COPY and for LISTEN. */
export function openDatabase(url: string, { max = 10, name = 'control tower', prepare = true }: OpenOptions = {}) {
  const client = postgres(url, {
    max,
    prepare,
    idle_timeout: 60,
    connect_timeout: 15,
    // bigint columns hold counts and ids that stay far below 2^53; amounts are numeric and stay text.
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    connection: { application_name: name, search_path: 'public' },
    onnotice: () => {},
  })
  traceStatements(client)
  return drizzle(client, { schema, casing: undefined })
}

export type Database = ReturnType<typeof openDatabase>
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
/** What a query accepts: the caller decides whether it is inside a transaction. */
export type Queryable = Database | Transaction

export const closeDatabase = (db: Database): Promise<void> => db.$client.end({ timeout: 5 })
