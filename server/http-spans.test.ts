import type { ServerBuild } from '@remix-run/node'
import express from 'express'
import { afterEach, expect, test } from 'vitest'
import type { AddressInfo } from 'node:net'
import { serverSpans } from './http-spans.ts'
import type { KeptSpan } from './platform/kept-spans.ts'
import { makeLogger } from './platform/logger.ts'
import { startTelemetry, type Telemetry } from './platform/telemetry.ts'
import { noteFacts, traceIds, traceIdOf } from './platform/traced.ts'

const ID = '01a2b3c4-d5e6-7f89-8abc-def012345678'
const ROUTES = {
  root: { id: 'root', path: '' },
  console: { id: 'console', parentId: 'root' },
  home: { id: 'home', parentId: 'console', index: true },
  run: { id: 'run', parentId: 'console', path: 'runs/:runId' },
  rejected: { id: 'rejected', parentId: 'console', path: 'runs/:runId/rejected' },
} as unknown as ServerBuild['routes']

let telemetry: Telemetry | null = null
afterEach(async () => {
  await telemetry?.stop()
  telemetry = null
})

async function ask(paths: readonly string[]) {
  const app = express()
  let log = ''
  const logger = makeLogger({ level: 'info', output: { write: (line: string) => (log += line) } })
  app.use(serverSpans(ROUTES, () => ID))
  app.use((request, response) => {
    // Kept spans are those of runs; this one says that it has to do with one.
    noteFacts({ 'tower.run': 1 })
    logger.info({ ids: traceIds() }, 'inside')
    response.status(request.path.endsWith('rejected') ? 500 : 200).end()
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  for (const path of paths) await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
  await new Promise((done) => server.close(done))
  await telemetry?.flush()
  return log
}

test('a request is a span named by its route, under its correlation id, and its log lines say so', async () => {
  const spans: KeptSpan[] = []
  telemetry = await startTelemetry({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: undefined, METRICS_TOKEN: undefined, OTEL_SDK_DISABLED: 'false' },
    logger: makeLogger({ level: 'silent' }),
    role: 'test',
    keep: async (kept) => void spans.push(...kept),
  })
  const log = await ask(['/runs/42?do=replay', '/runs/42/rejected', '/', '/nowhere'])
  expect(spans.map(({ name, status, attributes }) => [name, attributes['http.response.status_code'], status])).toEqual([
    ['GET /runs/:runId', 200, 'ok'],
    ['GET /runs/:runId/rejected', 500, 'error'],
    ['GET /', 200, 'ok'],
    ['GET', 200, 'ok'],
  ])
  for (const span of spans) expect(span.correlationId).toBe(ID)
  expect(spans[0]!.attributes).toMatchObject({ 'http.route': '/runs/:runId', 'url.path': '/runs/42' })
  expect(JSON.parse(log.split('\n')[0]!)).toMatchObject({ trace_id: traceIdOf(ID), span_id: spans[0]!.spanId })
})

test('without telemetry a request is answered and nothing is noted', async () => {
  const log = await ask(['/runs/42'])
  expect(JSON.parse(log.split('\n')[0]!).trace_id).toBeUndefined()
})
