import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob, ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { importJob, keepFile, load, runSource } from '#db/testing/load.ts'
import { startLedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { startTelemetry, type Telemetry } from '#server/platform/telemetry.ts'
import { observeFigures } from './observe.ts'

const world = useDatabase()
let telemetry: Telemetry | null = null
afterEach(async () => {
  await telemetry?.stop()
  telemetry = null
})
const start = (env: { endpoint?: string; token?: string }, keep = false) =>
  startTelemetry({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: env.endpoint, METRICS_TOKEN: env.token, OTEL_SDK_DISABLED: 'false' },
    logger: makeLogger({ level: 'silent' }),
    role: 'test',
    keep: keep ? async () => undefined : null,
  })

/** A collector that takes note of what it is sent. */
async function collector() {
  const paths: string[] = []
  const server = createServer((request: IncomingMessage, response) => {
    paths.push(request.url ?? '')
    request.resume().once('end', () => response.end())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { paths, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

test('Prometheus reads the figures of the database: lateness, outcomes, exceptions, the queue, latency, amounts by currency', async () => {
  const job = ledgerJob({ job: 'observed', rules: { balanced: true } })
  // NOK 40.00 against 39.00: the document does not balance, so its records wait.
  const unbalanced = [
    { id: 'a', document: 'D1', debit: '40.00' },
    { id: 'b', document: 'D1', debit: '', credit: '39.00' },
  ]
  await load(world.context, job, ledgerCsv(unbalanced))
  const simulator = await startLedgerSimulator({ lines: { count: 10 }, pageSize: 10 })
  await runSource(world.context, httpLedgerJob(simulator.url))
  await simulator.stop()
  await importJob(world.context, job)
  await keepFile(world.context, job.job, ledgerCsv([{ id: 'queued' }]))
  await world.owner`insert into feeds (job_id, expected_by, counts_from, owner, state)
    select job_id, now() - interval '2 hours', now() - interval '1 day', 'finance', 'missing' from jobs where name = 'observed'`

  telemetry = await start({ token: 'a-token-long-enough' })
  observeFigures(world.context)
  const text = await telemetry!.metricsText!()
  const figure = (start: string) => text.split('\n').find((line) => line.startsWith(start))
  expect(figure('tower_lateness{job="observed"}')).toMatch(/ 7\d\d\d(\.\d+)?( \d+)?$/)
  expect(figure('tower_runs{outcome="held"}')).toMatch(/ 1( \d+)?$/)
  expect(figure('tower_runs{outcome="queued"}')).toMatch(/ 1( \d+)?$/)
  expect(figure('tower_exceptions_open{class="business"}')).toMatch(/ 1( \d+)?$/)
  expect(figure('tower_amount_held{kind="waiting",currency="NOK"}')).toMatch(/ 40( \d+)?$/)
  expect(figure('tower_queue_depth{state="ready"}')).toBeDefined()
  expect(figure('tower_queue_age')).toBeDefined()
  expect(figure('tower_connector_latency{system="erp",quantile="0.95"}')).toBeDefined()
  expect(text).not.toContain('NaN')
})

test('with an endpoint spans and metrics go there; a collector that is away hurts nobody', async () => {
  const there = await collector()
  telemetry = await start({ endpoint: there.url }, true)
  await load(world.context, ledgerJob({ job: 'exported' }), ledgerCsv([{ id: 'x' }]))
  await telemetry!.stop()
  expect(there.paths).toContain('/v1/traces')
  expect(there.paths).toContain('/v1/metrics')
  expect(there.paths.some((path) => path.includes('logs'))).toBe(false)
  there.close()

  telemetry = await start({ endpoint: there.url }, true)
  expect((await load(world.context, ledgerJob({ job: 'exported' }), ledgerCsv([{ id: 'y' }]))).outcome).toBe('succeeded')
  const begun = performance.now()
  await telemetry!.stop()
  expect(performance.now() - begun).toBeLessThan(15_000)
})

test('with nothing configured nothing is sent, whatever else the environment says', async () => {
  const there = await collector()
  const set = {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: there.url,
  }
  Object.assign(process.env, set)
  try {
    telemetry = await start({}, true)
    await load(world.context, ledgerJob({ job: 'private' }), ledgerCsv([{ id: 'z' }]))
    await telemetry!.stop()
    expect(there.paths).toEqual([])
    expect(await start({})).toBeNull()
  } finally {
    for (const name of Object.keys(set)) delete process.env[name]
    there.close()
  }
})
