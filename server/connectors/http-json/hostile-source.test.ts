import { afterEach, expect, test } from 'vitest'
import { TECHNICAL_FAILURES, TechnicalError, type TechnicalCode } from '#server/domain/errors.ts'
import { head, MISDEEDS, PAGE, startHostileServer, type HostileServer, type Misdeed } from '../testing/hostile-server.ts'
import { httpJson } from './http-json.ts'
import { HttpJsonSettings } from './settings.ts'

const servers: HostileServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())))

test.each(MISDEEDS)('$name: $code', async (misdeed) => {
  const server = await started(misdeed)
  // Only who waits for the deadline gets a short one: a busy machine is slow to answer as well.
  const outcome = await extracted(server.url, misdeed.code === 'source_timed_out' ? { timeoutMs: 400 } : {})
  if (misdeed.code === null) expect(outcome).toBe(1)
  else
    expect(outcome).toMatchObject({ code: misdeed.code, detail: expect.stringMatching(/^GET \/v1\/lines.*: .|after 40 pages/) })
  expect(server.requests()).toBeLessThanOrEqual(/in turn|itself|redirects/.test(misdeed.name) ? 6 : PAGES_MAX)
})

test('every status from 400 to 599 is a failure of its class, with the status in its words', async () => {
  let status = 0
  const server = await started({ answer: (socket) => socket.end(head(`${status} X`, ['Content-Length: 0', 'Retry-After: 2'])) })
  for (status = 400; status < 600; status++) {
    const failure = await extracted(server.url)
    const isTransient = TRANSIENT.has(status) || (status >= 500 && !PERMANENT_5XX.has(status))
    expect(failure).toMatchObject({
      failureClass: isTransient ? 'technical_transient' : 'technical_permanent',
      retryAfterMs: 2_000,
    })
    if (!(failure instanceof TechnicalError)) throw new Error(`${status} passed`)
    expect(failure.detail).toContain(`answered ${status}`)
    expect(SIGNED_IN.has(status)).toBe(failure.code === 'credential_refused')
    expect(TECHNICAL_FAILURES[failure.code].action).not.toBe('')
  }
  expect(server.requests()).toBe(200)
})

/** Said again here, so that the table of the product is compared with something. */
const TRANSIENT = new Set([408, 425, 429])
const PERMANENT_5XX = new Set([501, 505, 511])
const SIGNED_IN = new Set([401, 403])

test.each<[string, TechnicalCode, (nth: number) => string]>([
  ['two pages in turn', 'source_loops', (nth) => numbered(nth % 2, 100)],
  ['three pages in turn', 'source_loops', (nth) => numbered(nth % 3, 100)],
  ['a total that shrinks while we read', 'source_contract_changed', (nth) => numbered(nth, nth === 1 ? 10 : 2)],
  ['a total that is none', 'source_contract_changed', (nth) => numbered(nth, nth === 1 ? 10 : -1)],
])('counted pages, %s: %s', async (_, code, body) => {
  for (const paging of [
    { style: 'offset', pageSize: 1 },
    { style: 'page', pageSize: 1 },
  ]) {
    const server = await started({ answer: (socket, { nth }) => socket.end(head('200 OK', ['Connection: close']) + body(nth)) })
    expect(await extracted(server.url, { paging, countPath: 'totals.count' })).toMatchObject({ code })
    expect(server.requests()).toBeLessThan(5)
  }
})

test('a total that grows while we read is read to its new end', async () => {
  const server = await started({ answer: (socket, { nth }) => socket.end(head('200 OK') + numbered(nth, nth === 1 ? 2 : 3)) })
  expect(await extracted(server.url, { paging: { style: 'offset', pageSize: 1 }, countPath: 'totals.count' })).toBe(3)
})

