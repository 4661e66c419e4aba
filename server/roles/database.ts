import { relative } from 'node:path'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { openEmbedded } from '#db/embedded.ts'
import { migrate } from '#db/migrate.ts'
import { firstAnswer } from '#db/own.ts'
import { fillCalendarDays } from '#db/queries/definitions.ts'
import { keyStore } from '#server/platform/audit-log/key-store.ts'
import { systemNow } from '#server/platform/clock.ts'
import type { Env } from '#server/platform/env.ts'
import type { Logger } from '#server/platform/logger.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'
import type { Steps } from './steps.ts'

type Tools = { env: Env; logger: Logger; lifecycle: Lifecycle; steps: Steps }

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
  await fillCalendarDays(db)
  return {
    env,
    logger,
    now: systemNow,
    db,
    auditKey: keyStore(env),
    ownerUrl,
    appUrl: migrated.appUrl,
    migrations: migrated.total,
    embedded: !env.DATABASE_URL,
  }
}

async function openOurs({ env, logger, lifecycle, steps }: Tools) {
  const warn = (message: string) => logger.warn(message)
  const opening = () => openEmbedded({ dataDir: env.DATA_DIR, report: steps.note, warn })
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
