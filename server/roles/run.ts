import { join } from 'node:path'
import { isEmpty } from '#db/queries/health.ts'
import type { Env } from '#server/platform/env.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { ensureBuild } from './build.ts'
import { openRuntime } from './database.ts'
import { findDemoSystems, startDemoSystems } from './demo-systems.ts'
import { makeLifecycle, onEndSignal, type Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'
import { demonstration, servicesOf } from './services.ts'
import { makeSteps, type Steps } from './steps.ts'
import { superviseWorker } from './supervise.ts'
import { openTelemetry } from './telemetry.ts'
import { startWebRole, type WebParts } from './web.ts'
import { startSchedulerRole, startWorkerRole } from './worker.ts'

/**
 * start      web in this process, a worker with the clock in one of its own (the default)
 * web        only the web server            worker  a worker with the clock
 * scheduler  only the clock
 * all        everything in this one process
 */
export const ROLES = ['start', 'web', 'worker', 'scheduler', 'all'] as const
export type Role = (typeof ROLES)[number]

/** Runs until a signal, or, for a supervised worker, until the parent asks or is gone. */
export async function runRole(env: Env, role: Role, supervised: boolean): Promise<void> {
  const logger = makeLogger({ level: env.LOG_LEVEL })
  const steps = makeSteps(supervised ? { write: () => undefined } : process.stdout)
  const lifecycle = makeLifecycle((what, error) => logger.error({ err: error }, `${what} could not be closed`))
  let starting: Promise<void> = Promise.resolve()

  const stop = async () => {
    steps.line('\nStopping …')
    // A start that is half-way notices at its next step; what it opened by then is closed.
    const closed = lifecycle.closeAll()
    await starting.catch(() => undefined)
    await closed
    await lifecycle.closeAll()
    steps.line('Stopped.')
    return 0
  }
  if (supervised) endWithParent(stop)
  else onEndSignal(stop)

  starting = role === 'worker' ? startWorkerOnly() : role === 'scheduler' ? startSchedulerOnly() : startForPeople()
  try {
    await starting
    if (supervised) process.send?.('ready')
  } catch (error) {
    if (lifecycle.signal.aborted) return // We were told to stop: that is no failure.
    await lifecycle.closeAll()
    throw error
  }

  async function startWorkerOnly() {
    const runtime = await openRuntime({ env, logger, lifecycle, steps })
    await openTelemetry(runtime, lifecycle, role, true)
    if (env.DEMO === 'yes' && !supervised) await findDemoSystems(env)
    await startWorkerRole(runtime, lifecycle, true)
    await startSchedulerRole(runtime, lifecycle)
    steps.line(`✔ Worker (${env.WORKER_CONCURRENCY} slots) · scheduler\n\n  Stop: Ctrl-C`)
  }

  async function startSchedulerOnly() {
    const runtime = await openRuntime({ env, logger, lifecycle, steps })
    await openTelemetry(runtime, lifecycle, role, false)
    await startSchedulerRole(runtime, lifecycle)
    steps.line('✔ Scheduler\n\n  Stop: Ctrl-C')
  }

  async function startForPeople() {
    // The longest part of a first start, so it runs beside the others.
    const begun = performance.now()
    const building = ensureBuild(lifecycle.signal, join(env.DATA_DIR, 'build.log'))
    building.catch(() => undefined)
    const runtime = await openRuntime({ env, logger, lifecycle, steps })
    // The demonstration is loaded by this very process, once.
    const carriesOutRuns = role === 'all' || (env.DEMO === 'yes' && (await isEmpty(runtime.db)))
    const telemetry = await openTelemetry(runtime, lifecycle, role, carriesOutRuns)
    const services = await servicesOf(runtime)
    const demo = await steps.step(
      'Preparing the demonstration',
      () => demonstration(runtime, steps.note),
      (made) => made.title,
    )
    if (demo.signIns.length > 0) {
      await steps.step(
        'Starting the simulated systems',
        () => startDemoSystems(env, logger, lifecycle),
        (at) => `Simulated systems of the demonstration (port ${at})`,
      )
    }
    const worker = role === 'web' ? null : await startWorkerPart(runtime, lifecycle, steps, role)
    const port = await startPages(building, begun, { runtime, services, telemetry, lifecycle, workerIsUp: worker })
    steps.line(welcome(env, port, demo.signIns))
  }

  async function startPages(building: Promise<boolean>, begun: number, parts: WebParts) {
    const again = await steps.step(
      'Building the web application (first start only)',
      () => building,
      () => null,
    )
    const took = `built in ${((performance.now() - begun) / 1000).toFixed(1)} s`
    return steps.step(
      'Starting the web server',
      () => startWebRole(parts),
      () => `Web${again ? ` (${took})` : ''}`,
    )
  }
}

/** Null when there is no telling whether it is up. */
async function startWorkerPart(runtime: Runtime, lifecycle: Lifecycle, steps: Steps, role: Role) {
  const slots = `${runtime.env.WORKER_CONCURRENCY} slots`
  if (role === 'all') {
    const done = () => `Worker (${slots}, in this process) · scheduler`
    const both = async () => {
      await startWorkerRole(runtime, lifecycle, false)
      await startSchedulerRole(runtime, lifecycle)
    }
    await steps.step('Starting the worker', both, done)
    return null
  }
  const supervise = () => superviseWorker({ logger: runtime.logger, signal: lifecycle.signal })
  const opened = await steps.step(
    'Starting the worker',
    () => lifecycle.open('worker process', supervise, (worker) => worker.stop()),
    (worker) => (worker.isUp() ? `Worker (${slots}) · scheduler` : null),
  )
  if (!opened.isUp()) steps.line('✘ The worker did not start: the log above says why, and it is tried again.')
  return opened.isUp
}

function welcome(env: Env, port: number, signIns: readonly string[]) {
  const everywhere = env.HOST === '0.0.0.0' || env.HOST === '::'
  const shownHost = everywhere ? 'localhost' : env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST
  const moved = env.PORT !== 0 && port !== env.PORT ? `   (port ${env.PORT} is in use by another program)` : ''
  return [
    '',
    `  Open     http://${shownHost}:${port}${moved}`,
    ...(signIns.length > 0 ? [`  Sign in  ${signIns.join(' · ')}`] : []),
    ...(env.DEMO === 'no' ? ['  People   npm run --silent tower -- person add NAME --name "…" --role admin < password.txt'] : []),
    '  Stop     Ctrl-C',
    ...(signIns.length > 0 ? ['  Reset    npm run demo:reset (after Ctrl-C)'] : []),
    ...(env.DATABASE_URL ? [] : ['  Your own database: DATABASE_URL=postgres://user:password@host:5432/name npm start']),
    '',
  ].join('\n')
}

/** Ctrl-C reaches the whole terminal, but the parent decides when a worker stops; when the parent died, we go. */
function endWithParent(stop: () => Promise<number>) {
  let ending = false
  const end = () => {
    if (ending) return
    ending = true
    void stop().then(
      (code) => process.exit(code),
      () => process.exit(1),
    )
  }
  process.on('SIGINT', () => undefined)
  process.on('SIGHUP', () => undefined)
  process.on('SIGTERM', end)
  process.on('disconnect', end)
  process.on('message', (message) => {
    if (message === 'drain') end()
  })
}
