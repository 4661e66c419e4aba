import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { arrayTypes } from './array-types.ts'
import { LONG_GREETING, promptly } from './prompt-socket.ts'
import * as schema from './schema/schema.ts'
import { restLostTransactions } from './lost-transactions.ts'
import { traceStatements } from './traced-statements.ts'

export type OpenOptions = { readonly max?: number; readonly name?: string; readonly prepare?: boolean }

/** A pool of connections as the application's role. `$client` is postgres.js itself, for COPY and for LISTEN. */
export function openDatabase(url: string, { max = 10, name = 'control tower', prepare = true }: OpenOptions = {}) {
  const open = (most: number, { connection, ...more }: postgres.Options<Record<string, postgres.PostgresType>> = {}) =>
    postgres(url, {
      max: most,
      prepare,
      idle_timeout: 60,
      connect_timeout: 15,
      backoff: secondsBefore,
      fetch_types: false,
      // bigint columns hold counts and ids that stay far below 2^53; amounts are numeric and stay text.
      types: { ...arrayTypes, bigint: { to: 20, from: [20], serialize: String, parse: Number } },
      // Planned for the values it is given, each time: the lines of one entity are not those of another.
      connection: {
        application_name: name,
        search_path: 'public',
        plan_cache_mode: 'force_custom_plan',
        ...GIVEN_UP,
        ...LONG_GREETING,
        ...connection,
      },
      onnotice: () => {},
      ...promptly(),
      ...more,
    })
  const client = open(max)
  const beside: Beside = {
    // Lines that are copied out stay in their order: who reads them goes through them as they were written.
    // Whoever is slow to take what is copied out is still there.
    copies: open(COPIES_MAX, { connection: { max_parallel_workers_per_gather: '0', tcp_user_timeout: '0' } }),
    // Who shows that it lives by it does not wait for the disk: one that commits nothing for a while kills nobody.
    lock: open(1, { idle_timeout: 0, max_lifetime: null, connection: { synchronous_commit: 'off' } }),
  }
  for (const each of [client, beside.copies]) {
    restLostTransactions(each)
    traceStatements(each)
  }
  BESIDE.set(client, beside)
  return drizzle(client, { schema, casing: undefined })
}

/**
 * By the server, some 30 s after our machine vanished without a word. Of its own it would keep our transaction, with all its locks, for
 * two hours. Nothing of it counts where a socket of Unix is between us.
 */
const GIVEN_UP = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '30000',
}

/** Until the next try to connect. Of its own the driver comes to wait for 20 s: a database that is back is to be noticed sooner. */
const secondsBefore = (tries: number): number => Math.min(3 ** tries / 100, 2) * (0.5 + Math.random() / 2)

export type Database = ReturnType<typeof openDatabase>
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
/** What a query accepts: the caller decides whether it is inside a transaction. */
export type Queryable = Database | Transaction

type Beside = { readonly copies: postgres.Sql; readonly lock: postgres.Sql }
const BESIDE = new WeakMap<postgres.Sql, Beside>()
const COPIES_MAX = 64

/**
 * Connections on which lines are copied and nothing else: when all of a pool are busy, postgres.js sends the next statement
 * down any of them, and one in the middle of a copy refuses it. They are opened when they are needed.
 */
export const copyClientOf = (db: Pick<Database, '$client'>): postgres.Sql => BESIDE.get(db.$client)!.copies

/**
 * One connection that stays open, for a lock that is held for as long as it lives, and to say that it is; opened when it is needed. Not one reserved
 * from the pool: postgres.js 3.4.9 never hands out a reserved one that it has to open first when types are not fetched.
 */
export const lockClientOf = (db: Pick<Database, '$client'>): postgres.Sql => BESIDE.get(db.$client)!.lock

export async function closeDatabase(db: Database): Promise<void> {
  await Promise.all([db.$client, copyClientOf(db), lockClientOf(db)].map((client) => client.end({ timeout: 5 })))
}
