import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { PassThrough, pipeline, Readable } from 'node:stream'
import { createBrotliCompress, createGzip, gzipSync } from 'node:zlib'
import { afterEach, expect, test, vi } from 'vitest'
import { TechnicalError, type TechnicalCode } from '#server/domain/errors.ts'
import type { Delivery } from '../connector.ts'
import { LEDGER_PATH, startLedgerSimulator, type Fault, type LedgerSimulatorOptions } from '../simulator/ledger-simulator.ts'
import { httpJson } from './http-json.ts'
import { HttpJsonSettings } from './settings.ts'

// A token with everything that text handling could trip over.
const TOKEN = 'SENTINEL-tok/en+9f3=='
const CURSOR = { style: 'cursor', nextCursorPath: 'paging.next' } as const

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()))
})

type FaultWithoutPlace = Fault extends infer F ? (F extends Fault ? Omit<F, 'on' | 'nth' | 'always'> : never) : never
const first = (fault: FaultWithoutPlace): Fault => ({ ...fault, on: 'request', nth: 1 }) as Fault

// One row is one thing a source can do. Each is asked for exactly once: the run retries, the connector does not.
test.each<{ name: string; fault: FaultWithoutPlace; code: TechnicalCode; retryAfterMs?: number; detail?: string }>([
  { name: 'an expired token', fault: { kind: 'expired_token' }, code: 'credential_refused' },
  { name: '403', fault: { kind: 'status', status: 403 }, code: 'credential_refused' },
  { name: '404', fault: { kind: 'status', status: 404 }, code: 'source_endpoint_unknown' },
  { name: '410', fault: { kind: 'status', status: 410 }, code: 'source_endpoint_unknown' },
  { name: '408', fault: { kind: 'status', status: 408 }, code: 'source_timed_out' },
  { name: '425', fault: { kind: 'status', status: 425 }, code: 'source_timed_out' },
  { name: '429 with seconds', fault: { kind: '429', retryAfterSeconds: 7 }, code: 'source_throttled', retryAfterMs: 7_000 },
  {
    name: '429 with a day to wait',
    fault: { kind: '429', retryAfterSeconds: 86_400 },
    code: 'source_throttled',
    retryAfterMs: 3_600_000,
  },
  { name: '429 without a hint', fault: { kind: '429' }, code: 'source_throttled' },
  { name: '500', fault: { kind: 'status', status: 500 }, code: 'source_unavailable' },
  { name: '502', fault: { kind: 'status', status: 502 }, code: 'source_unavailable' },
  { name: '503 as HTML', fault: { kind: 'html_503' }, code: 'source_unavailable' },
  {
    name: '503 with a hint',
    fault: { kind: 'status', status: 503, headers: { 'Retry-After': '3' } },
    code: 'source_unavailable',
    retryAfterMs: 3_000,
  },
  { name: '504', fault: { kind: 'status', status: 504 }, code: 'source_unavailable' },
  { name: '520 of a gateway', fault: { kind: 'status', status: 520 }, code: 'source_unavailable' },
  { name: '501', fault: { kind: 'status', status: 501 }, code: 'source_refused' },
  {
    name: '400 that says why',
    fault: { kind: 'status', status: 400, body: 'no period 2026-13' },
    code: 'source_refused',
    detail: '"no period 2026-13"',
  },
  { name: '422', fault: { kind: 'status', status: 422 }, code: 'source_refused' },
  {
    name: '302 to another origin',
    fault: { kind: 'status', status: 302, headers: { Location: 'http://localhost:9/x' } },
    code: 'source_refused',
  },
  { name: '302 to nowhere', fault: { kind: 'status', status: 302 }, code: 'source_refused' },
  { name: '304', fault: { kind: 'status', status: 304 }, code: 'source_refused' },
  { name: '204', fault: { kind: 'status', status: 204, body: '' }, code: 'source_contract_changed' },
  { name: '202', fault: { kind: 'status', status: 202 }, code: 'source_contract_changed' },
  {
    name: '200 with a sign-in page',
    fault: { kind: 'html_200' },
    code: 'source_contract_changed',
    detail: '"<!doctype html><html><title>Sign in',
  },
  {
    name: '200 with nothing',
    fault: { kind: 'status', status: 200, body: '' },
    code: 'source_contract_changed',
    detail: 'got nothing',
  },
  { name: '200 with bare text', fault: { kind: 'status', status: 200, body: '"ok"' }, code: 'source_contract_changed' },
  {
    name: '200 with an error inside',
    fault: { kind: 'status', status: 200, body: '{"error":"x"}' },
    code: 'source_contract_changed',
  },
  {
    name: 'a renamed paging object',
    fault: { kind: 'status', status: 200, body: '{"lines":[],"page":{},"totals":{"count":0}}' },
    code: 'source_contract_changed',
    detail: 'no place for paging.next',
  },
  {
    name: 'a cursor that lost digits',
    fault: { kind: 'status', status: 200, body: '{"lines":[],"paging":{"next":9007199254740993},"totals":{"count":0}}' },
    code: 'source_contract_changed',
  },
  {
    name: 'JSON cut in the middle',
    fault: { kind: 'status', status: 200, body: '{"lines":[{"id":"a}' },
    code: 'source_cut_short',
  },
  { name: 'a negative count', fault: { kind: 'negative_count' }, code: 'source_contract_changed', detail: 'totals.count' },
  {
    name: 'a count that is no number',
    fault: { kind: 'status', status: 200, body: '{"lines":[],"paging":{},"totals":{"count":"NaN"}}' },
    code: 'source_contract_changed',
  },
  { name: 'a hang-up before the answer', fault: { kind: 'down' }, code: 'source_unreachable' },
  { name: 'a reset in the body', fault: { kind: 'reset_mid_body' }, code: 'source_cut_short' },
  { name: 'a body shorter than announced', fault: { kind: 'wrong_length' }, code: 'source_cut_short' },
  { name: 'a gzip without its end', fault: { kind: 'cut_gzip' }, code: 'source_cut_short' },
  {
    name: 'a packing we did not ask for',
    fault: { kind: 'status', status: 200, headers: { 'Content-Encoding': 'zstd' } },
    code: 'source_contract_changed',
  },
  {
    name: 'a body that is not the gzip it says',
    fault: { kind: 'status', status: 200, headers: { 'Content-Encoding': 'gzip' } },
    code: 'source_cut_short',
  },
  { name: 'silence', fault: { kind: 'silent' }, code: 'source_timed_out' },
  { name: 'a slow drip', fault: { kind: 'slow_drip', bytesEveryMs: 20 }, code: 'source_timed_out' },
  { name: 'a cursor that leads to itself', fault: { kind: 'loop_cursor' }, code: 'source_loops' },
])('$name: $code', async ({ name, fault, code, retryAfterMs, detail }) => {
  const simulator = await simulated({ faults: [first(fault)] })
  // A page that names itself is only seen to when it comes again.
  const asks = name === 'a cursor that leads to itself' ? 2 : 1
  if (asks === 2) simulator.faults.push({ on: 'request', nth: 2, kind: 'loop_cursor' })
  const error = await failureOf(simulator.extract({ timeoutMs: code === 'source_timed_out' ? 400 : 15_000 }))
  expect(error.code).toBe(code)
  expect(error.retryAfterMs).toBe(retryAfterMs ?? null)
  expect(error.detail).toContain(detail ?? '')
  expect(error.detail).toContain(`GET ${LEDGER_PATH}`)
  expect(simulator.requests).toHaveLength(asks)
  expect(revealed(error)).not.toContain('SENTINEL')
})

