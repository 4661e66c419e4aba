import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { Logger, runMigrations as migrateQueue } from 'graphile-worker'
import postgres from 'postgres'
import { StartError } from './embedded/start-error.ts'
import { isLockTimeout } from './failures.ts'

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url))
const MIGRATION_LOCK = 7_236_001

/** So long whoever is at work on a table that changes keeps others from reading it as well. */
const LOCK_MS_MAX = 3_000
const BETWEEN_TRIES_MS = 3_000
const TRIES_MAX = 300

export type MigrateOptions = {
  readonly appUrl?: string | undefined
  readonly report?: (message: string) => void
  readonly folder?: string
}
export type Migrated = { readonly appUrl: string; readonly applied: number; readonly total: number }

/**
 * Brings the database to this program's schema, as its owner, and returns the address the program itself uses:
 * that of tower_app, a role that cannot touch audit events. Any number of processes may call this at once.
 * Without appUrl the owner needs CREATEROLE; the role's password is derived from the owner's, so none is stored.
 */
export async function migrate(
  ownerUrl: string,
  { appUrl, report = () => {}, folder = FOLDER }: MigrateOptions = {},
): Promise<Migrated> {
  const sql = postgres(ownerUrl, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: 'control tower migrations' },
  })
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`
    const total = readMigrationFiles({ migrationsFolder: folder }).length
    const before = await countApplied(sql)
    if (before > total)
      throw new Error(
        `The database is newer than this program (${before} migrations, the program knows ${total}). Start the newer program.`,
      )
    const app = appUrl ?? (await createAppRole(sql, ownerUrl))
    if (before < total) {
      report(`Migrating the database (${total - before} of ${total})`)
      await changeSchema(sql, folder, report)
    }
    await installQueue(sql, app)
    return { appUrl: app, applied: total - before, total }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/**
 * All or nothing. Programs of before are at work meanwhile: a statement that waited for a publication, which takes minutes, would keep
 * everybody who only reads waiting behind it.
 */
async function changeSchema(sql: postgres.Sql, folder: string, report: (message: string) => void): Promise<void> {
  await sql.unsafe(`set lock_timeout = ${LOCK_MS_MAX}`)
  for (let tries = 1; ; tries++) {
    try {
      await runMigrations(drizzle(sql), { migrationsFolder: folder })
      break
    } catch (error) {
      if (!isLockTimeout(error)) throw error
      if (tries >= TRIES_MAX)
        throw new StartError('The schema could not be changed: the tables are in use all the time. Stop the other programs.', {
          cause: error,
        })
      if (tries === 1) report('Migrating the database: waiting for a load that is being published')
      await sleep(BETWEEN_TRIES_MS)
    }
  }
  await sql`set lock_timeout = 0`
}

async function countApplied(sql: postgres.Sql): Promise<number> {
  const [row] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as there`
  if (!row?.there) return 0
  const [count] = await sql`select count(*)::int as n from drizzle.__drizzle_migrations`
  return count!.n as number
}

async function createAppRole(sql: postgres.Sql, ownerUrl: string): Promise<string> {
  const url = new URL(ownerUrl)
  const password = createHmac('sha256', 'tower_app').update(decodeURIComponent(url.password)).digest('hex')
  const [role] = await sql`select 1 from pg_roles where rolname = 'tower_app'`
  try {
    await sql.unsafe(
      role ? `ALTER ROLE tower_app LOGIN PASSWORD '${password}'` : `CREATE ROLE tower_app LOGIN PASSWORD '${password}'`,
    )
  } catch (cause) {
    const advice =
      'give the user of DATABASE_URL the right CREATEROLE, or make the role tower_app yourself and name its login in DATABASE_APP_URL'
    throw new StartError(`The restricted role tower_app cannot be ${role ? 'given a password' : 'made'}: ${advice}.`, { cause })
  }
  url.username = 'tower_app'
  url.password = password
  return url.toString()
}

/**
 * The queue's tables belong to the application's role; it may create its schema once and nothing after. Looked at in each start: our
 * own migrations do not say how far a first one came that was cut short.
 */
async function installQueue(sql: postgres.Sql, appUrl: string): Promise<void> {
  const [row] = await sql`
    select current_database() as name, to_regnamespace('graphile_worker') is not null as "isThere", has_database_privilege('tower_app', current_database(), 'CREATE') as "mayCreate"`
  const name = `"${String(row!.name).replaceAll('"', '""')}"`
  if (!row!.isThere) await sql.unsafe(`GRANT CREATE ON DATABASE ${name} TO tower_app`)
  try {
    await migrateQueue({ connectionString: appUrl, logger: quiet })
  } finally {
    if (!row!.isThere || row!.mayCreate) await sql.unsafe(`REVOKE CREATE ON DATABASE ${name} FROM tower_app`)
  }
}

const quiet = new Logger(() => () => {})
