import { Agent as HttpAgent, get as httpGet, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, get as httpsGet } from 'node:https'
import { PassThrough, type Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { TechnicalError } from '#server/domain/errors.ts'
import { AnsweredRefusal } from '#server/domain/failure-names/answered-refusal.ts'
import { codeOfStatus } from '#server/domain/failure-names/http.ts'
import type { Vendor } from '#server/domain/failure-names/said.ts'
import { withDeadline } from '#server/platform/deadline.ts'
import { saidIn } from '../answer-words.ts'
import { guardedLookup, guardHost, retryAfterMs } from '../http-address.ts'
import { failureOfSaid, failureOfTransport, withoutToken, wordsOfSaid } from './verdict.ts'

export type Page = { readonly bytes: Buffer; readonly link: string | null }
export type FetchOptions = {
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly maxPageBytes: number
  readonly allowPrivateAddresses: boolean
  readonly redact: (text: string) => string
  /** Whose words its failures are in. */
  readonly vendor: Vendor
}
export type PageFetcher = { fetchPage(address: URL, parent: AbortSignal): Promise<Page>; close(): void }

const REDIRECTS_MAX = 5
const QUOTE_MAX_CHARACTERS = 80
const REFUSAL_MAX_BYTES = 64 * 1024
/** What was refused is known already: only the words for it are waited for. */
const REFUSAL_MAX_MS = 2_000
// Below the 5 s after which common servers close an idle connection: a request sent into that close looks like an outage.
const IDLE_MAX_MS = 4_000

/**
 * Not fetch(): it unpacks leniently, so a gzip answer that was cut short arrives as a shorter, valid-looking page; here a
 * missing end is an error. It also follows redirects and resolves names without asking us.
 */
export function openFetcher(options: FetchOptions): PageFetcher {
  // Node tries the addresses of a name for 250 ms each by default, which fails every source that is far away.
  const pool = { keepAlive: true, maxSockets: 1, timeout: IDLE_MAX_MS, autoSelectFamilyAttemptTimeout: 5_000 }
  const agents = { 'http:': new HttpAgent(pool), 'https:': new HttpsAgent(pool) }
  const lookup = guardedLookup(options.allowPrivateAddresses)

  return {
    async fetchPage(address, parent) {
      let answered = false
      try {
        return await withDeadline(options.timeoutMs, parent, async (signal) => {
          try {
            const response = await follow(address, signal)
            answered = true
            return await readPage(response, signal)
          } catch (error) {
            signal.throwIfAborted() // Whatever broke after that broke because of it.
            throw error
          }
        })
      } catch (error) {
        parent.throwIfAborted() // A cancelled run is not a broken source.
        if (error instanceof DOMException && error.name === 'TimeoutError') {
          throw new TechnicalError('source_timed_out', `no whole answer within ${options.timeoutMs} ms`, { cause: error })
        }
        throw error instanceof AnsweredRefusal ? error : (failureOfTransport(error, answered) ?? error)
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }

  /** Follows redirects on the same origin only: the token must not travel to another. */
  async function follow(address: URL, signal: AbortSignal): Promise<IncomingMessage> {
    let at = address
    for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
      const response = await send(at, signal)
      const { statusCode = 0, headers } = response
      if (statusCode < 300 || statusCode > 399) return response
      response.destroy()
      const isRedirect = [301, 302, 303, 307, 308].includes(statusCode)
      if (!isRedirect || !headers.location || !URL.canParse(headers.location, at)) {
        throw new TechnicalError('source_refused', `answered ${statusCode} without a page or a place to go`)
      }
      const next = new URL(headers.location, at)
      if (next.origin !== address.origin) {
        throw new TechnicalError(
          'source_refused',
          options.redact(`answered ${statusCode} and points to ${next.origin}, which the job does not name`),
        )
      }
      at = next
    }
    throw new TechnicalError('source_refused', `redirected more than ${REDIRECTS_MAX} times`)
  }

  function send(address: URL, signal: AbortSignal): Promise<IncomingMessage> {
    guardHost(address, options.allowPrivateAddresses)
    return new Promise((resolve, reject) => {
      const secure = address.protocol === 'https:'
      const request = { headers: options.headers, signal, lookup, agent: agents[secure ? 'https:' : 'http:'] }
      const sent = secure ? httpsGet(address, request, resolve) : httpGet(address, request, resolve)
      // Stays on after the answer began: a broken connection is reported here as well, and unheard it ends the process.
      sent.on('error', reject)
      // Unheard, an answer of 101 is dropped without a word, and not even the deadline ends the wait.
      sent.on('upgrade', (response, socket) => {
        socket.destroy()
        reject(
          new TechnicalError('source_contract_changed', `answered ${response.statusCode}: it wants to speak another protocol`),
        )
      })
      sent.on('close', () => reject(Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' })))
    })
  }

  async function readPage(response: IncomingMessage, signal: AbortSignal): Promise<Page> {
    const { statusCode: status = 0, headers } = response
    const code = codeOfStatus(status)
    if (code !== null) {
      // Of nobody's own words, only those of a refused request say more than its status.
      const isRead = options.vendor !== 'http' || code === 'source_refused'
      const body = isRead ? options.redact(await readRefusal(response, signal)) : ''
      response.destroy()
      const said = withoutToken(saidIn(options.vendor, { status, body }), options.redact)
      const words = wordsOfSaid(said) ?? (code === 'source_refused' ? quote(Buffer.from(body), options.redact) : null)
      throw failureOfSaid(
        said,
        `answered ${status}${words === null ? '' : `: ${words}`}`,
        retryAfterMs(headers['retry-after'], Date.now()),
      )
    }
    const bytes = await readBody(response, options.maxPageBytes, signal)
    return { bytes, link: typeof headers.link === 'string' ? headers.link : null }
  }

  /** A refusal often says why; where its body cannot be read, or not soon, the status stands alone. */
  async function readRefusal(response: IncomingMessage, signal: AbortSignal): Promise<string> {
    const soon = new AbortController()
    const timer = setTimeout(() => soon.abort(), REFUSAL_MAX_MS)
    const stop = () => soon.abort()
    signal.addEventListener('abort', stop, { once: true })
    try {
      return (await readBody(response, REFUSAL_MAX_BYTES, soon.signal)).toString('utf8')
    } catch {
      return ''
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }
}

/** The first 80 characters of an answer, on one line, without the token. */
export function quote(bytes: Buffer, redact: (text: string) => string): string {
  const clean = redact(bytes.subarray(0, 16 * 1024).toString('utf8'))
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return clean === '' ? 'nothing' : `"${clean.slice(0, QUOTE_MAX_CHARACTERS)}"`
}

async function readBody(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      size += chunk.length
      if (size > maxBytes) return
      chunks.push(chunk)
    }
  }
  try {
    await pipeline(response, decoder(response), collect, { signal })
  } catch (error) {
    // Hanging up on an answer that is too large fails the pipeline in its own way; that is not what went wrong.
    if (size <= maxBytes) throw error
  }
  if (size > maxBytes) throw new TechnicalError('file_too_large', `the answer is larger than ${maxBytes} bytes`)
  return Buffer.concat(chunks)
}

function decoder({ headers }: IncomingMessage): Duplex {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity' || encoding === '') return new PassThrough()
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip()
  if (encoding === 'br') return createBrotliDecompress()
  throw new TechnicalError('source_contract_changed', 'the answer is packed in a way we did not ask for')
}
