import { trace } from '@opentelemetry/api'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { insertSpans, listSpans, sweepSpans } from '#db/queries/spans.ts'
import { findRun } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob, ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, runSource, runUntilEnded } from '#db/testing/load.ts'
import { startLedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import { STAGES } from '#server/domain/run.ts'
import type { TraceSpan } from '#server/domain/trace.ts'
import type { KeptSpan } from '#server/platform/kept-spans.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { startTelemetry, type Telemetry } from '#server/platform/telemetry.ts'
import { traceIdOf } from '#server/platform/traced.ts'
import { openDatabase, closeDatabase } from '#db/client.ts'
import { replayRun } from './replay-run.ts'

const world = useDatabase()
const job = ledgerJob({ job: 'traced' })
beforeAll(() => importJob(world.context, job))

let telemetry: Telemetry | null = null
afterEach(async () => {
  await telemetry?.stop()
  telemetry = null
})
const start = (keep: (spans: KeptSpan[]) => Promise<void>, disabled: 'true' | 'false' = 'false') =>
  startTelemetry({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: undefined, METRICS_TOKEN: undefined, OTEL_SDK_DISABLED: disabled },
    logger: makeLogger({ level: 'silent' }),
    role: 'test',
    keep,
  })
const keepHere = async (spans: KeptSpan[]) => insertSpans(world.db, spans)

async function traceOf(runId: number): Promise<TraceSpan[]> {
  await telemetry!.flush()
  return listSpans(world.db, (await findRun(world.db, runId))!.run.correlationId, 5_000)
}
const named = (spans: readonly TraceSpan[], name: string) => spans.filter((span) => span.name === name)

test('without telemetry a run leaves no span, and switched off it is not even loaded', async () => {
  expect(await start(keepHere, 'true')).toBeNull()
  expect((await load(world.context, job, ledgerCsv([{ id: 'silent' }]))).outcome).toBe('succeeded')
  expect(await world.owner`select 1 from spans`).toHaveLength(0)
  expect(trace.getActiveSpan()).toBeUndefined()
})

test('a run is one span, with one per stage inside, and statements inside those; all say which run, job, entity and period', async () => {
  telemetry = await start(keepHere)
  const { runId } = await load(world.context, job, ledgerCsv(ledgerRows(500, { prefix: 'T', entity: 'NO01' })))
  const spans = await traceOf(runId)
  const roots = spans.filter((span) => span.parentSpanId === null)
  expect(roots.map((span) => span.name)).toEqual(['run'])
  const [root] = roots
  const { correlationId } = (await findRun(world.db, runId))!.run
  expect(root!.attributes).toMatchObject({
    'tower.job': 'traced',
    'tower.run': runId,
    'tower.attempt': 1,
    'tower.correlation_id': correlationId,
    'tower.outcome': 'succeeded',
    'tower.entity': 'NO01',
  })
  expect(root!.attributes['tower.period']).toMatch(/^\d{4}-\d{2}/)

  const stages = spans.filter((span) => span.name.startsWith('stage '))
  expect(stages.map((span) => span.name)).toEqual(STAGES.map((stage) => `stage ${stage}`))
  for (const stage of stages) {
    expect(stage.parentSpanId).toBe(root!.spanId)
    const inside = spans.filter((span) => span.parentSpanId === stage.spanId)
    expect(inside.length, stage.name).toBeGreaterThan(0)
    expect(stage.ms).toBeLessThanOrEqual(root!.ms)
  }
  // What a stage learns stands on the ones after it.
  expect(named(spans, 'stage publish')[0]!.attributes).toMatchObject({ 'tower.entity': 'NO01', 'tower.run': runId })
  expect(named(spans, 'insert into publications')).toHaveLength(1)
  // The COPY lasts until its last line was taken, not only until it may begin.
  const copies = named(spans, 'copy load.l')
  expect(copies.map(({ parentSpanId }) => parentSpanId)).toEqual([named(spans, 'stage validate')[0]!.spanId])
  const lastRead = named(spans, 'select artifact_chunks').at(-1)!
  expect(copies[0]!.startedMs + copies[0]!.ms).toBeGreaterThan(lastRead.startedMs)
  expect(spans.length).toBeLessThan(200)
})

test('no value of a statement is in its span', async () => {
  telemetry = await start(keepHere)
  const { runId } = await load(world.context, job, ledgerCsv([{ id: 'SECRET-KEY-4711', text: 'SECRET-WORDS' }]))
  const kept = JSON.stringify(await traceOf(runId))
  expect(kept).toContain('insert into')
  expect(kept).not.toContain('SECRET')
})