test('a drip is stopped by the deadline of the whole answer, although it is never silent', async () => {
  const simulator = await simulated({ faults: [first({ kind: 'slow_drip', bytesEveryMs: 20 })] })
  const startedAt = performance.now()
  expect((await failureOf(simulator.extract({ timeoutMs: 300 }))).code).toBe('source_timed_out')
  // Left to itself the page would take longer.
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

test.each(['identity', 'gzip', 'br'])('an answer without end is hung up on at the largest page (%s)', async (encoding) => {
  let hungUp = false
  const url = await served((_, response) => {
    response.once('close', () => (hungUp = true)).setHeader('Content-Encoding', encoding)
    const packer = { identity: new PassThrough(), gzip: createGzip(), br: createBrotliCompress() }[encoding]!
    pipeline(Readable.from(endless()), packer, response, () => {})
  })
  const error = await failureOf(extract({ url, maxPageBytes: 1_000_000, timeoutMs: 10_000 }))
  expect(error.code).toBe('file_too_large')
  await vi.waitFor(() => expect(hungUp).toBe(true), 15_000)
})

function* endless() {
  for (;;) yield Buffer.alloc(64 * 1024, '[1,')
}

test('nobody listening, an unknown host and a host without TLS are unreachable', async () => {
  const simulator = await simulated({})
  expect((await failureOf(extract({ url: simulator.url.replace('http:', 'https:') }))).code).toBe('source_unreachable')
  await simulator.stop()
  expect((await failureOf(extract({ url: simulator.url }))).code).toBe('source_unreachable')
  expect((await failureOf(extract({ url: 'http://no-such-host.invalid/x' }))).code).toBe('source_unreachable')
})

test('an answer that is not HTTP is a changed contract', async () => {
  const server = createTcpServer((socket) => socket.end('220 mail.example ESMTP\r\n'))
  const url = await listening(server)
  expect((await failureOf(extract({ url }))).code).toBe('source_contract_changed')
})

test('bytes after the announced length are never read as the next answer', async () => {
  const page = (id: number, next: string | null) => JSON.stringify({ lines: [{ id }], paging: { next } })
  let requests = 0
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      requests++
      const real = requests === 1 ? page(1, 'b') : page(2, null)
      const forged = page(666, null)
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${real.length}\r\n\r\n${real}`)
      if (requests === 1) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${forged.length}\r\n\r\n${forged}`)
    })
  })
  const url = await listening(server)
  const outcome = await collect(extract({ url, paging: CURSOR })).catch((error: unknown) => error)
  if (outcome instanceof Error) expect(outcome).toBeInstanceOf(TechnicalError)
  else expect((outcome as Collected[]).map(({ text }) => text)).toEqual([page(1, 'b'), page(2, null)])
})

