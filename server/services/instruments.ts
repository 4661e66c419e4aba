import { metrics } from '@opentelemetry/api'
import type { SourceCall } from '#server/connectors/connector.ts'
import type { RunStatus, RunTrigger } from '#server/domain/run.ts'
import { recordSpan } from '#server/platform/traced.ts'

/**
 * What this process itself does, counted as it happens. What stands in the database (exceptions, the queue, amounts held) is
 * read when it is collected: see observe.ts.
 */
/** Seconds, from a quick answer to a load of millions. */
const advice = { explicitBucketBoundaries: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600] }

const meter = () => metrics.getMeter('control-tower')

/** The end of an attempt, and what it left the run in. */
export function noteAttempt(job: string, trigger: RunTrigger, status: RunStatus | null, ms: number): void {
  const of = { job, trigger, outcome: status ?? 'let_go' }
  meter().createCounter('tower.attempts', { description: 'Attempts of runs that ended, by outcome' }).add(1, of)
  meter()
    .createHistogram('tower.attempt.duration', { unit: 's', description: 'How long an attempt of a run took', advice })
    .record(ms / 1_000, of)
}

/** A request to a source: into the trace that is going on, and into the latency of its system. */
export function noteCall(system: string, { name, startedAt, ms, outcome, bytes, retryAfterMs }: SourceCall): void {
  const isError = outcome !== 'ok'
  recordSpan(
    'connector call',
    {
      'tower.system': system,
      'tower.call': name,
      'tower.outcome': outcome,
      'tower.bytes': bytes,
      ...(retryAfterMs !== null && { 'tower.retry_after_ms': retryAfterMs }),
    },
    startedAt,
    ms,
    isError,
  )
  meter()
    .createHistogram('tower.connector.duration', {
      unit: 's',
      description: 'How long a source took to answer one request',
      advice,
    })
    .record(ms / 1_000, { system, outcome })
}
