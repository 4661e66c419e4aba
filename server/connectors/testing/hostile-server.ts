import { createServer, type AddressInfo, type Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { TechnicalCode } from '#server/domain/errors.ts'

/** What a source does to whoever asks it, byte by byte: below HTTP, so that it can be wrong in ways no server library is. */
export type Misdeed = {
  readonly name: string
  /** What a run must make of it; null where it is odd but a good answer. */
  readonly code: TechnicalCode | null
  answer(socket: Socket, request: { readonly nth: number; readonly path: string }): void
}

const LINE = { id: 'L1', entity: 'NO01', period: '2026-03', currency: 'NOK', account: '4000', debit: '1.00' }
export const PAGE = JSON.stringify({ lines: [LINE], paging: { next: null }, totals: { count: 1 } })

export const head = (status: string, headers: readonly string[] = []) =>
  `HTTP/1.1 ${status}\r\n${['Connection: close', ...headers].join('\r\n')}\r\n\r\n`
const length = (body: string | Uint8Array) => `Content-Length: ${Buffer.byteLength(body)}`
const whole =
  (body: string | Uint8Array, ...headers: string[]) =>
  (socket: Socket) => {
    socket.write(head('200 OK', [length(body), ...headers]))
    socket.end(body)
  }
const drip = (socket: Socket, text: string, everyMs: number) => {
  let at = 0
  const timer = setInterval(() => (at < text.length ? socket.write(text[at++]!) : socket.end()), everyMs)
  socket.once('close', () => clearInterval(timer))
}
const page = (next: string | null) => JSON.stringify({ lines: [{ id: next }], paging: { next }, totals: { count: 1 } })
const redirect = (to: string) => (socket: Socket) => socket.end(head('302 Found', [`Location: ${to}`, 'Content-Length: 0']))

export const MISDEEDS: readonly Misdeed[] = [
  { name: 'headers drip', code: 'source_timed_out', answer: (socket) => drip(socket, head('200 OK', [length(PAGE)]) + PAGE, 30) },
  {
    name: 'a body drips behind whole headers',
    code: 'source_timed_out',
    answer: (socket) => {
      socket.write(head('200 OK', [length(PAGE)]))
      drip(socket, PAGE, 30)
    },
  },
  { name: 'reset before the headers', code: 'source_unreachable', answer: (socket) => socket.resetAndDestroy() },
  {
    name: 'reset in the middle of a header',
    code: 'source_unreachable',
    answer: (socket) => void socket.write('HTTP/1.1 200 OK\r\nConte', () => socket.resetAndDestroy()),
  },
  {
    name: 'reset in the middle of a chunk',
    code: 'source_cut_short',
    answer: (socket) =>
      void socket.write(`${head('200 OK', ['Transfer-Encoding: chunked'])}ff\r\n{"lines":`, () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      ),
  },
  {
    name: 'chunks without their end',
    code: 'source_cut_short',
    answer: (socket) => socket.end(`${head('200 OK', ['Transfer-Encoding: chunked'])}${PAGE.length.toString(16)}\r\n${PAGE}\r\n`),
  },
  {
    name: 'a chunk of no size',
    code: 'source_cut_short',
    answer: (socket) => socket.end(`${head('200 OK', ['Transfer-Encoding: chunked'])}zz\r\n${PAGE}\r\n0\r\n\r\n`),
  },
  {
    name: 'a length that is too long',
    code: 'source_cut_short',
    answer: (socket) => socket.end(head('200 OK', [`Content-Length: ${PAGE.length + 10}`]) + PAGE),
  },
  {
    name: 'a length that is too short',
    code: 'source_cut_short',
    answer: (socket) => socket.end(head('200 OK', [`Content-Length: ${PAGE.length - 10}`]) + PAGE),
  },
  {
    name: 'two lengths',
    code: 'source_contract_changed',
    answer: (socket) => socket.end(head('200 OK', ['Content-Length: 2', 'Content-Length: 3']) + PAGE),
  },
  {
    name: 'headers without end',
    code: 'source_contract_changed',
    answer: (socket) => socket.end(head('200 OK', [`X-Big: ${'x'.repeat(100_000)}`]) + PAGE),
  },
  {
    name: 'a thousand early answers',
    code: null,
    answer: (socket) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000) + head('200 OK', [length(PAGE)]) + PAGE),
  },
  {
    name: 'early answers without end',
    code: 'source_timed_out',
    answer: (socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 5)
      socket.once('close', () => clearInterval(timer))
    },
  },
  {
    name: 'another protocol',
    code: 'source_contract_changed',
    answer: (socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
  },
  {
    name: '204 where data is due',
    code: 'source_contract_changed',
    answer: (socket) => socket.end(head('204 No Content')),
  },
  {
    name: '206, a part of it',
    code: 'source_contract_changed',
    answer: (socket) => socket.end(head('206 Partial Content', [length(PAGE)]) + PAGE),
  },
  {
    name: '203, changed on the way',
    code: 'source_contract_changed',
    answer: (socket) => socket.end(head('203 Changed', [length(PAGE)]) + PAGE),
  },
  { name: '304 to whom never had it', code: 'source_refused', answer: (socket) => socket.end(head('304 Not Modified')) },
  { name: 'nothing, with 200', code: 'source_contract_changed', answer: whole('') },
  {
    name: 'HTML with 200',
    code: 'source_contract_changed',
    answer: whole('<!doctype html><title>Sign in</title>', 'Content-Type: application/json'),
  },
  { name: 'JSON called HTML', code: null, answer: whole(PAGE, 'Content-Type: text/html') },
  { name: 'JSON and something behind it', code: 'source_contract_changed', answer: whole(`${PAGE}{}`) },
  { name: 'JSON with NaN', code: 'source_contract_changed', answer: whole(PAGE.replace('"1.00"', 'NaN')) },
  {
    name: 'JSON as UTF-16',
    code: 'source_contract_changed',
    answer: whole(Buffer.from(PAGE, 'utf16le'), 'Content-Type: application/json; charset=utf-16'),
  },
  { name: 'gzip cut short', code: 'source_cut_short', answer: whole(gzipSync(PAGE).subarray(0, -9), 'Content-Encoding: gzip') },
  { name: 'gzip that is none', code: 'source_cut_short', answer: whole(PAGE, 'Content-Encoding: gzip') },
  {
    name: 'gzip around gzip',
    code: 'source_contract_changed',
    answer: whole(gzipSync(gzipSync(PAGE)), 'Content-Encoding: gzip'),
  },
  {
    name: 'a gzip bomb',
    code: 'file_too_large',
    answer: whole(gzipSync(Buffer.alloc(32 * 1024 * 1024, 0x20)), 'Content-Encoding: gzip'),
  },
  {
    name: 'a brotli bomb',
    code: 'file_too_large',
    answer: whole(brotliCompressSync(Buffer.alloc(32 * 1024 * 1024, 0x20)), 'Content-Encoding: br'),
  },
  { name: 'lists in lists', code: 'file_hostile', answer: whole(`{"lines":${'['.repeat(100_000)}`) },
  { name: 'a cursor that is a book', code: 'source_contract_changed', answer: whole(page('x'.repeat(9_000))) },
  { name: 'a cursor that leads to itself', code: 'source_loops', answer: (socket) => whole(page('a'))(socket) },
  { name: 'two cursors in turn', code: 'source_loops', answer: (socket, { nth }) => whole(page(['a', 'b'][nth % 2]!))(socket) },
  {
    name: 'three cursors in turn',
    code: 'source_loops',
    answer: (socket, { nth }) => whole(page(['a', 'b', 'c'][nth % 3]!))(socket),
  },
  { name: 'pages without end', code: 'source_loops', answer: (socket, { nth }) => whole(page(String(nth)))(socket) },
  { name: 'redirects in a circle', code: 'source_refused', answer: (socket, { nth }) => redirect(`/r${nth % 2}`)(socket) },
  { name: 'redirects without end', code: 'source_refused', answer: (socket, { nth }) => redirect(`/r${nth}`)(socket) },
  { name: 'a redirect to another machine', code: 'source_refused', answer: redirect('http://ledger.invalid/') },
  { name: 'a redirect to this machine, another port', code: 'source_refused', answer: redirect('http://127.0.0.1:1/') },
  {
    name: 'a redirect to the metadata of a cloud',
    code: 'source_refused',
    answer: redirect('http://169.254.169.254/latest/meta-data/'),
  },
  { name: 'a redirect to a file', code: 'source_refused', answer: redirect('file:///etc/passwd') },
  { name: 'a redirect to nowhere', code: 'source_refused', answer: redirect('http://[') },
]

export type HostileServer = { readonly url: string; readonly requests: () => number; stop(): Promise<void> }

/** Answers every request by the misdeed, counted from 1. A connection is used once. */
export async function startHostileServer(misdeed: Pick<Misdeed, 'answer'>): Promise<HostileServer> {
  const sockets = new Set<Socket>()
  let nth = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    socket.once('data', (asked) => misdeed.answer(socket, { nth: ++nth, path: asked.toString('latin1').split(' ')[1] ?? '' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/lines`,
    requests: () => nth,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
