import { relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { openEmbedded, StartError } from '#db/embedded.ts'
import { migrate } from '#db/migrate.ts'
import { systemNow } from '#server/platform/clock.ts'
import type { Env } from '#server/platform/env.ts'
import type { Logger } from '#server/platform/logger.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'
import type { Steps } from './steps.ts'

type Tools = { env: Env; logger: Logger; lifecycle: Lifecycle; steps: Steps }

const ANSWER_MS_MAX = 15_000
const VERSION_NEEDED = 150_000

/** Opens the database, brings it to this program's schema, and connects as the restricted role. */
export async function openRuntime(tools: Tools): Promise<Runtime> {
  const { env, logger, lifecycle, steps } = tools
  const ownerUrl = env.DATABASE_URL ? await openOwn(env.DATABASE_URL, tools) : await openOurs(tools)
  const migrated = await steps.step(
    'Migrating the database',
    () => migrate(ownerUrl, { appUrl: env.DATABASE_APP_URL, report: steps.note }),
    ({ applied, total }) => `Migrations ${total}/${total}${applied > 0 ? ` (${applied} new)` : ''}`,
  )
  const connect = async () => openDatabase(migrated.appUrl, { max: env.WORKER_CONCURRENCY + 6 })
  const db = await lifecycle.open('database connections', connect, closeDatabase)
  return { env, logger, now: systemNow, db, ownerUrl, appUrl: migrated.appUrl, embedded: !env.DATABASE_URL }
}

async function openOurs({ env, lifecycle, steps }: Tools) {
  const opening = () => openEmbedded({ dataDir: env.DATA_DIR, report: steps.note })
  const database = await steps.step(
    'Starting PostgreSQL',
    () => lifecycle.open('embedded PostgreSQL', opening, (opened) => opened.release()),
    ({ version, port, started }) => {
      const folder = relative(process.cwd(), env.DATA_DIR)
      const shown = folder === '' || folder.startsWith('..') ? env.DATA_DIR : `./${folder}`
      return `PostgreSQL ${version} (embedded, ${shown}, port ${port}${started ? '' : ', already running'})`
    },
  )
  return database.url
}

async function openOwn(url: string, { lifecycle, steps }: Tools) {
  await steps.step(
    'Waiting for the database of DATABASE_URL',
    () => firstAnswer(url, lifecycle.signal),
    (version) => `PostgreSQL ${version} (yours, from DATABASE_URL)`,
  )
  return url
}

/** In a compose file the database starts beside us, so a refused connection is given some time. */
async function firstAnswer(url: string, signal: AbortSignal): Promise<string> {
  for (const until = Date.now() + ANSWER_MS_MAX; ; await sleep(500, undefined, { signal })) {
    const sql = postgres(url, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => undefined })
    try {
      const [row] = await sql<{ version: string; number: number }[]>`
        select current_setting('server_version') as version, current_setting('server_version_num')::int as number`
      if (row && row.number >= VERSION_NEEDED) return row.version.split(' ')[0]!
      throw new StartError(`The database of DATABASE_URL is PostgreSQL ${row?.version}: version 15 or newer is needed.`)
    } catch (error) {
      if (error instanceof StartError) throw error
      const code = (error as { code?: string }).code ?? ''
      if (WORTH_WAITING.has(code) && Date.now() < until) continue
      throw new StartError(`The database of DATABASE_URL cannot be used: ${REASONS[code] ?? `it answered ${code || 'oddly'}`}.`, {
        cause: error,
      })
    } finally {
      await sql.end({ timeout: 1 }).catch(() => undefined)
    }
  }
}

const WORTH_WAITING = new Set(['ECONNREFUSED', '57P03', 'EAI_AGAIN'])
const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing answers at its host and port; check both, and that the server runs',
  CONNECT_TIMEOUT: 'nothing answers at its host and port; check both, and the firewall',
  ENOTFOUND: 'its host name is not known; check the name',
  EAI_AGAIN: 'its host name cannot be looked up; check the name and the network',
  '28P01': 'user or password are wrong; check both',
  '28000': 'the server does not let this user in; check its pg_hba.conf',
  '3D000': 'there is no database of that name; create it first',
  '53300': 'it has no connection left; close some, or raise max_connections',
  '57P03': 'it is still starting; try again in a moment',
}