test('requests to the source are spans of the extract stage with their outcome; each attempt is a root of the same trace', async () => {
  telemetry = await start(keepHere)
  const simulator = await startLedgerSimulator({
    lines: { count: 30 },
    pageSize: 10,
    faults: [{ on: 'request', nth: 2, kind: 'html_503' }],
  })
  const { runId } = await runSource(
    world.context,
    httpLedgerJob(simulator.url, { retry: { attempts: 3, baseMs: 10, maxMs: 20 } }),
  )
  await simulator.stop()
  const spans = await traceOf(runId)
  const roots = named(spans, 'run')
  expect(roots.map(({ status, attributes }) => [status, attributes['tower.attempt'], attributes['tower.outcome']])).toEqual([
    ['error', 1, 'waiting'],
    ['ok', 2, 'succeeded'],
  ])
  const extracts = named(spans, 'stage extract')
  const calls = named(spans, 'connector call')
  expect(calls.map(({ status, attributes }) => [status, attributes['tower.outcome']])).toEqual([
    ['ok', 'ok'],
    ['error', 'source_unavailable'],
    ['ok', 'ok'],
    ['ok', 'ok'],
  ])
  for (const call of calls) {
    const stage = extracts.find((extract) => extract.spanId === call.parentSpanId)!
    expect(stage.attributes['tower.attempt']).toBe(call.attributes['tower.attempt'])
  }
  expect(extracts[0]!.status).toBe('error')
})

test('a replay joins the trace of its original, and is told apart by its run', async () => {
  telemetry = await start(keepHere)
  const { runId } = await load(world.context, job, ledgerCsv([{ id: 'origin' }]))
  const replay = await replayRun(world.context, { runId, rules: 'current', preview: false, reason: 'a test', actor: ADMIN })
  await runUntilEnded(world.context, replay.runId)
  const spans = await traceOf(runId)
  expect(named(spans, 'run').map((span) => span.runId)).toEqual([runId, replay.runId])
  for (const span of spans) expect([runId, replay.runId]).toContain(span.runId)
  expect(await traceOf(replay.runId)).toEqual(spans)
})

test('outside of the process the trace id is the correlation id', async () => {
  const seen: KeptSpan[] = []
  telemetry = await start(async (spans) => void seen.push(...spans))
  const { runId } = await load(world.context, job, ledgerCsv([{ id: 'ids' }]))
  await telemetry!.flush()
  const { correlationId } = (await findRun(world.db, runId))!.run
  expect(new Set(seen.map((span) => span.correlationId))).toEqual(new Set([correlationId]))
  expect(traceIdOf(correlationId)).toMatch(/^[0-9a-f]{32}$/)
})

test('spans that cannot be written do no harm to the run, nor does a database that hangs', async () => {
  telemetry = await start(async () => {
    throw new Error('the disk is full')
  })
  expect((await load(world.context, job, ledgerCsv([{ id: 'broken' }]))).outcome).toBe('succeeded')
  await telemetry!.stop()
  telemetry = await start(() => new Promise(() => undefined))
  expect((await load(world.context, job, ledgerCsv([{ id: 'hangs' }]))).outcome).toBe('succeeded')
})

test('a run with many statements keeps its stages and says how many spans it left out', async () => {
  telemetry = await start(keepHere)
  const simulator = await startLedgerSimulator({ lines: { count: 150 }, pageSize: 1 })
  const { runId } = await runSource(world.context, httpLedgerJob(simulator.url, { job: 'many-pages' }))
  await simulator.stop()
  const spans = await traceOf(runId)
  expect(spans.filter((span) => span.name.startsWith('stage '))).toHaveLength(STAGES.length)
  expect(spans.filter((span) => 'db.query.text' in span.attributes)).toHaveLength(500)
  expect(named(spans, 'run')[0]!.attributes['tower.spans_left_out']).toBeGreaterThan(100)
})

test('traces are swept after their days, and only then', async () => {
  telemetry = await start(keepHere)
  const { runId } = await load(world.context, job, ledgerCsv([{ id: 'old' }]))
  const kept = await traceOf(runId)
  await world.owner`update spans set started_at = now() - interval '31 days' where span_id = ${kept[0]!.spanId}`
  expect(await sweepSpans(world.db, 30)).toBe(1)
  expect(await traceOf(runId)).toHaveLength(kept.length - 1)
})

test('the writer of spans leaves no spans of its own', async () => {
  const own = openDatabase(world.appUrl, { max: 1 })
  telemetry = await start(async (spans) => insertSpans(own, spans))
  // Longer than a writer waits: it writes while the run goes on.
  const simulator = await startLedgerSimulator({ lines: { count: 60 }, pageSize: 1 })
  const slow = httpLedgerJob(simulator.url, { job: 'slow-pages', source: { type: 'http', requestsPerSecond: 40 } })
  const { runId } = await runSource(world.context, slow)
  await simulator.stop()
  expect(named(await traceOf(runId), 'insert into spans')).toHaveLength(0)
  await closeDatabase(own)
})
