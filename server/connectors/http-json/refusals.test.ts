import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { TechnicalError } from '#server/domain/errors.ts'
import { AnsweredRefusal } from '#server/domain/failure-names/answered-refusal.ts'
import { head, startHostileServer, type HostileServer, type Misdeed } from '../testing/hostile-server.ts'
import { httpJson } from './http-json.ts'
import { HttpJsonSettings } from './settings.ts'

const servers: HostileServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())))

const answering =
  (status: string, body: string, ...headers: string[]): Misdeed['answer'] =>
  (socket) =>
    void socket.end(head(status, [`Content-Length: ${Buffer.byteLength(body)}`, ...headers]) + body)

async function extracted(answer: Misdeed['answer'], settings: object, token?: string): Promise<unknown> {
  const server = await startHostileServer({ answer })
  servers.push(server)
  const deliveries = httpJson.extract({
    settings: HttpJsonSettings.parse({ url: server.url, recordsPath: 'lines', timeoutMs: 10_000, ...settings }),
    cursor: null,
    seenCursors: [],
    signal: new AbortController().signal,
    credential: () => token,
  })
  let pages = 0
  try {
    for await (const _ of deliveries) pages++
    return pages
  } catch (error) {
    return error
  }
}

const CLOSED = JSON.stringify({ 'o:errorDetails': [{ detail: 'This period is closed.', 'o:errorCode': 'CLOSED_TRAN_PRD' }] })

test('a refusal of the books is no technical failure, and its words are kept', async () => {
  const error = await extracted(answering('400 Bad Request', CLOSED), { vendor: 'netsuite' })
  expect(error).toBeInstanceOf(AnsweredRefusal)
  expect(error).toMatchObject({
    code: 'refused_period_closed',
    detail: expect.stringMatching(/^GET \/v1\/lines.*: answered 400: CLOSED_TRAN_PRD; This period is closed\.$/),
    said: { vendor: 'netsuite', status: 400, codes: ['CLOSED_TRAN_PRD'], texts: ['This period is closed.'] },
  })
})

test('in nobody’s words a refusal has no name, and without words it is a refused request', async () => {
  expect(await extracted(answering('400 Bad Request', CLOSED), {})).toMatchObject({ name: 'AnsweredRefusal', code: null })
  expect(await extracted(answering('400 Bad Request', ''), {})).toMatchObject({ name: 'TechnicalError', code: 'source_refused' })
})

test('a success that means no is a failure where the vendor is known to do that, and a page where it is not', async () => {
  const body = JSON.stringify({ lines: [], items: [{ ErrorDetail: 'The accounting period is not valid.' }] })
  const no = await extracted(answering('200 OK', body), { vendor: 'oracle' })
  expect(no).toMatchObject({ name: 'AnsweredRefusal', code: 'refused_by_rule', said: { status: 200 } })
  expect(await extracted(answering('200 OK', body), {})).toBe(1)
})

test('a token that comes back in a refusal is not kept', async () => {
  const token = 'tok-0123456789abcdef'
  // Written so that only who parses it sees it.
  const hidden = token.replace('-', '\\u002d')
  const body = `{"error":{"code":"X","message":"the token ${hidden} is for another company, ${token}"}}`
  const error = await extracted(answering('400 Bad Request', body), { vendor: 'netsuite', tokenFrom: 'TOKEN' }, token)
  expect(error).toBeInstanceOf(AnsweredRefusal)
  expect(JSON.stringify(error) + String(error)).not.toContain(token)
})

test('words that do not come are not waited for: the status and how long to wait stand', async () => {
  const drip: Misdeed['answer'] = async (socket) => {
    socket.write(head('429 Too Many Requests', ['Content-Length: 100000', 'Retry-After: 7']))
    for (let i = 0; i < 100 && !socket.destroyed; i++) {
      socket.write('x')
      await sleep(100)
    }
  }
  const begun = performance.now()
  const error = await extracted(drip, { vendor: 'netsuite' })
  expect(error).toBeInstanceOf(TechnicalError)
  expect(error).toMatchObject({ code: 'source_throttled', retryAfterMs: 7_000 })
  expect(performance.now() - begun).toBeLessThan(8_000)
})
