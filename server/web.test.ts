import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppLoadContext, LoaderFunctionArgs, ServerBuild } from '@remix-run/node'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Refusal } from './domain/errors.ts'
import { listen } from './listen.ts'
import { makeLogger } from './platform/logger.ts'
import { createWeb, type Readiness } from './web.ts'

const clientFolder = mkdtempSync(join(tmpdir(), 'tower-web-'))
const SILENCE_MS = 300
let url = ''
let close = async () => {}
let logged = ''
let readiness: Readiness = {}

beforeAll(async () => {
  mkdirSync(join(clientFolder, 'assets'))
  writeFileSync(join(clientFolder, 'assets/app-abc123.js'), 'export {}')
  writeFileSync(join(clientFolder, 'robots.txt'), 'User-agent: *')
  const app = createWeb({
    build: smallBuild(),
    clientFolder,
    logger: makeLogger({ level: 'error', output: { write: (line: string) => (logged += line) } }),
    readiness: async () => readiness,
    silenceMs: SILENCE_MS,
    contextFor: (request, names) => ({ ...names, remoteAddress: request.ip }) as unknown as AppLoadContext,
  })
  const listening = await listen(app, '127.0.0.1', 0)
  url = `http://127.0.0.1:${listening.port}`
  close = listening.close
})
afterAll(async () => {
  await close()
  rmSync(clientFolder, { recursive: true, force: true })
})
beforeEach(() => {
  logged = ''
})

test('every answer carries the security headers, and none says what it is made with', async () => {
  for (const path of ['/page', '/assets/app-abc123.js', '/assets/none.js', '/throws', '/healthz']) {
    const { headers } = await fetch(url + path)
    expect(headers.get('Content-Security-Policy'), path).toContain("frame-ancestors 'none'")
    expect(headers.get('X-Content-Type-Options'), path).toBe('nosniff')
    expect(headers.get('X-Frame-Options'), path).toBe('DENY')
    expect(headers.get('Referrer-Policy'), path).toBe('same-origin')
    expect(headers.get('X-Powered-By'), path).toBeNull()
  }
})

test('the nonce of the policy is the one the page was given, and each answer has its own', async () => {
  const [one, other] = await Promise.all([fetch(`${url}/page`), fetch(`${url}/page`)])
  const { cspNonce, correlationId } = (await one.json()) as { cspNonce: string; correlationId: string }
  const policy = one.headers.get('Content-Security-Policy')
  expect(policy).toContain(`script-src 'self' 'nonce-${cspNonce}';`)
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  expect(one.headers.get('X-Request-Id')).toBe(correlationId)
  expect(policy).not.toBe(other.headers.get('Content-Security-Policy'))
})

