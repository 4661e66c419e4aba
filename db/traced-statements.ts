import type postgres from 'postgres'
import { failSpan, isTracing, startInside } from '#server/platform/traced.ts'
import { asPrepared } from './prepared-statements.ts'

/** The parts of postgres.js 3.4 that are held on to here. Its promise settles through these two, whoever awaits it. */
type Query = { resolve: (value: unknown) => void; reject: (error: unknown) => void }
type Scope = {
  unsafe: (text: string, ...rest: unknown[]) => Query
  begin?: (...args: unknown[]) => Promise<unknown>
  savepoint?: (...args: unknown[]) => Promise<unknown>
}

/**
 * Makes every statement that Drizzle sends inside a span a span of its own: its text, never its values. postgres.js tells no
 * instrumentation when a statement ends. Outside of a span, and while there is no telemetry, it has none. Here also, where all of
 * them pass, they become prepared ones.
 */
export function traceStatements(client: postgres.Sql): void {
  wrap(client as unknown as Scope)
}

function wrap(scope: Scope): Scope {
  const { unsafe, begin, savepoint } = scope
  scope.unsafe = (text, ...rest) => {
    const query = unsafe(text, ...asPrepared(text, rest))
    if (!text.startsWith('begin')) watch(query, text)
    return query
  }
  if (begin) scope.begin = (...args) => begin(...wrapLast(args))
  if (savepoint) scope.savepoint = (...args) => savepoint(...wrapLast(args))
  return scope
}

/** A transaction is handed a scope of its own. */
function wrapLast(args: unknown[]): unknown[] {
  const work = args.at(-1) as (scope: Scope) => unknown
  return [...args.slice(0, -1), (scope: Scope) => work(wrap(scope))]
}

function watch(query: Query, text: string): void {
  if (!isTracing()) return
  const { name, statement } = describe(text)
  const span = startInside(name, statement)
  if (!span) return
  const { resolve, reject } = query
  // A COPY settles twice: when its stream is there, and when the database has taken the last line.
  let settles = /^\s*copy\b/i.test(text) ? 2 : 1
  query.resolve = (value) => {
    if (--settles === 0) span.end()
    resolve(value)
  }
  query.reject = (error) => {
    if (settles > 0) {
      failSpan(span, error)
      span.end()
    }
    settles = 0
    reject(error)
  }
}

type Described = { readonly name: string; readonly statement: Record<string, string> }
const TEXT_MAX = 1_000
const KNOWN_MAX = 1_000
const known = new Map<string, Described>()

/** The same text comes again and again, so it is looked at once. */
function describe(text: string): Described {
  const before = known.get(text)
  if (before) return before
  const plain = text
    .replace(/'(?:[^']|'')*'/g, '?')
    .replace(/\s+/g, ' ')
    .trim()
  const described = {
    name: statementName(plain),
    statement: { 'db.system.name': 'postgresql', 'db.query.text': plain.slice(0, TEXT_MAX) },
  }
  if (known.size < KNOWN_MAX) known.set(text, described)
  return described
}

const TABLE = '"?((?:\\w+"?\\."?)?\\w+)'
const CHANGE = new RegExp(`\\b(insert into|update(?! set\\b)|delete from|copy) ${TABLE}`, 'i')
const CALL = /^select (?:\w+\.)?(\w+)\(/i
const FROM = new RegExp(`\\bfrom ${TABLE}`, 'i')

/** What a statement does to which table, or the function it calls: `insert into lines`, `seal_load_segment`. */
export function statementName(text: string): string {
  const change = CHANGE.exec(text)
  if (change && !/^(select|\()/i.test(text)) return `${change[1]!.toLowerCase()} ${tableName(change[2]!)}`
  const call = CALL.exec(text)
  const from = FROM.exec(text)
  if (call && !AGGREGATES.has(call[1]!.toLowerCase())) return call[1]!
  return from ? `select ${tableName(from[1]!)}` : (text.split(' ')[0]?.toLowerCase() ?? 'statement')
}

const AGGREGATES = new Set(['count', 'sum', 'max', 'min', 'coalesce', 'distinct', 'exists', 'jsonb_agg', 'to_char', 'bool_or'])

/** Each load has a table of its own: they are one by name. */
const tableName = (table: string): string => table.replaceAll('"', '').replace(/^load\.([ld])\d+$/, 'load.$1')
