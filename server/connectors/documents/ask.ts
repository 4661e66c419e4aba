import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { TechnicalError, type TechnicalCode } from '#server/domain/errors.ts'
import { withDeadline } from '#server/platform/deadline.ts'
import { guardedLookup, guardHost, retryAfterMs } from '../http-address.ts'

export type AskOptions = {
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
  readonly allowPrivateAddresses: boolean
  readonly token: string | null
  readonly redact: (text: string) => string
}
export type Asker = { post(address: URL, body: object, signal: AbortSignal): Promise<Buffer>; close(): void }

// Below the 5 s after which common servers close an idle connection: a request sent into that close has an unknown outcome.
const IDLE_MAX_MS = 4_000
const QUOTE_MAX_CHARACTERS = 200

/** Asks once, follows no redirect, and tells apart what never reached the target from what may have. */
export function openAsker(options: AskOptions): Asker {
  const pool = { keepAlive: true, maxSockets: 1, timeout: IDLE_MAX_MS, autoSelectFamilyAttemptTimeout: 5_000 }
  const agents = { 'http:': new HttpAgent(pool), 'https:': new HttpsAgent(pool) }
  const lookup = guardedLookup(options.allowPrivateAddresses)

  return {
    async post(address, body, parent) {
      const state = { connected: false, answered: false }
      try {
        return await withDeadline(options.timeoutMs, parent, async (signal) => {
          try {
            const response = await send(address, Buffer.from(JSON.stringify(body)), signal, state)
            state.answered = true
            return await judged(response)
          } catch (error) {
            signal.throwIfAborted() // Whatever broke after that broke because of it.
            throw error
          }
        })
      } catch (error) {
        parent.throwIfAborted()
        throw failureOf(error, state)
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }

  function send(address: URL, bytes: Buffer, signal: AbortSignal, state: { connected: boolean }): Promise<IncomingMessage> {
    guard(address)
    return new Promise((resolve, reject) => {
      const secure = address.protocol === 'https:'
      const headers = {
        accept: 'application/json',
        'content-type': 'application/json',
        'content-length': bytes.length,
        'user-agent': 'finance-control-tower',
        ...(options.token !== null && { authorization: `Bearer ${options.token}` }),
      }
      const given = { method: 'POST', headers, signal, lookup, agent: agents[secure ? 'https:' : 'http:'] }
      const sent: ClientRequest = secure ? httpsRequest(address, given, resolve) : httpRequest(address, given, resolve)
      sent.on('socket', (socket) => {
        if (!socket.connecting) state.connected = true
        else socket.once('connect', () => (state.connected = true))
      })
      sent.on('error', reject)
      sent.on('upgrade', (_, socket) => {
        socket.destroy()
        reject(new TechnicalError('target_contract_changed', 'it wants to speak another protocol'))
      })
      sent.on('close', () => reject(Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' })))
      sent.end(bytes)
    })
  }

  function guard(address: URL): void {
    try {
      guardHost(address, options.allowPrivateAddresses)
    } catch (error) {
      throw new TechnicalError('target_refused', error instanceof TechnicalError ? error.detail : String(error))
    }
  }

  async function judged(response: IncomingMessage): Promise<Buffer> {
    const { statusCode: status = 0, headers } = response
    const bytes = await bodyOf(response, options.maxAnswerBytes)
    const code = codeOfStatus(status)
    if (code === null) return bytes
    const said = code === 'target_refused' ? `: ${quote(bytes)}` : ''
    throw new TechnicalError(code, options.redact(`answered ${status}${said}`), {
      retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()),
    })
  }
}

/** Null where the body is the answer. A 5xx may come after the target committed; a 4xx says that it did not take it. */
function codeOfStatus(status: number): TechnicalCode | null {
  if (status === 200 || status === 201) return null
  if (status === 401 || status === 403) return 'target_credential_refused'
  if (status === 404 || status === 410) return 'target_endpoint_unknown'
  if (status === 408) return 'target_timed_out'
  if (status === 429) return 'target_throttled'
  if (status >= 500) return 'target_unavailable'
  return status >= 400 || (status >= 300 && status < 400) ? 'target_refused' : 'target_contract_changed'
}

function failureOf(error: unknown, { connected, answered }: { connected: boolean; answered: boolean }): unknown {
  if (error instanceof TechnicalError) {
    // A name that leads where we do not go was refused by our own look-up, before anything was sent.
    return error.code === 'source_refused' ? new TechnicalError('target_refused', error.detail) : error
  }
  const isLate = error instanceof DOMException && error.name === 'TimeoutError'
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
  if (!connected && (isLate || code !== null))
    return new TechnicalError('target_unreachable', `no connection (${code ?? 'in time'})`, { cause: error })
  if (isLate) return new TechnicalError('target_timed_out', 'no whole answer in time', { cause: error })
  if (code === null) return error
  if (code.startsWith('HPE_')) return new TechnicalError('target_contract_changed', `the answer is not HTTP (${code})`)
  const where = answered ? 'the answer stopped before its end' : 'closed before an answer'
  return new TechnicalError('target_answer_lost', `${where} (${code})`, { cause: error })
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw new TechnicalError('target_contract_changed', `the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const quote = (bytes: Buffer): string =>
  JSON.stringify(
    bytes
      .subarray(0, 16 * 1024)
      .toString('utf8')
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .slice(0, QUOTE_MAX_CHARACTERS),
  )
