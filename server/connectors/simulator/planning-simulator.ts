import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sumDecimals } from '#server/domain/money.ts'
import { sendJson } from './simulated-page.ts'

type Line = { readonly debit: string; readonly credit: string }
type Slice = { readonly entity: string; readonly period: string; readonly version: string; readonly currency: string }
type Asked = Slice & {
  readonly key: string
  readonly operation: 'put' | 'withdraw'
  readonly contentHash: string
  readonly replaces: string | null
  readonly idempotencyKey?: string
  readonly lines: readonly Line[]
}
/** A document as the simulated system keeps it. Withdrawn ones stay, like everything that was ever entered. */
export type KeptDocument = Asked & { readonly sender: string; readonly reference: string; readonly isCurrent: boolean }
type Answer = { key: string } & ({ outcome: 'taken'; reference: string } | { outcome: 'refused'; code: string; message: string })

/** What goes wrong with a request. `after`: the documents are taken, and nobody hears of it; `late`: some moments after nobody has heard. */
export type PlanningFault =
  | 'down'
  | 'silent'
  | 'cut_before'
  | 'cut_after'
  | 'silent_after'
  | 'commits_late'
  | '503_before'
  | '503_after'
  | '401'
  | 'html'
  | 'half_answered'
export type PlanningRequest = { readonly path: string; readonly nth: number; readonly status: number | null; readonly at: Date }

export type PlanningOptions = {
  readonly token?: string
  /** false: an idempotency key is read by nobody, and whoever sends twice gets two documents. */
  readonly knowsKeys?: boolean
  /** So many requests in a window; the next is told when to come back. */
  readonly rate?: { readonly requests: number; readonly windowMs: number }
  readonly port?: number
  /** A file in which documents outlive the process. */
  readonly keep?: string
}