test('files named by their content are kept for ever, others for an hour, and a missing one is not a page', async () => {
  expect((await fetch(`${url}/assets/app-abc123.js`)).headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
  expect((await fetch(`${url}/robots.txt`)).headers.get('Cache-Control')).toBe('public, max-age=3600')
  const missing = await fetch(`${url}/assets/gone.js`)
  expect([missing.status, missing.headers.get('Cache-Control')]).toEqual([404, 'no-store'])
})

test('a person never sees a trace, only an id; the log has both', async () => {
  const answer = await fetch(`${url}/throws`, { headers: { Accept: 'text/html' } })
  const page = await answer.text()
  expect(answer.status).toBe(500)
  expect(page).not.toMatch(/secret detail|\.ts:\d+|\n +at /)
  const id = /<code>(\w+)<\/code>/.exec(page)?.[1]
  expect(logged).toContain(`"errorId":"${id}"`)
  expect(logged).toContain('secret detail')
})

test("Remix's bare last resort is replaced by our page", async () => {
  const answer = await fetch(`${url}/unrenderable`, { headers: { Accept: 'text/html' } })
  expect([answer.status, answer.headers.get('Content-Type')]).toEqual([500, 'text/html; charset=utf-8'])
})

test('a program that asks for JSON gets the error as JSON', async () => {
  const answer = await fetch(`${url}/assets/none.js`, { headers: { Accept: 'application/json' } })
  expect(await answer.json()).toMatchObject({ error: { status: 404, message: 'There is no such file' } })
})

test('a download is made as fast as it is taken, and no longer than somebody takes it', async () => {
  const leaves = new AbortController()
  const answer = await fetch(`${url}/endless`, { signal: leaves.signal })
  await answer.body!.getReader().read()
  // Sockets hold a few megabytes; then nothing more is made.
  await expect.poll(() => endless.made, { interval: 200 }).toSatisfy(isSame())
  expect(endless.made * PIECE.length).toBeLessThan(50_000_000)
  leaves.abort()
  await expect.poll(() => endless.isLeft).toBe(true)
  expect(logged).toBe('')
})

test('a request is over with its answer: what Remix holds until then is let go', async () => {
  await (await fetch(`${url}/page`)).text()
  await expect.poll(() => pageSignal?.aborted).toBe(true)
})

test.each([
  { from: 'cross-site', status: 403 },
  { from: 'same-site', status: 403 },
  { from: 'same-origin', status: 200 },
  { from: 'none', status: 200 },
  { from: null, status: 200 },
])('a button pressed from $from answers $status', async ({ from, status }) => {
  const headers: HeadersInit = from ? { 'Sec-Fetch-Site': from } : {}
  expect((await raw('POST', '/page', { headers: { ...headers, 'Content-Length': '0' } })).status).toBe(status)
  expect((await raw('GET', '/page', { headers })).status).toBe(200)
})

const MULTIPART = { 'Content-Type': 'multipart/form-data; boundary=x' }

test.each([
  { name: 'a form of a megabyte passes', headers: { 'Content-Length': `${1024 * 1024}` }, status: 200 },
  { name: 'one byte more is refused before it is read', headers: { 'Content-Length': `${1024 * 1024 + 1}` }, status: 413 },
  { name: 'an upload may be larger', headers: { 'Content-Length': '2097152', ...MULTIPART }, status: 200 },
  { name: 'a body of untold length is refused', headers: { 'Transfer-Encoding': 'chunked' }, status: 411 },
])('$name', async ({ headers, status }) => {
  const length = status === 200 ? Number.parseInt(headers['Content-Length'] ?? '0', 10) : 1
  expect((await raw('POST', '/page', { headers, body: Buffer.alloc(length) })).status).toBe(status)
})

test('a body may take as long as it takes; only its head has a time', async () => {
  const app = createWeb(idle())
  const opening = vi.spyOn(app, 'listen')
  const listening = await listen(app, '127.0.0.1', 0)
  const { requestTimeout, headersTimeout, timeout } = opening.mock.results[0]!.value as ReturnType<typeof createServer>
  expect({ requestTimeout, headersTimeout, timeout }).toEqual({ requestTimeout: 0, headersTimeout: 60_000, timeout: 0 })
  await listening.close()
})

test('a slow body is read to its end; one that falls silent is told so, and is over', async () => {
  const bytes = Buffer.alloc(10, 'x')
  expect(await drip(bytes, { everyMs: SILENCE_MS / 3 })).toMatchObject({ status: 200, text: '{"read":10}' })
  const { status, text, connection } = await drip(bytes.subarray(0, 5), { length: 10 })
  expect([status, connection]).toEqual([408, 'close'])
  expect(text).toContain('fell_silent')
  expect(logged).toBe('')
})

test('what is waited for on our side is no silence of the sender', async () => {
  expect(await drip(Buffer.alloc(10, 'x'), { path: '/reads?later' })).toMatchObject({ status: 200, text: '{"read":10}' })
})

test('strange requests are refused, not failed on', async () => {
  expect((await raw('TRACE', '/page')).status).toBe(405)
  expect((await raw('GET', '/%E0%A4%A')).status).toBeLessThan(500)
  expect((await raw('GET', '/page%00')).status).toBe(400)
  expect((await raw('GET', '/..%2f..%2fetc%2fpasswd')).status).toBeLessThan(500)
  expect(logged).toBe('')
})

test('ready only when every part is', async () => {
  readiness = { database: { ok: true }, worker: { ok: true } }
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  readiness = { database: { ok: true }, worker: { ok: false, detail: 'gone' } }
  const answer = await fetch(`${url}/readyz`)
  expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([503, 'no-store'])
  expect(await answer.json()).toEqual({ status: 'not_ready', parts: readiness })
})

test('a busy port moves on to the next', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => other.once('listening', done))
  const busy = (other.address() as AddressInfo).port
  const app = createWeb(idle())
  const listening = await listen(app, '127.0.0.1', busy)
  expect(listening.port).toBeGreaterThan(busy)
  await listening.close()
  other.close()
})

