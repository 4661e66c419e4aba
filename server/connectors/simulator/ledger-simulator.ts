import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { formatMinor, parseAmount } from '#server/domain/money.ts'
import { applyToPage, answerWithFault, type Fault, type FaultKind } from './faults.ts'
import { generateLedgerLines, shuffled, type LedgerGenerator, type LedgerLine, type LedgerPage } from './ledger-lines.ts'

export type { Fault, FaultKind, LedgerGenerator, LedgerLine }

/** Where the simulated ledger serves its lines, below `url`. */
export const LEDGER_PATH = '/v1/lines'

export type LedgerSimulatorOptions = {
  /** 0 or left out: a free one. */
  readonly port?: number
  readonly lines: readonly LedgerLine[] | LedgerGenerator
  readonly pageSize?: number
  /** The bearer token it asks for; left out: it asks for none. */
  readonly token?: string
  /** Seed of another order of the lines. */
  readonly shuffle?: number
  readonly gzip?: boolean
  /** The first that fits a request is played. */
  readonly faults?: readonly Fault[]
}

/** `status` is null when the source gave no answer at all. `path` holds the query. Headers are not kept: they hold the token. */
export type RequestLogEntry = { readonly at: Date; readonly method: string; readonly path: string; status: number | null }
export type LedgerSimulator = { readonly url: string; readonly requests: readonly RequestLogEntry[]; stop(): Promise<void> }

/**
 * A SIMULATED ledger: no vendor's system, but one that keeps the protocol of a REST source (bearer token, opaque cursors,
 * Link header, offset or page on request, its own totals) and plays the faults that real ones have. Says so in X-Simulated.
 * GET /v1/lines?entity=&period=&version=&cursor= | offset=&limit= | page=&limit=
 */
export async function startLedgerSimulator(options: LedgerSimulatorOptions): Promise<LedgerSimulator> {
  const requests: RequestLogEntry[] = []
  const { pageSize = 100, faults = [], token } = options
  const ordered = isGenerator(options.lines) ? generateLedgerLines(options.lines) : [...options.lines]
  const lines = options.shuffle === undefined ? ordered : shuffled(ordered, options.shuffle)
  const slices = new Map<string, Slice>()

  const server = createServer((request, response) => {
    const entry: RequestLogEntry = { at: new Date(), method: request.method ?? '', path: request.url ?? '', status: null }
    requests.push(entry)
    response.setHeader('X-Simulated', 'true')
    const writeHead = response.writeHead.bind(response)
    response.writeHead = ((status: number, headers: Record<string, string> = {}) => {
      entry.status = status
      return writeHead(status, headers)
    }) as ServerResponse['writeHead']
    const fault = faults.find((candidate) => 'always' in candidate || candidate.nth === requests.length)
    answer(request, response, fault)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  function answer(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    const address = new URL(`http://ledger${request.url?.startsWith('/') ? request.url : '/'}`)
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      response.setHeader('WWW-Authenticate', 'Bearer')
      return void sendJson(response, 401, { error: 'unauthorized', message: 'a valid bearer token is needed' })
    }
    if (address.pathname !== LEDGER_PATH) return void sendJson(response, 404, { error: 'not_found', message: address.pathname })
    if (request.method !== 'GET') return void sendJson(response, 405, { error: 'method_not_allowed', message: 'only GET' })
    const asked = pageAsked(address.searchParams, pageSize)
    if (asked === null) return void sendJson(response, 400, { error: 'invalid_request', message: 'no such cursor or page' })

    const page = applyToPage(pageOf(address.searchParams, asked), fault, address.searchParams.get('cursor') ?? encodeCursor(0))
    if (page.paging.next !== null) {
      const next = new URL(address)
      next.searchParams.set('cursor', page.paging.next)
      response.setHeader('Link', `<${next.pathname}${next.search}>; rel="next"`)
    }
    const body = Buffer.from(JSON.stringify(page))
    if (fault && answerWithFault(fault, response, body)) return
    const packed = options.gzip === true && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    const bytes = packed ? gzipSync(body) : body
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': `${bytes.length}`,
      ...(packed ? { 'Content-Encoding': 'gzip' } : {}),
    })
    response.end(bytes)
  }

  function pageOf(query: URLSearchParams, { from, size }: PageAsked): LedgerPage {
    const { lines: wanted, totals } = sliceOf(query)
    const end = from + size
    return { lines: wanted.slice(from, end), paging: { next: end < wanted.length ? encodeCursor(end) : null }, totals }
  }

  /** Worked out once a slice: adding up 100,000 lines for each of their 1,000 pages takes minutes. */
  function sliceOf(query: URLSearchParams): Slice {
    const filters = (['entity', 'period', 'version'] as const).flatMap((field) =>
      query.has(field) ? [[field, query.get(field)] as const] : [],
    )
    const key = JSON.stringify(filters)
    const known = slices.get(key)
    if (known) return known
    const wanted = lines.filter((line) => filters.every(([field, value]) => line[field] === value))
    const totals = {
      count: wanted.length,
      debit: sum(wanted, 'debit'),
      credit: sum(wanted, 'credit'),
      currency: wanted[0]?.currency ?? null,
    }
    slices.set(key, { lines: wanted, totals })
    return { lines: wanted, totals }
  }
}

type Slice = Pick<LedgerPage, 'lines' | 'totals'>
type PageAsked = { readonly from: number; readonly size: number }

const isGenerator = (lines: readonly LedgerLine[] | LedgerGenerator): lines is LedgerGenerator => 'count' in lines

/** Null when the request names a cursor or page that we never gave out. */
function pageAsked(query: URLSearchParams, pageSize: number): PageAsked | null {
  const size = Math.min(wholeNumber(query.get('limit')) ?? pageSize, pageSize)
  if (size < 1) return null
  if (query.has('cursor')) {
    const from = wholeNumber(/^after:(\d+)$/.exec(Buffer.from(query.get('cursor')!, 'base64url').toString())?.[1] ?? null)
    return from === null ? null : { from, size }
  }
  if (query.has('page')) {
    const number = wholeNumber(query.get('page'))
    return number === null || number < 1 ? null : { from: (number - 1) * size, size }
  }
  const from = query.has('offset') ? wholeNumber(query.get('offset')) : 0
  return from === null ? null : { from, size }
}

const wholeNumber = (text: string | null): number | null => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null)
const encodeCursor = (from: number) => Buffer.from(`after:${from}`).toString('base64url')

function sum(lines: readonly LedgerLine[], side: 'debit' | 'credit'): string {
  return formatMinor(
    lines.reduce((total, line) => total + minorUnits(line[side]), 0n),
    2,
  )
}

function minorUnits(amount: string): bigint {
  const minor = parseAmount(amount, 2)
  if (typeof minor !== 'bigint') throw new Error(`the simulated ledger cannot hold the amount ${amount}`)
  return minor
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(body))
}
