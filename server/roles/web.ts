import { pathToFileURL } from 'node:url'
import type { ServerBuild } from '@remix-run/node'
import { answers } from '#db/queries/health.ts'
import { withDeadline } from '#server/platform/deadline.ts'
import { sessionSecret } from '#server/platform/session-secret.ts'
import type { Services } from '#server/services/services.ts'
import { createWeb, listen, type Readiness } from '#server/web.ts'
import { BUILD } from './build.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'

const CHECK_MS_MAX = 2_000

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
  const app = createWeb({
    build,
    clientFolder: BUILD.client,
    logger,
    readiness: () => readiness(runtime, workerIsUp),
    contextFor: (request, names) => ({ ...names, services, sessionSecret: secret, remoteAddress: request.ip ?? '' }),
  })
  const listening = await lifecycle.open(
    'web server',
    () => listen(app, env.HOST, env.PORT),
    (web) => web.close(),
  )
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