test('the token goes to the origin of the job only', async () => {
  const elsewhere = await simulated({})
  for (const headers of [{ Location: elsewhere.url }, { Location: `//localhost:9${LEDGER_PATH}` }]) {
    const simulator = await simulated({ faults: [first({ kind: 'status', status: 307, headers })] })
    expect((await failureOf(simulator.extract())).code).toBe('source_refused')
  }
  const next = JSON.stringify({ lines: [], paging: { next: elsewhere.url }, totals: { count: 0 } })
  const linking = await simulated({ faults: [first({ kind: 'status', status: 200, body: next })] })
  const error = await failureOf(linking.extract({ paging: { style: 'link', nextLinkPath: 'paging.next' } }))
  expect(error.code).toBe('source_refused')
  expect(elsewhere.requests).toHaveLength(0)
})

test('a redirect on the same origin is followed, five times and no more', async () => {
  const hop = (nth: number): Fault => ({ on: 'request', nth, kind: 'status', status: 307, headers: { Location: LEDGER_PATH } })
  const five = await simulated({ faults: [1, 2, 3, 4, 5].map(hop) })
  expect(await collect(five.extract())).toHaveLength(4)
  const six = await simulated({ faults: [1, 2, 3, 4, 5, 6].map(hop) })
  expect((await failureOf(six.extract())).code).toBe('source_refused')
  expect(six.requests).toHaveLength(6)
})

test('bytes arrive exactly as sent, packed or not', async () => {
  const odd = Buffer.from('\ufeff{ "lines" : [ {"amount": "1234.50", "n": 9007199254740993 } ],\r\n"paging":{"next":null} }\n')
  const url = await served((_, response) => response.setHeader('Content-Encoding', 'gzip').end(gzipSync(odd)))
  const [plain] = await collect(extract({ url, paging: CURSOR }))
  expect(plain!.bytes.equals(odd)).toBe(true)
  const simulator = await simulated({ gzip: true })
  expect((await collect(simulator.extract())).flatMap(({ text }) => JSON.parse(text).lines)).toHaveLength(10)
})

test('a packed answer without its checksum is cut short, although its text is whole', async () => {
  const packed = gzipSync('{"lines":[]}').subarray(0, -8)
  const url = await served((_, response) => response.setHeader('Content-Encoding', 'gzip').end(packed))
  expect((await failureOf(extract({ url }))).code).toBe('source_cut_short')
})

test('a run that was cancelled for lack of time is not a source that timed out', async () => {
  const simulator = await simulated({ faults: [first({ kind: 'silent' })] })
  const reason = new DOMException('the shift is over', 'TimeoutError')
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), 50)
  await expect(collect(simulator.extract({}, { signal: controller.signal }))).rejects.toBe(reason)
})

test('secrets are in no name, error or detail', async () => {
  const simulator = await simulated({
    faults: [{ on: 'request', nth: 2, kind: 'status', status: 400, body: `${'x'.repeat(70)} ${TOKEN} is bad` }],
  })
  const url = `${simulator.url}?api_key=SENTINEL-2&sig=SENTINEL-3&entity=US01&q=${encodeURIComponent(TOKEN)}`
  const names: string[] = []
  const error = await failureOf(
    (async function* () {
      for await (const delivery of extract({ url, paging: CURSOR, tokenFrom: 'LEDGER_TOKEN', recordsPath: 'lines' })) {
        names.push(delivery.name)
        yield delivery
      }
    })(),
  )
  expect(error.code).toBe('source_refused')
  expect(names).toEqual([`${LEDGER_PATH}?api_key=***&sig=***&entity=US01&q=***`])
  expect(revealed(error)).not.toMatch(/SENTINEL|tok\/en|tok%2Fen/)
  expect(error.detail).toContain('x'.repeat(70))
})

