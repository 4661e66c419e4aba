/** What was timed, as it is kept beside a run. Instants are milliseconds since 1970, with fractions. */
export type TraceSpan = {
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly runId: number
  readonly name: string
  readonly startedMs: number
  readonly ms: number
  readonly status: 'ok' | 'error'
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

export type TraceKind = 'run' | 'stage' | 'call' | 'statement' | 'other'

export type TraceRow = {
  readonly spanId: string
  readonly kind: TraceKind
  readonly name: string
  readonly depth: number
  /** Since the attempt began. */
  readonly offsetMs: number
  readonly ms: number
  readonly isError: boolean
  readonly attributes: TraceSpan['attributes']
  /** Statements inside that are not rows of their own, where they are left out. */
  readonly statements: { readonly count: number; readonly ms: number } | null
}

/** One attempt of one run. Those of a replay stand beside those of its original, each on a clock of its own: days may lie between. */
export type TraceAttempt = {
  readonly runId: number
  readonly attempt: number
  readonly startedMs: number
  readonly ms: number
  /** Still going on, or broken off: its own span has not come. */
  readonly isOpen: boolean
  readonly rows: readonly TraceRow[]
}

const ROWS_MAX = 400

/** The spans of a trace as attempts, oldest first, each a list of rows in the order of a nested outline. */
export function outlineTrace(spans: readonly TraceSpan[], showStatements: boolean): TraceAttempt[] {
  const groups = new Map<string, TraceSpan[]>()
  for (const span of spans) {
    const key = `${span.runId} ${attemptOf(span)}`
    groups.set(key, [...(groups.get(key) ?? []), span])
  }
  return [...groups.values()].map((of) => outlineAttempt(of, showStatements)).sort((a, b) => a.startedMs - b.startedMs)
}

function outlineAttempt(spans: readonly TraceSpan[], showStatements: boolean): TraceAttempt {
  const known = new Set(spans.map(({ spanId }) => spanId))
  const inside = new Map<string, TraceSpan[]>()
  for (const span of [...spans].sort((a, b) => a.startedMs - b.startedMs || b.ms - a.ms)) {
    // What is inside of something that has not ended yet stands at the top until it has.
    const parent = span.parentSpanId !== null && known.has(span.parentSpanId) ? span.parentSpanId : ''
    inside.set(parent, [...(inside.get(parent) ?? []), span])
  }
  const startedMs = Math.min(...spans.map((span) => span.startedMs))
  const rows: TraceRow[] = []
  const add = (span: TraceSpan, depth: number): void => {
    if (rows.length >= ROWS_MAX) return
    const children = inside.get(span.spanId) ?? []
    const hidden = showStatements ? [] : children.filter(isStatement)
    rows.push({
      spanId: span.spanId,
      kind: kindOf(span),
      name: span.name,
      depth,
      offsetMs: span.startedMs - startedMs,
      ms: span.ms,
      isError: span.status === 'error',
      attributes: span.attributes,
      statements: hidden.length > 0 ? { count: hidden.length, ms: hidden.reduce((sum, { ms }) => sum + ms, 0) } : null,
    })
    for (const child of children) if (showStatements || !isStatement(child)) add(child, depth + 1)
  }
  const top = (inside.get('') ?? []).filter((span) => showStatements || !isStatement(span))
  for (const span of top) add(span, 0)
  const [first] = spans
  return {
    runId: first!.runId,
    attempt: attemptOf(first!),
    startedMs,
    ms: Math.max(...spans.map((span) => span.startedMs + span.ms)) - startedMs,
    isOpen: !spans.some((span) => kindOf(span) === 'run'),
    rows,
  }
}

const attemptOf = ({ attributes }: TraceSpan): number =>
  typeof attributes['tower.attempt'] === 'number' ? attributes['tower.attempt'] : 0
const isStatement = (span: TraceSpan): boolean => kindOf(span) === 'statement'

function kindOf({ name, attributes }: TraceSpan): TraceKind {
  if ('db.query.text' in attributes) return 'statement'
  if ('tower.stage' in attributes) return 'stage'
  if ('tower.call' in attributes) return 'call'
  return name === 'run' ? 'run' : 'other'
}
