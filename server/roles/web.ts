import { pathToFileURL } from 'node:url'
import type { ServerBuild } from '@remix-run/node'
import { hearNotifications } from '#db/queries/notifications.ts'
import { makeNews } from '#server/platform/news.ts'
import { sessionSecret } from '#server/platform/session-secret.ts'
import type { Telemetry } from '#server/platform/telemetry.ts'
import { observeFigures } from '#server/services/observe.ts'
import { readReadiness } from '#server/services/reads/readiness.ts'
import type { Services } from '#server/services/services.ts'
import { listen } from '#server/listen.ts'
import { createWeb } from '#server/web.ts'
import { BUILD } from './build.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'

export type WebParts = {
  readonly runtime: Runtime
  readonly services: Services
  readonly telemetry: Telemetry | null
  readonly lifecycle: Lifecycle
  /** Whether the worker process of ours is up; null when there is none. */
  readonly workerIsUp: (() => boolean) | null
}

/** The people's door. Returns the port it really listens on. */
export async function startWebRole({ runtime, services, telemetry, lifecycle, workerIsUp }: WebParts): Promise<number> {
  const { env, logger } = runtime
  const build = (await import(pathToFileURL(BUILD.server).href)) as ServerBuild
  const secret = await sessionSecret(env)
  const news = makeNews()
  if (telemetry) observeFigures(services.context)
  const app = createWeb({
    build,
    clientFolder: BUILD.client,
    logger,
    readiness: () => readReadiness({ ...runtime, workerIsUp }),
    metrics: env.METRICS_TOKEN && telemetry?.metricsText ? { token: env.METRICS_TOKEN, text: telemetry.metricsText } : null,
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
