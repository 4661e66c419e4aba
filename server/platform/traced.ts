import {
  context,
  createContextKey,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
} from '@opentelemetry/api'

/**
 * Spans, for whoever does something worth timing. Knows the OpenTelemetry API only: until telemetry is started (telemetry.ts)
 * every call here costs next to nothing and leaves nothing behind.
 */

/** What every span inside carries. Known bit by bit: what is noted later stands on the spans that begin later. */
export type Facts = Record<string, string | number | boolean>

const FACTS = createContextKey('tower.facts')
const tracer = () => trace.getTracer('control-tower')
const factsOf = (at: Context) => at.getValue(FACTS) as Facts | undefined

/** Times `work` as a span inside the one that is going on. What it throws is marked on the span, and thrown on. */
export async function traced<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  const here = context.active()
  const span = tracer().startSpan(name, { attributes: { ...factsOf(here), ...attributes } }, here)
  return within(trace.setSpan(here, span), span, work)
}

/**
 * Begins the trace of a correlation id: its trace id is that id, so that whatever keeps the id (a replay, the next attempt)
 * is in the same trace, in whichever process and year. What led here stays linked. Spans inside carry the facts.
 */
export async function tracedAs<T>(
  correlationId: string,
  name: string,
  facts: Facts,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const cause = trace.getSpanContext(context.active())
  const links: Link[] = cause ? [{ context: cause }] : []
  const span = startRoot(correlationId, name, { attributes: facts, links })
  const learnt: Facts = { ...facts }
  return within(trace.setSpan(ROOT_CONTEXT, span).setValue(FACTS, learnt), span, async () => {
    try {
      return await work(span)
    } finally {
      span.setAttributes(learnt)
    }
  })
}

/** The span of a request that came in, under its correlation id. Whoever calls it ends it. */
export const startServerSpan = (correlationId: string, name: string, attributes: Attributes): Span =>
  startRoot(correlationId, name, { attributes, kind: SpanKind.SERVER })

/** Runs `work` inside a span that was started by hand. */
export const inSpan = <T>(span: Span, work: () => T): T => context.with(trace.setSpan(context.active(), span), work)

/** Something that was timed by others, put into the trace afterwards. */
export function recordSpan(name: string, attributes: Attributes, startedAt: Date, ms: number, isError = false): void {
  if (!isTracing()) return
  const here = context.active()
  const span = tracer().startSpan(
    name,
    { attributes: { ...factsOf(here), ...attributes }, startTime: startedAt, kind: SpanKind.CLIENT },
    here,
  )
  if (isError) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(new Date(startedAt.getTime() + ms))
}

/** A span inside the one that is going on, for whoever learns of the end by a callback; null when nothing is going on. */
export function startInside(name: string, attributes: Attributes): Span | null {
  if (!isTracing()) return null
  const here = context.active()
  return tracer().startSpan(name, { attributes: { ...factsOf(here), ...attributes }, kind: SpanKind.CLIENT }, here)
}

export function failSpan(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'failed' })
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (typeof code === 'string') span.setAttribute('error.type', code)
}

/** What was learnt on the way: on the span that is going on, and on every one that begins after it inside. */
export function noteFacts(facts: Facts): void {
  const known = factsOf(context.active())
  if (known) Object.assign(known, facts)
  trace.getActiveSpan()?.setAttributes(facts)
}

/** True inside a span that is kept or exported. */
export const isTracing = (): boolean => trace.getActiveSpan()?.isRecording() === true

/** What a timer or a background writer does is no part of what started it. */
export const untraced = <T>(work: () => T): T => context.with(ROOT_CONTEXT, work)

/** For log lines: where to look. Empty outside of a span. */
export function traceIds(): { trace_id?: string; span_id?: string } {
  const span = trace.getSpanContext(context.active())
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {}
}

export const traceIdOf = (correlationId: string): string => correlationId.replaceAll('-', '').toLowerCase()

export const correlationIdOf = (traceId: string): string =>
  [traceId.slice(0, 8), traceId.slice(8, 12), traceId.slice(12, 16), traceId.slice(16, 20), traceId.slice(20)].join('-')

/**
 * The id of the next root span. Between setting it and reading it back (ids.ts of the SDK calls nextTraceId) nothing else can
 * run: startSpan is synchronous.
 */
let wanted: string | null = null
export function takeWantedTraceId(): string | null {
  const id = wanted
  wanted = null
  return id
}

function startRoot(
  correlationId: string,
  name: string,
  options: { attributes: Attributes; links?: Link[]; kind?: SpanKind },
): Span {
  const id = traceIdOf(correlationId)
  wanted = /^(?!0+$)[0-9a-f]{32}$/.test(id) ? id : null
  try {
    return tracer().startSpan(name, { ...options, root: true }, ROOT_CONTEXT)
  } finally {
    wanted = null
  }
}

function within<T>(at: Context, span: Span, work: (span: Span) => Promise<T>): Promise<T> {
  return context.with(at, async () => {
    try {
      return await work(span)
    } catch (error) {
      failSpan(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}