test('a token that is not set, or cannot be one, stops before any request', async () => {
  const simulator = await simulated({})
  for (const value of [undefined, '', ' \n', 'SENTINEL with blanks']) {
    const error = await failureOf(simulator.extract({}, { credential: () => value }))
    expect(error.code).toBe('credential_missing')
    expect(error.detail).toContain('LEDGER_TOKEN')
    expect(revealed(error)).not.toContain('SENTINEL')
  }
  expect(simulator.requests).toHaveLength(0)
})

test('blanks and line ends around a token, as files leave them, are no part of it', async () => {
  const simulator = await simulated({ token: TOKEN })
  expect(await collect(simulator.extract({}, { credential: () => ` ${TOKEN}\r\n` }))).toHaveLength(4)
})

test('a cursor that was read in an earlier attempt is a loop', async () => {
  const simulator = await simulated({})
  const [one, two] = await collect(simulator.extract())
  const again = await simulated({ faults: [first({ kind: 'loop_cursor' })] })
  const resumed = again.extract({}, { cursor: two!.cursor, seenCursors: [one!.cursor!, two!.cursor!] })
  expect((await failureOf(resumed)).code).toBe('source_loops')
  expect(again.requests).toHaveLength(1)
})

test('a source that ignores the page it is asked for is a loop, and so are too many pages', async () => {
  const same = await served((_, response) => response.end('{"lines":[{"id":1}]}'))
  const offset = { style: 'offset', pageSize: 1 } as const
  expect(await failureOf(extract({ url: same, paging: offset, recordsPath: 'lines' }))).toMatchObject({
    code: 'source_loops',
    detail: expect.stringContaining('byte for byte'),
  })

  const simulator = await simulated({})
  const error = await failureOf(simulator.extract({ maxPages: 3 }))
  expect(error).toMatchObject({ code: 'source_loops', detail: expect.stringContaining('3 pages') })
  expect(simulator.requests).toHaveLength(3)
  expect(await collect((await simulated({})).extract({ maxPages: 4 }))).toHaveLength(4)

  // The bound is the run's: pages of earlier attempts count.
  const [one, two] = await collect((await simulated({})).extract())
  const resumed = simulator.extract({ maxPages: 3 }, { cursor: two!.cursor, seenCursors: [one!.cursor!, two!.cursor!] })
  expect((await failureOf(resumed)).code).toBe('source_loops')
  expect(simulator.requests).toHaveLength(4)
})

test('a run whose job changed its paging in between stops', async () => {
  const simulator = await simulated({})
  const changed = simulator.extract({ paging: { style: 'offset' }, recordsPath: 'lines' }, { cursor: 'cursor:abc' })
  expect((await failureOf(changed)).code).toBe('source_contract_changed')
})

test('parameters fill the address and cannot walk out of it', async () => {
  const simulator = await simulated({})
  const url = `${simulator.url}?entity={entity}&period={period}`
  const [page] = await collect(extract({ url, parameters: { entity: 'US 01/ä', period: '2026-03' } }))
  expect(page!.name).toBe(`${LEDGER_PATH}?entity=US%2001%2F%C3%A4&period=2026-03`)
  for (const entity of ['..', '', undefined]) {
    const parameters = entity === undefined ? {} : { entity }
    const error = await failureOf(extract({ url: `${simulator.url}/{entity}/x`, parameters }))
    expect(error).toMatchObject({ code: 'source_endpoint_unknown', detail: expect.stringContaining('{entity}') })
  }
})

test.each([
  'http://169.254.169.254/latest',
  'http://[::ffff:169.254.169.254]/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://[fd00:ec2::254]/',
])('the metadata address is never asked: %s', async (url) => {
  expect(await failureOf(extract({ url, timeoutMs: 5_000 }))).toMatchObject({ code: 'source_refused' })
})

test('private addresses are refused where the job says so, by number and by name', async () => {
  const simulator = await simulated({})
  for (const url of [simulator.url, simulator.url.replace('127.0.0.1', 'localhost')]) {
    expect((await failureOf(extract({ url, allowPrivateAddresses: false }))).code).toBe('source_refused')
  }
  expect(simulator.requests).toHaveLength(0)
})

