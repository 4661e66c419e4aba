import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { formatMinor, parseAmount } from '#server/domain/money.ts'
import type { LedgerLine, LedgerPage } from './ledger-lines.ts'

export const FAULT_KINDS = [
  'down',
  'silent',
  '429',
  'expired_token',
  'html_503',
  'html_200',
  'status',
  'reset_mid_body',
  'slow_drip',
  'wrong_length',
  'cut_gzip',
  'short_page',
  'claim_off_by_one',
  'amount_off_by_cent',
  'negative_count',
  'loop_cursor',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** What goes wrong, and at which request: the nth since the start, counted from 1, or every one. */
export type Fault = { readonly on: 'request' } & ({ readonly nth: number } | { readonly always: true }) &
  (
    | { readonly kind: Exclude<FaultKind, '429' | 'status' | 'slow_drip'> }
    | { readonly kind: '429'; readonly retryAfterSeconds?: number }
    | { readonly kind: 'slow_drip'; readonly bytesEveryMs?: number }
    /** Any other status, with its own headers and body. */
    | {
        readonly kind: 'status'
        readonly status: number
        readonly headers?: Readonly<Record<string, string>>
        readonly body?: string
      }
  )

/** Faults of content: a page that is well formed and wrong. */
export function applyToPage(page: LedgerPage, fault: Fault | undefined, cursor: string): LedgerPage {
  const { lines, totals } = page
  switch (fault?.kind) {
    case 'short_page': // One line is missing while the totals still count it.
      return { ...page, lines: lines.slice(0, -1) }
    case 'claim_off_by_one':
      return { ...page, totals: { ...totals, count: totals.count + 1 } }
    case 'amount_off_by_cent': // The line changed on its way; the totals are those of the ledger.
      return { ...page, lines: lines.map((line, i) => (i === 0 ? oneCentMore(line) : line)) }
    case 'negative_count':
      return { ...page, totals: { ...totals, count: -totals.count } }
    case 'loop_cursor':
      return { ...page, paging: { next: cursor } }
    default:
      return page
  }
}

/** Faults of transport. False when the fault is none of these and the page goes out as usual. */
export function answerWithFault(fault: Fault, response: ServerResponse, body: Buffer): boolean {
  const json = { 'Content-Type': 'application/json' }
  switch (fault.kind) {
    case 'down':
      response.destroy()
      return true
    case 'silent':
      return true
    case '429':
      return send(response, 429, { ...json, ...retryAfter(fault.retryAfterSeconds) }, '{"error":"too_many_requests"}')
    case 'expired_token':
      return send(response, 401, { ...json, 'WWW-Authenticate': 'Bearer error="invalid_token"' }, '{"error":"invalid_token"}')
    case 'html_503':
      return send(response, 503, { 'Content-Type': 'text/html' }, '<html><body><h1>503 Service Unavailable</h1></body></html>')
    case 'html_200':
      return send(
        response,
        200,
        { 'Content-Type': 'text/html' },
        '<!doctype html><html><title>Sign in</title><form></form></html>',
      )
    case 'status':
      return send(response, fault.status, { ...json, ...fault.headers }, fault.body ?? '{"error":"simulated"}')
    case 'reset_mid_body':
      response.writeHead(200, { ...json, 'Content-Length': `${body.length}` })
      response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy())
      return true
    case 'wrong_length': // Says more than it sends, then closes in good order.
      response.strictContentLength = false
      response.writeHead(200, { ...json, 'Content-Length': `${body.length + 100}`, Connection: 'close' })
      response.end(body)
      return true
    case 'cut_gzip': {
      // Half of a packed body under an honest length: only an unpacker that insists on the end can tell.
      const packed = gzipSync(body)
      const half = packed.subarray(0, packed.length / 2)
      response.writeHead(200, { ...json, 'Content-Encoding': 'gzip', 'Content-Length': `${half.length}` })
      response.end(half)
      return true
    }
    case 'slow_drip':
      drip(response, body, fault.bytesEveryMs ?? 50)
      return true
    default:
      return false
  }
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: string): true {
  response.writeHead(status, headers)
  response.end(body)
  return true
}

const retryAfter = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { 'Retry-After': `${seconds}` }

/** One byte at a time: no silence ever lasts, and the answer never ends. */
function drip(response: ServerResponse, body: Buffer, everyMs: number): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': `${body.length}` })
  let sent = 0
  const timer = setInterval(() => {
    if (sent < body.length) response.write(body.subarray(sent, ++sent))
    else response.end()
  }, everyMs)
  response.once('close', () => clearInterval(timer))
}

function oneCentMore(line: LedgerLine): LedgerLine {
  const side = line.debit === '0.00' ? 'credit' : 'debit'
  const minor = parseAmount(line[side], 2)
  return typeof minor === 'bigint' ? { ...line, [side]: formatMinor(minor + 1n, 2) } : line
}