export type PlanningSimulator = {
  /** Set at any time: what goes wrong with the nth request to a path, counted from 1 over all requests. */
  fault: ((request: { readonly path: string; readonly nth: number }) => PlanningFault | null) | null
  /** Why a document is not taken; null: it is. */
  refuse: ((document: Asked) => { readonly code: string; readonly message: string } | null) | null
  readonly documents: readonly KeptDocument[]
  readonly requests: readonly PlanningRequest[]
  /** For a test that plays somebody else at the target. */
  tamper(change: (documents: KeptDocument[]) => void): void
  /** Answers a request for what stands below the address of the system. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void
}

const LATE_MS = 120
const BODY_BYTES_MAX = 64 * 1024 ** 2

/**
 * A SIMULATED planning system that takes documents: no vendor's, but one that keeps the protocol of such a target (bearer token, bulk
 * with an answer a document, optional idempotency keys, a rate limit, look-up by natural key, its own totals) and plays the faults that
 * real ones have. Says so in X-Simulated.
 */
export function makePlanningSimulator({ token, knowsKeys = true, rate, keep }: PlanningOptions = {}): PlanningSimulator {
  let documents: KeptDocument[] = []
  const answered = new Map<string, { body: string; answer: Answer }>()
  const requests: (PlanningRequest & { status: number | null })[] = []
  const asked: number[] = []
  let references = 0
  if (keep && existsSync(keep)) for (const line of readFileSync(keep, 'utf8').split('\n')) enterAgain(line)

  const simulator: PlanningSimulator = {
    fault: null,
    refuse: null,
    get documents() {
      return documents
    },
    requests,
    tamper: (change) => change(documents),
    handle(request, response, path) {
      response.setHeader('X-Simulated', 'true')
      const entry = { path, nth: requests.length + 1, status: null as number | null, at: new Date() }
      requests.push(entry)
      response.once('finish', () => (entry.status = response.statusCode))
      const fault = simulator.fault?.(entry) ?? null
      if (fault === 'down') return void request.socket.destroy()
      if (fault === 'silent') return
      readBody(request, (body) => answer(request, response, path, body, fault))
    },
  }
  return simulator

  function answer(request: IncomingMessage, response: ServerResponse, path: string, body: string, fault: PlanningFault | null) {
    if (fault === '401' || (token !== undefined && request.headers.authorization !== `Bearer ${token}`))
      return sendJson(response, 401, { error: 'unauthorized', message: 'a valid bearer token is needed' })
    if (request.method !== 'POST') return sendJson(response, 405, { error: 'method_not_allowed', message: 'only POST' })
    const wait = waitOf(rate)
    if (wait !== null) {
      response.setHeader('Retry-After', `${wait}`)
      return sendJson(response, 429, { error: 'too_many_requests' })
    }
    if (fault === 'cut_before') return void request.socket.destroy()
    if (fault === '503_before') return unavailable(response)
    if (fault === 'commits_late') {
      setTimeout(() => madeOf(path, JSON.parse(body) as Given), LATE_MS)
      return void request.socket.destroy()
    }
    const made = madeOf(path, JSON.parse(body) as Given)
    if (made === undefined) return sendJson(response, 404, { error: 'not_found', message: path })
    if (fault === 'cut_after') return void request.socket.destroy()
    if (fault === 'silent_after') return
    if (fault === '503_after') return unavailable(response)
    if (fault === 'html') {
      response.writeHead(200, { 'Content-Type': 'text/html' })
      return void response.end('<!doctype html><title>Sign in</title>')
    }
    if (fault === 'half_answered' && 'results' in made) return sendJson(response, 200, { results: made.results.slice(1) })
    sendJson(response, 200, made)
  }

  /** A line that was cut off when the process died was never answered either. */
  function enterAgain(line: string): void {
    try {
      if (line) take(JSON.parse(line) as { sender: string } & Asked)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }

  function waitOf(limit: PlanningOptions['rate']): number | null {
    if (!limit) return null
    const now = Date.now()
    while (asked.length > 0 && asked[0]! <= now - limit.windowMs) asked.shift()
    if (asked.length >= limit.requests) return Math.ceil((asked[0]! + limit.windowMs - now) / 1000)
    asked.push(now)
    return null
  }

  type Given = { sender: string; keys: string[]; documents: Asked[]; slices: Slice[] }
  type Made = { results: Answer[] } | { documents: object[] } | { totals: object[] }
  function madeOf(path: string, { sender, keys, documents: sent, slices }: Given): Made | undefined {
    if (path === 'documents') return { results: sent.map((document) => enter({ ...document, sender })) }
    if (path === 'documents/lookup') return { documents: currentOf(sender, (d) => keys.includes(d.key)).map(shown) }
    return path === 'totals' ? { totals: slices.flatMap((slice) => totalOf(sender, slice)) } : undefined
  }

  function enter(document: { sender: string } & Asked): Answer {
    const { key, idempotencyKey } = document
    const body = JSON.stringify(document)
    const before = knowsKeys && idempotencyKey !== undefined ? answered.get(idempotencyKey) : undefined
    if (before?.body === body) return before.answer
    if (before) return { key, outcome: 'refused', code: 'key_reused', message: 'another document came with this key' }
    const against = simulator.refuse?.(document)
    const answer: Answer = against ? { key, outcome: 'refused', ...against } : take(document)
    if (knowsKeys && idempotencyKey !== undefined && !against) answered.set(idempotencyKey, { body, answer })
    if (keep && answer.outcome === 'taken') appendFileSync(keep, `${body}\n`)
    return answer
  }

  /** Whoever names what it replaces changes it; whoever does not enters a document more. */
  function take(document: { sender: string } & Asked): Answer {
    const { key, replaces, operation } = document
    const old = replaces === null ? null : documents.find(({ reference, isCurrent }) => isCurrent && reference === replaces)
    if (replaces !== null && !old) return { key, outcome: 'refused', code: 'gone', message: `${replaces} is not there` }
    const reference = `PL-${String(++references).padStart(6, '0')}`
    documents = documents.map((kept) => (kept === old ? { ...kept, isCurrent: false } : kept))
    documents.push({ ...document, reference, isCurrent: operation === 'put' })
    return { key, outcome: 'taken', reference }
  }

  function currentOf(sender: string, which: (document: KeptDocument) => boolean): KeptDocument[] {
    return documents.filter((document) => document.isCurrent && document.sender === sender && which(document))
  }

  function totalOf(sender: string, slice: Slice): object[] {
    const of = currentOf(sender, (d) => SLICE.every((field) => d[field] === slice[field]))
    return of.length === 0 ? [] : [{ ...slice, ...summed(of.flatMap(({ lines }) => lines)) }]
  }
}

const SLICE = ['entity', 'period', 'version', 'currency'] as const

const shown = ({ key, reference, contentHash, lines }: KeptDocument) => ({ key, reference, contentHash, ...summed(lines) })

const summed = (lines: readonly Line[]) => ({
  count: lines.length,
  debit: sumDecimals(lines.map(({ debit }) => debit)),
  credit: sumDecimals(lines.map(({ credit }) => credit)),
})

function unavailable(response: ServerResponse): void {
  response.writeHead(503, { 'Content-Type': 'text/html' })
  response.end('<html><body><h1>503 Service Unavailable</h1></body></html>')
}

function readBody(request: IncomingMessage, done: (body: string) => void): void {
  const pieces: Buffer[] = []
  let size = 0
  request.on('data', (piece: Buffer) => {
    size += piece.length
    if (size > BODY_BYTES_MAX) request.destroy()
    else pieces.push(piece)
  })
  request.on('end', () => done(Buffer.concat(pieces).toString('utf8')))
}

/** One on a port of its own. */
export async function startPlanningSimulator(
  options: PlanningOptions = {},
): Promise<PlanningSimulator & { readonly url: string; readonly port: number; stop(): Promise<void> }> {
  const simulator = makePlanningSimulator(options)
  const server = createServer((request, response) => simulator.handle(request, response, (request.url ?? '/').slice(1)))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const started = {
    url: `http://127.0.0.1:${port}`,
    port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return Object.assign(simulator, started)
}