test('a host that is not ours is told in one sentence', async () => {
  const app = createWeb(idle())
  await expect(listen(app, '192.0.2.1', 0)).rejects.toThrow(/HOST is not an address of this machine/)
})

const idle = () => ({
  build: smallBuild(),
  clientFolder,
  logger: makeLogger({ level: 'silent' }),
  readiness: async () => ({}),
  contextFor: () => ({}) as AppLoadContext,
})

function raw(method: string, path: string, { headers = {}, body }: { headers?: object; body?: Buffer } = {}) {
  return new Promise<{ status: number }>((done, fail) => {
    const asked = httpRequest(url + path, { method, headers: { ...headers }, agent: false }, (answer) => {
      answer.resume().once('end', () => done({ status: answer.statusCode ?? 0 }))
    })
    // A server that refuses early may close before the rest is sent; the answer still counts.
    asked.once('error', fail).end(body)
  })
}

/** A body in pieces of one byte; where it is longer than what is sent, nothing more comes. */
function drip(bytes: Buffer, { everyMs = 0, length = bytes.length, path = '/reads' } = {}) {
  return new Promise<{ status: number; text: string; connection: string | undefined }>((done, fail) => {
    const headers = { 'Content-Type': 'text/plain', 'Content-Length': length }
    const asked = httpRequest(url + path, { method: 'POST', headers, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (piece) => (text += piece))
      answer.once('end', () => done({ status: answer.statusCode ?? 0, text, connection: answer.headers.connection }))
    })
    asked.once('error', fail)
    for (const [i] of bytes.entries()) setTimeout(() => asked.write(bytes.subarray(i, i + 1)), i * everyMs)
    if (length === bytes.length) setTimeout(() => asked.end(), bytes.length * everyMs)
  })
}

const PIECE = new Uint8Array(65_536)
const endless = { made: 0, isLeft: false }
const endlessBody = () =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      endless.made += 1
      controller.enqueue(PIECE)
    },
    cancel() {
      endless.isLeft = true
    },
  })
test('a file is not gathered in memory for who asks for it as the data of a page', async () => {
  endless.made = 0
  expect((await fetch(`${url}/endless.data`)).status).toBe(404)
  expect(endless.made).toBe(0)
  expect(await (await fetch(`${url}/screen.data`)).text()).toContain('shown')
})

/** True once a count is what it was the last time. */
function isSame() {
  let last = -1
  return (count: number) => {
    const same = count === last
    last = count
    return same
  }
}

let pageSignal: AbortSignal | undefined

const BARE = { status: 500, headers: { 'Content-Type': 'text/plain' } }

/** A Remix application of three resource routes, built by hand. */
function smallBuild(): ServerBuild {
  const route = (
    id: string,
    path: string,
    loader: (args: LoaderFunctionArgs) => unknown,
    action: typeof loader = () => Response.json({}),
  ) => ({
    [id]: { id, path, parentId: undefined, module: { loader, action } },
  })
  // As the guard of the console does it.
  const reads = async ({ request }: LoaderFunctionArgs) => {
    if (request.url.includes('later')) await new Promise((done) => setTimeout(done, SILENCE_MS * 2))
    const answer = (text: string) => Response.json({ read: text.length })
    const refused = ({ code }: Refusal) => Response.json({ refused: code }, { status: 408 })
    return request.text().then(answer, refused)
  }
  const page = ({ context, request }: LoaderFunctionArgs) => {
    pageSignal = request.signal
    return Response.json(context)
  }
  const throws = () => {
    throw new Error('secret detail')
  }
  return {
    mode: 'production',
    entry: { module: { default: () => new Response('unused') } },
    routes: {
      ...route('page', 'page', page),
      ...route('reads', 'reads', page, reads),
      ...route('throws', 'throws', throws),
      ...route('endless', 'endless', () => new Response(endlessBody())),
      screen: { id: 'screen', path: 'screen', module: { loader: () => Response.json({ shown: true }), default: () => null } },
      ...route('unrenderable', 'unrenderable', () => new Response('Unexpected', BARE)),
      root: { id: 'root', path: '', module: { default: () => null } },
    },
    assets: { entry: { imports: [], module: '' }, routes: {}, url: '', version: '' },
    publicPath: '/',
    assetsBuildDirectory: '',
    isSpaMode: false,
    future: { v3_singleFetch: true } as ServerBuild['future'],
  } as unknown as ServerBuild
}
