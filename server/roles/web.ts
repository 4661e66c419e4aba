import { pathToFileURL } from 'node:url'
import type { ServerBuild } from '@remix-run/node'
import { answers } from '#db/queries/health.ts'
import { hearNotifications } from '#db/queries/notifications.ts'
import { withDeadline } from '#server/platform/deadline.ts'
import { makeNews } from '#server/platform/news.ts'
import { sessionSecret } from '#server/platform/session-secret.ts'
import type { Services } from '#server/services/services.ts'
import { createWeb, listen, type Readiness } from '#server/web.ts'
import { BUILD } from './build.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'

const CHECK_MS_MAX = 2_000

type Parts = { runtime: Runtime; services: Services; lifecycle: Lifecycle; workerIsUp: (() => boolean) | null }

/** The people's door. Returns the port it really listens on. */
export async function startWebRole({ runtime, services, lifecycle, workerIsUp }: Parts): Promise<number> {
  const { env, logger } = runtime
  const build = (await import(pathToFileURL(BUILD.server).href)) as ServerBuild
  const secret = await sessionSecret(env)
  const news = makeNews()
  const app = createWeb({
    build,
    clientFolder: BUILD.client,
    logger,
    readiness: () => readiness(runtime, workerIsUp),
    contextFor: (request, names) => ({ ...names, services, news, sessionSecret: secret, remoteAddress: request.ip ?? '' }),
  })
  const listening = await lifecycle.open(
    'web server',
    () => listen(app, env.HOST, env.PORT),
    (web) => web.close(),
  )
  const hearing = { onNews: news.tell, onConnected: () => news.tell(null) }
  await lifecycle.open(
    'news from the database',
    () => hearNotifications(runtime.appUrl, hearing),
    (ears) => ears.close(),
  )
  // Closed before the web server, which would else wait for streams that never end.
  await lifecycle.open('news to the pages', () => Promise.resolve(news), news.close)
  return listening.port
}

async function readiness({ db }: Runtime, workerIsUp: (() => boolean) | null): Promise<Readiness> {
  const database = await withDeadline(CHECK_MS_MAX, new AbortController().signal, (signal) =>
    Promise.race([answers(db), aborted(signal)]),
  ).then(
    () => ({ ok: true }),
    () => ({ ok: false, detail: 'the database does not answer' }),
  )
  if (!workerIsUp) return { database }
  return { database, worker: workerIsUp() ? { ok: true } : { ok: false, detail: 'the worker process is being started again' } }
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))
