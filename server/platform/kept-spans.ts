import { SpanStatusCode, type HrTime } from '@opentelemetry/api'
import type { tracing } from '@opentelemetry/sdk-node'
import { correlationIdOf, untraced } from './traced.ts'

/** A span as it is kept beside the run it belongs to. */
export type KeptSpan = {
  readonly correlationId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly runId: number
  readonly name: string
  readonly startedAt: string
  readonly ms: number
  readonly status: 'ok' | 'error'
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

export type KeepOptions = {
  readonly write: (spans: KeptSpan[]) => Promise<void>
  readonly onTrouble: (error: unknown) => void
  readonly statementsMax?: number
  readonly spansMax?: number
}

const FLUSH_MS = 500
const BATCH_ROWS = 200
/** Beyond this many waiting spans new ones are dropped: a database that does not keep up must not cost memory. */
const WAITING_MAX = 5_000
const STATEMENTS_MAX = 500
const SPANS_MAX = 2_000
export const RUN = 'tower.run'
const ATTEMPT = 'tower.attempt'
const LEFT_OUT = 'tower.spans_left_out'

/**
 * Keeps the spans that belong to a run, for its own trace view, without any outside system. Writes in batches, later, and
 * bounded per attempt; what cannot be written is dropped. A load never waits for it and never fails because of it.
 */
export class KeptSpans implements tracing.SpanProcessor {
  private waiting: KeptSpan[] = []
  private writing: Promise<void> = Promise.resolve()
  private timer: NodeJS.Timeout | null = null
  private readonly counts = new Map<string, { spans: number; statements: number; leftOut: number }>()

  constructor(private readonly options: KeepOptions) {}

  onStart(): void {}

  onEnd(span: tracing.ReadableSpan): void {
    const runId = span.attributes[RUN]
    if (typeof runId !== 'number') return
    const key = `${runId} ${span.attributes[ATTEMPT] ?? 0}`
    const isRoot = span.parentSpanContext === undefined
    const count = this.counts.get(key) ?? { spans: 0, statements: 0, leftOut: 0 }
    this.counts.set(key, count)
    // Statements are many and like each other: they must not crowd out the stages, which end after them.
    const isStatement = 'db.query.text' in span.attributes
    const hasRoom = isStatement
      ? count.statements++ < (this.options.statementsMax ?? STATEMENTS_MAX)
      : count.spans++ < (this.options.spansMax ?? SPANS_MAX)
    if (!isRoot && (!hasRoom || this.waiting.length >= WAITING_MAX)) {
      count.leftOut++
      return
    }
    this.waiting.push(keptSpan(span, runId, isRoot ? count.leftOut : 0))
    if (isRoot) this.counts.delete(key)
    if (this.waiting.length >= BATCH_ROWS) void this.flush()
    else this.flushLater()
  }

  async forceFlush(): Promise<void> {
    await this.flush()
  }

  async shutdown(): Promise<void> {
    await this.flush()
  }

  private flushLater(): void {
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref()
  }

  private flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    // Begun inside a run, the write would be a part of it, and its statements would be written in turn.
    this.writing = untraced(() => this.writing.then(() => this.writeAll()))
    return this.writing
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH_ROWS)
      try {
        await this.options.write(batch)
      } catch (error) {
        this.options.onTrouble(error)
      }
    }
  }
}

function keptSpan(span: tracing.ReadableSpan, runId: number, leftOut: number): KeptSpan {
  const { traceId, spanId } = span.spanContext()
  return {
    correlationId: correlationIdOf(traceId),
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    runId,
    name: span.name,
    startedAt: instantOf(span.startTime),
    ms: span.duration[0] * 1_000 + span.duration[1] / 1e6,
    status: span.status.code === SpanStatusCode.ERROR ? 'error' : 'ok',
    attributes: { ...plain(span.attributes), ...(leftOut > 0 && { [LEFT_OUT]: leftOut }) },
  }
}

/** With microseconds, as PostgreSQL reads it. */
function instantOf([seconds, nanoseconds]: HrTime): string {
  const micros = String(Math.floor(nanoseconds / 1_000)).padStart(6, '0')
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${micros}Z`
}

function plain(attributes: tracing.ReadableSpan['attributes']): KeptSpan['attributes'] {
  const entries = Object.entries(attributes).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  )
  return Object.fromEntries(entries)
}
