import { randomBytes } from 'node:crypto'
import { context, diag, DiagLogLevel, metrics as meters, trace } from '@opentelemetry/api'
import type { metrics, tracing } from '@opentelemetry/sdk-node'
import type { Env } from './env.ts'
import { KeptSpans, type KeepOptions } from './kept-spans.ts'
import type { Logger } from './logger.ts'
import { takeWantedTraceId } from './traced.ts'

export type TelemetryOptions = {
  readonly env: Pick<Env, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_SDK_DISABLED' | 'METRICS_TOKEN'>
  readonly logger: Logger
  /** web, worker, all: tells processes apart where they report to. */
  readonly role: string
  /** Where the spans of runs are kept; null where no run is carried out. */
  readonly keep: KeepOptions['write'] | null
}

export type Telemetry = {
  /** The text Prometheus reads; null without METRICS_TOKEN. */
  readonly metricsText: (() => Promise<string>) | null
  flush(): Promise<void>
  stop(): Promise<void>
}

const EXPORT_METRICS_MS = 30_000
/** A collector that is away must not hold up the end of the process. */
const STOP_MS_MAX = 3_000
const TROUBLE_EVERY_MS = 60_000

/**
 * Spans and metrics of this process. Nothing leaves it unless an endpoint is configured, whatever else stands in the
 * environment: every exporter is named here, where the SDK would otherwise add its own. Null when there is nothing to do.
 */
export async function startTelemetry({ env, logger, role, keep }: TelemetryOptions): Promise<Telemetry | null> {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT
  if (env.OTEL_SDK_DISABLED === 'true' || !(endpoint || env.METRICS_TOKEN || keep)) return null
  // 0.3 s and 30 MB: only who needs it loads it.
  const { NodeSDK, resources } = await import('@opentelemetry/sdk-node')
  const trouble = seldom((error) => logger.warn({ err: error }, 'telemetry could not be written'))
  diag.setLogger(
    { ...SILENT, error: (...said) => trouble(new Error(said.map(String).join(' ').slice(0, 500))) },
    DiagLogLevel.ERROR,
  )

  const kept = keep ? new KeptSpans({ write: keep, onTrouble: trouble }) : null
  const spanProcessors: tracing.SpanProcessor[] = kept ? [kept] : []
  const metricReaders: metrics.IMetricReader[] = []
  if (endpoint) {
    const outside = await otlp(endpoint)
    spanProcessors.push(outside.spans)
    metricReaders.push(outside.metrics)
  }
  const prometheus = env.METRICS_TOKEN ? await prometheusReader() : null
  if (prometheus) metricReaders.push(prometheus.reader)
  const sdk = new NodeSDK({
    serviceName: 'finance-control-tower',
    resource: resources.resourceFromAttributes({ 'service.instance.id': `${role}-${process.pid}`, 'tower.role': role }),
    autoDetectResources: false,
    idGenerator,
    // Sources are asked as they always were: no header of ours names the run behind a request.
    textMapPropagator: null,
    spanProcessors,
    metricReaders,
    // Without a list of its own the SDK would send logs to localhost.
    logRecordProcessors: [],
    instrumentations: metricReaders.length > 0 ? [await runtimeMetrics()] : [],
  })
  sdk.start()
  return {
    metricsText: prometheus?.text ?? null,
    flush: async () => {
      for (const processor of spanProcessors) await processor.forceFlush().catch(trouble)
    },
    async stop() {
      const tooLong = new Promise<void>((done) => setTimeout(done, STOP_MS_MAX).unref())
      await Promise.race([sdk.shutdown().catch(trouble), tooLong])
      for (const part of [trace, context, meters, diag]) part.disable()
    },
  }
}

/** Trace ids are correlation ids where one is known (traced.ts), and random where none is. */
const idGenerator: tracing.IdGenerator = {
  generateTraceId: () => takeWantedTraceId() ?? randomBytes(16).toString('hex'),
  generateSpanId: () => randomBytes(8).toString('hex'),
}

async function otlp(endpoint: string) {
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }, sdk] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/exporter-metrics-otlp-proto'),
    import('@opentelemetry/sdk-node'),
  ])
  const at = (path: string) => ({ url: `${endpoint.replace(/\/$/, '')}/v1/${path}` })
  return {
    spans: new sdk.tracing.BatchSpanProcessor(new OTLPTraceExporter(at('traces'))),
    metrics: new sdk.metrics.PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(at('metrics')),
      exportIntervalMillis: EXPORT_METRICS_MS,
      exportTimeoutMillis: EXPORT_METRICS_MS / 2,
    }),
  }
}

/** Not the exporter's own server: the figures are read at the door that is there, behind a token. */
async function prometheusReader() {
  const { PrometheusExporter, PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus')
  const reader = new PrometheusExporter({ preventServerStart: true })
  const serializer = new PrometheusSerializer('', false, undefined, false, true)
  return {
    reader,
    async text() {
      const { resourceMetrics } = await reader.collect()
      return serializer.serialize(resourceMetrics)
    },
  }
}

async function runtimeMetrics() {
  const { RuntimeNodeInstrumentation } = await import('@opentelemetry/instrumentation-runtime-node')
  return new RuntimeNodeInstrumentation()
}

const SILENT = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, verbose: () => {} }

/** A collector that is away for a day is one line a minute in the log, not one per batch. */
function seldom(tell: (error: unknown) => void): (error: unknown) => void {
  let quietUntil = 0
  return (error) => {
    if (Date.now() < quietUntil) return
    quietUntil = Date.now() + TROUBLE_EVERY_MS
    tell(error)
  }
}