test.each(['offset', 'page'] as const)(
  '%s: what was stated and read before a kill still guards what comes after it',
  async (style) => {
    let nth = 0
    let answers: string[] = []
    const server = await started({ answer: (socket) => socket.end(head('200 OK', ['Connection: close']) + answers[nth++]) })
    const counted = { paging: { style, pageSize: 1 }, countPath: 'totals.count' }
    const killedAfter = async (pages: string[]) => {
      ;[nth, answers] = [0, pages]
      const cursors: string[] = []
      for await (const { cursor } of deliveriesOf(server.url, counted)) {
        cursors.push(cursor!)
        if (cursors.length === pages.length) break
      }
      return cursors
    }
    const resumed = (cursors: string[], pages: string[], settings: object = counted) => {
      ;[nth, answers] = [0, pages]
      return extracted(server.url, settings, cursors)
    }
    const first = await killedAfter([numbered(1, 10)])
    expect(await resumed(first, [numbered(2, 9)])).toMatchObject({
      code: 'source_contract_changed',
      detail: expect.stringContaining('it stated 10 records and then 9'),
    })
    expect(await resumed(first, [numbered(1, 10)]), 'the page just stored').toMatchObject({ code: 'source_loops' })
    const both = await killedAfter([numbered(1, 10), numbered(2, 10)])
    expect(await resumed(both, [numbered(1, 10)]), 'one stored earlier').toMatchObject({ code: 'source_loops' })
    const whole = Array.from({ length: 8 }, (_, i) => numbered(i + 3, 10))
    expect(await resumed(both, whole)).toBe(8)
    const plain = style === 'offset' ? ['offset:1', 'offset:2'] : ['page:2/1', 'page:3/2']
    expect(await resumed(plain, whole), 'cursors as they were stored before').toBe(8)
    expect(await resumed([`${plain[0]}/x/y/z/w`], whole)).toMatchObject({ code: 'source_contract_changed' })
  },
)

test.each(['offset', 'page'] as const)('%s: an empty page before the stated count is no end', async (style) => {
  const pages = [numbered(1, 3), JSON.stringify({ lines: [], totals: { count: 3 } })]
  const server = await started({
    answer: (socket, { nth }) => socket.end(head('200 OK', ['Connection: close']) + pages[nth - 1]),
  })
  expect(await extracted(server.url, { paging: { style, pageSize: 1 }, countPath: 'totals.count' })).toMatchObject({
    code: 'source_cut_short',
    detail: expect.stringContaining('an empty page after 1 of 3 records'),
  })
})

test('it is the end where the job counts what arrived: then that is told, and held', async () => {
  const pages = [numbered(1, 3), JSON.stringify({ lines: [], totals: { count: 3 } })]
  const server = await started({
    answer: (socket, { nth }) => socket.end(head('200 OK', ['Connection: close']) + pages[nth - 1]),
  })
  const settings = { paging: { style: 'offset', pageSize: 1 }, countPath: 'totals.count' } as const
  expect(await extracted(server.url, settings, [], true)).toBe(2)
})

test('a page that is not JSON all through says where it goes wrong, and never with the token', async () => {
  let body = ''
  const server = await started({ answer: (socket) => socket.end(head('200 OK', ['Connection: close']) + body) })
  body = `{"lines":[\n${'{"id":"1"},'.repeat(50_000)}\n{"id":NaN}]}`
  expect(await extracted(server.url)).toMatchObject({
    code: 'source_contract_changed',
    detail: expect.stringContaining('line 3, character 7: "NaN}]}" is not expected here'),
  })
  body = '{"lines":[SENTINEL-token]}'
  const failure = await extracted(server.url, { tokenFrom: 'TOKEN' })
  expect(failure).toMatchObject({ detail: expect.stringContaining('line 1, character 11: "***]}"') })
})

test('the last of two values of one key decides nothing here: the page is kept as it came', async () => {
  const twice = PAGE.replace('"paging":{"next":null}', '"paging":{"next":"b"},"paging":{"next":null}')
  const server = await started({ answer: (socket) => socket.end(head('200 OK') + twice) })
  expect(await extracted(server.url)).toBe(1)
})

const PAGES_MAX = 40
const numbered = (id: number, count: number) => JSON.stringify({ lines: [{ id }], totals: { count } })

async function started(misdeed: Pick<Misdeed, 'answer'>): Promise<HostileServer> {
  const server = await startHostileServer(misdeed)
  servers.push(server)
  return server
}

function deliveriesOf(url: string, settings: object, seenCursors: readonly string[] = [], isClaimed = false) {
  const cursor = { style: 'cursor', nextCursorPath: 'paging.next' }
  const limits = { timeoutMs: 15_000, maxPageBytes: 1024 * 1024, maxPages: PAGES_MAX }
  return httpJson.extract({
    settings: HttpJsonSettings.parse({ url, recordsPath: 'lines', paging: cursor, ...limits, ...settings }),
    cursor: seenCursors.at(-1) ?? null,
    seenCursors,
    isClaimed,
    signal: new AbortController().signal,
    credential: () => 'SENTINEL-token',
  })
}

/** How many pages came, or why none did. */
async function extracted(url: string, settings: object = {}, seenCursors: readonly string[] = [], isClaimed = false) {
  let pages = 0
  try {
    for await (const _ of deliveriesOf(url, settings, seenCursors, isClaimed)) pages++
    return pages
  } catch (error) {
    if (error instanceof TechnicalError) return error
    throw error
  }
}
