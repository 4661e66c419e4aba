import './load-context.ts'
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createRequestHandler, type AppLoadContext, type HandleErrorFunction, type ServerBuild } from '@remix-run/node'
import { isRouteErrorResponse } from '@remix-run/react'
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express'
import { errorPage } from './error-page.ts'
import { serverSpans } from './http-spans.ts'
import { matcherOf } from './match-route.ts'
import { sha256Hex } from './platform/hash.ts'
import { newErrorId, newId } from './platform/ids.ts'
import type { Logger } from './platform/logger.ts'
import { remixRequest } from './remix-request.ts'

/** Each named part is fine or says why it is not. */
export type Readiness = Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>

export type WebOptions = {
  readonly build: ServerBuild
  /** The folder of the built files a browser loads. */
  readonly clientFolder: string
  readonly contextFor: (request: Request, names: { correlationId: string; cspNonce: string }) => AppLoadContext
  readonly readiness: () => Promise<Readiness>
  readonly logger: Logger
  /** So long may nothing come of a body that is waited for. */
  readonly silenceMs?: number
  /** For Prometheus, behind its token; null: there is no such door. */
  readonly metrics?: { readonly token: string; readonly text: () => Promise<string> } | null
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** A file goes straight through to the database, so only the upload page takes large ones; its job sets the limit that counts. */
const BODY_BYTES_MAX = { form: 1024 * 1024, multipart: 16 * 1024 * 1024, upload: 8 * 1024 ** 3 }
const UPLOAD_PATH = '/upload'
const SILENCE_MS = 60_000

export function createWeb(options: WebOptions): Express {
  const { build, clientFolder, readiness, logger, metrics } = options
  const app = express()
  app.disable('x-powered-by')
  // A proxy on this machine may say who asks and how; nobody else may.
  app.set('trust proxy', 'loopback')

  app.use(named, securityHeaders, accessLog(logger))
  app.get('/healthz', (_, response) => {
    answerJson(response, 200, { status: 'ok', uptimeSeconds: Math.floor(process.uptime()) })
  })
  app.get('/readyz', (_, response, next) => {
    readiness().then((parts) => {
      const ready = Object.values(parts).every(({ ok }) => ok)
      answerJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not_ready', parts })
    }, next)
  })
  if (metrics) app.get('/metrics', metricsFor(metrics))

  // The names of these files change with their content.
  const files = { index: false, redirect: false } as const
  app.use('/assets', express.static(join(clientFolder, 'assets'), { ...files, immutable: true, maxAge: '1y' }))
  app.use(express.static(clientFolder, { ...files, maxAge: '1h' }))
  app.use('/assets', (_, __, next) => next(refusal(404, 'There is no such file')))
  app.use(serverSpans(build.routes, correlationIdOf))
  app.use(readable, onlyFromHere, boundedBody, onlyPagesAsData(build.routes))
  app.use(remix(options))
  app.use(answerErrors(logger))
  return app
}

const named: RequestHandler = (_, response, next) => {
  response.locals.correlationId = newId()
  response.locals.cspNonce = randomBytes(16).toString('base64')
  response.setHeader('X-Request-Id', correlationIdOf(response))
  next()
}
const correlationIdOf = (response: Response) => String(response.locals.correlationId)
const nonceOf = (response: Response) => String(response.locals.cspNonce)

const securityHeaders: RequestHandler = (_, response, next) => {
  response.set({
    'Content-Security-Policy': [
      "default-src 'self'",
      `script-src 'self' 'nonce-${nonceOf(response)}'`,
      // Charts and measured widths are inline styles; a style cannot run anything.
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self' data:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  })
  next()
}

/** No name here has a zero byte in it, and PostgreSQL takes none. */
const readable: RequestHandler = (request, _, next) => next(request.path.includes('%00') ? refusal(400, UNREADABLE) : undefined)

/**
 * The data of a page is asked for under its address and `.data`. Asked so for a file, Remix would gather all of it in memory first,
 * millions of lines or a delivery of gigabytes, for whoever types it.
 */
function onlyPagesAsData(routes: ServerBuild['routes']): RequestHandler {
  const match = matcherOf(routes)
  return ({ method, path }, _, next) => {
    const isAsked = path.endsWith('.data') && (method === 'GET' || method === 'HEAD')
    const matched = isAsked ? match(path.slice(0, -'.data'.length)) : null
    next(matched && !matched.isPage ? refusal(404, 'There is no such page') : undefined)
  }
}

/** A page of another site may not press our buttons, not even one from another port of this machine. */
const onlyFromHere: RequestHandler = (request, _, next) => {
  const from = request.get('Sec-Fetch-Site')
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (!METHODS.has(request.method)) return next(refusal(405, 'This method is not supported'))
  const origin = request.get('Origin')
  const isForeign = from === 'cross-site' || from === 'same-site' || (origin !== undefined && !isOwn(origin, request))
  if (!reads && isForeign) return next(refusal(403, 'This request came from another site'))
  next()
}

/** Browsers that send no Sec-Fetch-Site still name the origin of a post. */
function isOwn(origin: string, request: Request): boolean {
  return URL.canParse(origin) && new URL(origin).host === request.get('Host')
}

const boundedBody: RequestHandler = (request, _, next) => {
  // A length that is not told cannot be held to a bound before the body is in memory.
  if (request.headers['transfer-encoding']) return next(refusal(411, 'The request must say how long it is'))
  const length = Number.parseInt(request.headers['content-length'] ?? '0', 10)
  const isMultipart = request.is('multipart/form-data') !== false
  const bound = !isMultipart
    ? BODY_BYTES_MAX.form
    : request.path === UPLOAD_PATH
      ? BODY_BYTES_MAX.upload
      : BODY_BYTES_MAX.multipart
  next(length > bound ? refusal(413, `The request is larger than ${bound / 1024 / 1024} MB`) : undefined)
}

function remix({ build, contextFor, logger, silenceMs = SILENCE_MS }: WebOptions): RequestHandler {
  // Without it Remix prints what a loader threw to the console, past the logger and its care for secrets.
  const handleError: HandleErrorFunction = (error, { request, context }) => {
    if (request.signal.aborted) return
    const facts = { correlationId: context.correlationId, path: new URL(request.url).pathname }
    if (isRouteErrorResponse(error) && error.status < 500) logger.debug({ ...facts, status: error.status }, 'request refused')
    else logger.error({ err: error, ...facts }, 'request failed')
  }
  const entry = { module: { ...build.entry?.module, handleError } } as ServerBuild['entry']
  const handle = createRequestHandler({ ...build, entry }, 'production')
  return (request, response, next) => {
    const names = { correlationId: correlationIdOf(response), cspNonce: nonceOf(response) }
    const answering = async () => {
      const answer = await handle(remixRequest(request, response, silenceMs), contextFor(request, names))
      // Remix's last resort, when even the error page could not be rendered, is a bare line of text.
      const bare = answer.headers.get('Content-Type') === 'text/plain' && !answer.headers.has('X-Remix-Response')
      if (answer.status === 500 && bare) throw new Error('The page and its error page could not be rendered')
      // The rest of the body will not come.
      if (answer.status === 408) response.set('Connection', 'close')
      await send(response, answer)
    }
    answering().catch(next)
  }
}

type Answer = Awaited<ReturnType<ReturnType<typeof createRequestHandler>>>

/**
 * As fast as it is taken, and no longer than somebody takes it. Remix's own writes a body to its end whatever becomes of it: a large
 * download would be made in memory, for a slow reader and for nobody.
 */
async function send(response: Response, answer: Answer): Promise<void> {
  response.statusMessage = answer.statusText
  response.status(answer.status)
  for (const [name, value] of answer.headers.entries()) response.append(name, value)
  if (!answer.body) return void response.end()
  // News may be long in coming.
  if (answer.headers.get('Content-Type')?.startsWith('text/event-stream')) response.flushHeaders()
  try {
    await pipeline(piecesOf(answer.body), response)
  } catch (error) {
    // Whoever went away is told nothing; what broke off while it was made must not look whole.
    if (!response.destroyed) response.destroy()
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error
  }
}

async function* piecesOf(body: NonNullable<Answer['body']>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

type Refusal = Error & { status: number }
const refusal = (status: number, message: string): Refusal => Object.assign(new Error(message), { status })

const UNREADABLE = 'This address cannot be read'

/** A person gets a sentence and an id to quote; the log gets the rest. */
function answerErrors(logger: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four arguments.
  return (error: Partial<Refusal>, request, response, _next) => {
    const status = error.status && error.status >= 400 && error.status < 500 ? error.status : 500
    const id = newErrorId()
    const facts = { errorId: id, correlationId: correlationIdOf(response), path: request.path }
    if (status >= 500) logger.error({ err: error, ...facts }, 'request failed')
    // The first bytes are out: all that is left is to break off, so that half an answer is not taken for a whole one.
    if (response.headersSent) return response.destroy()
    const message = status >= 500 ? 'Something went wrong on our side' : status === 400 ? UNREADABLE : `${error.message}`
    response.status(status).set('Cache-Control', 'no-store')
    // The refused body is still on its way and nobody will read it.
    if (status === 411 || status === 413) response.set('Connection', 'close')
    if (request.accepts(['html', 'json']) === 'html') response.type('html').send(errorPage({ status, message, id }))
    else response.json({ error: { status, message, id } })
  }
}

/** Amounts held are nobody's business but the collector's. */
function metricsFor({ token, text }: NonNullable<WebOptions['metrics']>): RequestHandler {
  const digest = (word: string) => Buffer.from(sha256Hex(word))
  const wanted = digest(`Bearer ${token}`)
  return (request, response, next) => {
    if (!timingSafeEqual(digest(request.get('Authorization') ?? ''), wanted)) {
      response.setHeader('WWW-Authenticate', 'Bearer')
      return next(refusal(401, 'Metrics are read with the token of METRICS_TOKEN'))
    }
    text().then((body) => response.set('Cache-Control', 'no-store').type('text/plain; version=0.0.4').send(body), next)
  }
}

function accessLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now()
    response.once('finish', () => {
      const { method, path } = request
      const facts = { method, path, status: response.statusCode, ms: Math.round(performance.now() - begun) }
      logger.debug({ ...facts, correlationId: response.locals.correlationId }, 'request')
    })
    next()
  }
}

const answerJson = (response: Response, status: number, body: object) =>
  response.status(status).set('Cache-Control', 'no-store').json(body)