test('the pace of the job is kept, and waiting for it can be cancelled', async () => {
  const simulator = await simulated({})
  const startedAt = performance.now()
  await collect(simulator.extract({ requestsPerSecond: 20 }))
  expect(performance.now() - startedAt).toBeGreaterThan(145)

  const controller = new AbortController()
  const reason = new Error('cancelled by a person')
  setTimeout(() => controller.abort(reason), 50)
  const slow = collect(simulator.extract({ requestsPerSecond: 0.01 }, { signal: controller.signal }))
  await expect(slow).rejects.toBe(reason)
})

test.each<{ name: string; settings: object; ok?: boolean }>([
  { name: 'another protocol', settings: { url: 'file:///etc/passwd' } },
  { name: 'a host from a parameter', settings: { url: 'http://{entity}/x' } },
  { name: 'a password in the address', settings: { url: 'http://user:pass@ledger/x' } },
  { name: 'a secret in a header', settings: { url: 'http://ledger/x', headers: { 'X-Api-Key': 'k' } } },
  { name: 'a credential header', settings: { url: 'http://ledger/x', headers: { Authorization: 'Bearer k' } } },
  { name: 'a header that breaks the line', settings: { url: 'http://ledger/x', headers: { 'X-A': 'a\r\nHost: b' } } },
  { name: 'counting pages without seeing records', settings: { url: 'http://ledger/x', paging: { style: 'page' } } },
  { name: 'a misspelt setting', settings: { url: 'http://ledger/x', timeout: 5 } },
  {
    name: 'a page size of nothing',
    settings: { url: 'http://ledger/x', recordsPath: 'lines', paging: { style: 'offset', pageSize: -1 } },
  },
  { name: 'a plain address beside its type', settings: { type: 'http', url: 'https://ledger/{period}' }, ok: true },
])('settings: $name', ({ settings, ok = false }) => {
  expect(HttpJsonSettings.safeParse(settings).success).toBe(ok)
})

type Overrides = Partial<Omit<Parameters<typeof httpJson.extract>[0], 'settings'>>
type Collected = { readonly name: string; readonly bytes: Buffer; readonly text: string; readonly cursor: string | null }

/** Ten lines on four pages, behind the token. */
async function simulated(options: Partial<Omit<LedgerSimulatorOptions, 'faults'>> & { faults?: Fault[] }) {
  const faults = options.faults ?? []
  const simulator = await startLedgerSimulator({ lines: { count: 10 }, pageSize: 3, ...options, faults })
  cleanups.push(() => simulator.stop())
  const url = simulator.url + LEDGER_PATH
  return {
    ...simulator,
    url,
    faults,
    extract: (settings: object = {}, overrides: Overrides = {}) =>
      extract(
        { url, tokenFrom: 'LEDGER_TOKEN', recordsPath: 'lines', countPath: 'totals.count', paging: CURSOR, ...settings },
        overrides,
      ),
  }
}

function extract(settings: object, overrides: Overrides = {}): AsyncIterable<Delivery> {
  return httpJson.extract({
    settings: HttpJsonSettings.parse(settings),
    cursor: null,
    seenCursors: [],
    signal: new AbortController().signal,
    credential: (name) => (name === 'LEDGER_TOKEN' ? TOKEN : undefined),
    ...overrides,
  })
}

async function collect(deliveries: AsyncIterable<Delivery>): Promise<Collected[]> {
  const collected: Collected[] = []
  for await (const { name, bytes, cursor } of deliveries) {
    const chunks: Uint8Array[] = []
    for await (const chunk of bytes) chunks.push(chunk)
    const all = Buffer.concat(chunks)
    collected.push({ name, bytes: all, text: all.toString(), cursor })
  }
  return collected
}

async function failureOf(deliveries: AsyncIterable<Delivery>): Promise<TechnicalError> {
  const outcome = await collect(deliveries).catch((error: unknown) => error)
  if (outcome instanceof TechnicalError) return outcome
  throw outcome instanceof Error ? outcome : new Error(`it did not fail: ${JSON.stringify(outcome)}`)
}

/** Everything about an error that a log could print, its causes included. */
function revealed(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const fields = JSON.stringify(
    Object.fromEntries(Object.getOwnPropertyNames(error).map((key) => [key, String(Reflect.get(error, key))])),
  )
  return `${error.message} ${error.stack} ${fields} ${revealed(error.cause)}`
}

const served = (listener: RequestListener) => listening(createServer(listener))

async function listening(server: ReturnType<typeof createTcpServer>): Promise<string> {
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        for (const socket of sockets) socket.destroy()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
