import { setTimeout as sleep } from 'node:timers/promises'
import { TechnicalError } from '#server/domain/errors.ts'
import { AnsweredRefusal } from '#server/domain/failure-names/answered-refusal.ts'
import { refusalInJson } from '../answer-words.ts'
import type { Connector, ExtractRequest } from '../connector.ts'
import { redactor } from '../http-address.ts'
import { timedCall } from '../source-call.ts'
import { firstAddress, nameOfPage } from './address.ts'
import { openFetcher, quote, type Page } from './fetch-page.ts'
import { figuresOf, openPaging } from './paging.ts'
import { readJson } from './read-json.ts'
import { HttpJsonSettings } from './settings.ts'
import { failureOfSaid, withoutToken, wordsOfSaid } from './verdict.ts'

/**
 * A JSON source over HTTP, page by page. A delivery is one page, its bytes as received (unpacked when they came packed).
 * Asks once per page and never again: the run counts attempts. When `signal` aborts, the loop throws its reason, so that
 * a cancelled extract can never be taken for a finished one.
 */
export const httpJson: Connector<HttpJsonSettings> = {
  type: 'http',
  settings: HttpJsonSettings,
  async *extract({
    settings,
    cursor,
    seenCursors,
    isClaimed = false,
    signal,
    credential,
    onCall,
  }: ExtractRequest<HttpJsonSettings>) {
    signal.throwIfAborted()
    const token = readToken(settings.tokenFrom, credential)
    const redact = redactor(token)
    const first = firstAddress(settings, credential)
    const seen = new Set(cursor === null ? seenCursors : [...seenCursors, cursor])
    const paging = openPaging(settings.paging, first, [...seen], isClaimed)
    let pages = seen.size
    if (settings.paging.style === 'link') seen.add(`link:${first.pathname}${first.search}`)
    const cursorParameter = settings.paging.style === 'cursor' ? settings.paging.cursorParameter : null
    const fetcher = openFetcher({ ...settings, redact, headers: headersOf(settings, token) })
    const keepPace = pacer(settings.requestsPerSecond)
    try {
      let position = cursor
      for (;;) {
        if (pages >= settings.maxPages) {
          throw new TechnicalError('source_loops', `there is more after ${settings.maxPages} pages, the most this job allows`)
        }
        await keepPace(signal)
        const address = paging.addressOf(position)
        const name = redact(nameOfPage(address, cursorParameter))
        let next: string | null
        let bytes: Buffer
        try {
          const read = (page: Page) => {
            const body = readJson(page.bytes, redact)
            const refused = refusalInJson(settings.vendor, 200, body)
            if (refused) {
              const said = withoutToken(refused, redact)
              throw failureOfSaid(said, `answered 200 and means no: ${wordsOfSaid(said) ?? quote(page.bytes, redact)}`)
            }
            const after = paging.after(position, { ...page, body, address, ...figuresOf(body, settings) })
            return { bytes: page.bytes.length, value: { bytes: page.bytes, next: after } }
          }
          const answer = await timedCall({ onCall, signal }, name, () => fetcher.fetchPage(address, signal), read)
          bytes = answer.bytes
          next = answer.next
          if (next !== null && seen.has(next)) {
            throw new TechnicalError('source_loops', 'the next page it names is one that was already read')
          }
        } catch (error) {
          throw at(name, error, redact)
        }
        yield { name, bytes: whole(bytes), cursor: next }
        signal.throwIfAborted()
        if (next === null) return
        seen.add(next)
        position = next
        pages++
      }
    } finally {
      fetcher.close()
    }
  },
}

function readToken(variable: string | undefined, credential: (name: string) => string | undefined): string | null {
  if (variable === undefined) return null
  const token = credential(variable)?.trim() ?? ''
  if (token === '') throw new TechnicalError('credential_missing', `${variable} is not set`)
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new TechnicalError('credential_missing', `${variable} holds characters that no token has`)
  return token
}

function headersOf({ headers }: HttpJsonSettings, token: string | null): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': 'gzip, br',
    'user-agent': 'finance-control-tower',
    ...headers,
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  }
}

function at(name: string, error: unknown, redact: (text: string) => string): unknown {
  if (error instanceof TechnicalError)
    return new TechnicalError(error.code, redact(`GET ${name}: ${error.detail}`), {
      cause: error.cause,
      retryAfterMs: error.retryAfterMs,
    })
  return error instanceof AnsweredRefusal
    ? new AnsweredRefusal(error.code, redact(`GET ${name}: ${error.detail}`), error.said)
    : error
}

const whole = (bytes: Uint8Array): AsyncIterable<Uint8Array> => ({
  async *[Symbol.asyncIterator]() {
    yield bytes
  },
})

/** Waits so that requests start no closer together than the job allows. */
function pacer(perSecond: number | undefined): (signal: AbortSignal) => Promise<void> {
  let nextAt = 0
  return async (signal) => {
    const wait = nextAt - performance.now()
    if (wait > 0) {
      await sleep(wait, undefined, { signal }).catch((error: unknown) => {
        signal.throwIfAborted()
        throw error
      })
    }
    if (perSecond !== undefined) nextAt = performance.now() + 1000 / perSecond
  }
}
