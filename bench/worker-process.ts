/** A worker as the role starts it, with its traces, and without the clock: node --import tsx bench/worker-process.ts APP_URL [SLOTS]. STAND=no: it does not stand back. */
import { makeLifecycle } from '#server/roles/lifecycle.ts'
import { openTelemetry } from '#server/roles/telemetry.ts'
import { loadEnv } from '#server/platform/env.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { startWorker } from '#jobs/worker.ts'

const [appUrl, slots] = process.argv.slice(2)
const env = loadEnv()
const logger = makeLogger({ level: 'error', output: process.stderr })
const lifecycle = makeLifecycle((what, error) => logger.error({ err: error }, what))
await openTelemetry({ env, logger, appUrl: appUrl! }, lifecycle, 'worker', true)
const concurrency = slots ? Number.parseInt(slots, 10) : env.WORKER_CONCURRENCY
const worker = await startWorker({
  appUrl: appUrl!,
  logger,
  concurrency,
  now: () => new Date(),
  traceDays: env.TRACE_DAYS,
  ...(process.env.STAND !== 'no' && { standsBack: { serverIsHere: !env.DATABASE_URL } }),
})
const end = async () => {
  await worker.stop()
  await lifecycle.closeAll()
  process.exit(0)
}
process.on('message', () => void end())
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
