import type { AppLoadContext } from '@remix-run/node'
import { expect, test } from 'vitest'
import { guarded, refuseOtherSites } from './guarded.ts'
import { sessionCookie } from './session.ts'

const HERE = 'https://tower.example/runs/7?entity=NG01'

/** Nobody is signed in, and whoever reaches a service finds none. */
const signedOut = {
  sessionSecret: 'x'.repeat(32),
  correlationId: 'c',
  services: { whoIs: async () => null },
} as unknown as AppLoadContext

type Entry = (given: { request: Request; params: object; context: AppLoadContext }) => unknown
type RouteModule = { readonly loader?: Entry; readonly action?: Entry; readonly default?: unknown }
const ROUTES = import.meta.glob<RouteModule>('../routes/*/route.{ts,tsx}')
const OPEN = /\/routes\/(sign-in|sign-out)\//

const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    return { returned: await work() }
  } catch (thrown) {
    return thrown
  }
}

test('every screen, file and action but signing in and out asks who is there', async () => {
  const guardedOnes = Object.entries(ROUTES).filter(([path]) => !OPEN.test(path))
  expect(guardedOnes.length).toBeGreaterThan(10)
  for (const [path, load] of guardedOnes) {
    const { loader, action } = await load()
    expect(loader ?? action, `${path} has neither a loader nor an action`).toBeDefined()
    for (const [entry, method] of [
      [loader, 'GET'],
      [action, 'POST'],
    ] as const) {
      if (!entry) continue
      const answer = await thrownBy(() => entry({ request: new Request(HERE, { method }), params: {}, context: signedOut }))
      expect(answer, `${path} ${method}`).toBeInstanceOf(Response)
      expect((answer as Response).status, `${path} ${method}`).toBe(302)
      expect((answer as Response).headers.get('Location'), `${path} ${method}`).toMatch(/^\/sign-in\?returnTo=/)
    }
  }
})

test('signing in leads back to where one wanted to go', async () => {
  const loader = guarded('runs:read', () => null)
  const answer = await thrownBy(() => loader({ request: new Request(HERE), params: {}, context: signedOut }))
  expect((answer as Response).headers.get('Location')).toBe(`/sign-in?returnTo=${encodeURIComponent('/runs/7?entity=NG01')}`)
})

test('the loaders of one page look up who asks once; an action before them looks for itself', async () => {
  let asked = 0
  const cookie = (await sessionCookie(new Request(HERE), signedOut, 'token', new Date(Date.now() + 60_000))).split(';')[0]!
  const whoIs = async () => {
    asked++
    return { name: 'Ivan', actor: { name: 'ivan', role: 'it', entityScope: ['*'] } }
  }
  const context = {
    ...signedOut,
    services: { whoIs, context: { db: { execute: async () => [{ n: 0 }] } } },
  } as unknown as AppLoadContext
  const entry = guarded('runs:read', ({ personName }) => personName)
  const ask = (method: string) =>
    entry({ request: new Request(HERE, { method, headers: { Cookie: cookie } }), params: {}, context })
  await Promise.all([ask('POST'), ask('POST')])
  expect(asked).toBe(2)
  expect(await Promise.all([ask('GET'), ask('GET'), ask('GET')])).toEqual(['Ivan', 'Ivan', 'Ivan'])
  expect(asked).toBe(3)
})

test('a form that a script sent is told that nobody is signed in: leading away would lose what was written', async () => {
  const action = guarded('runs:read', () => null)
  const request = new Request(HERE, { method: 'POST', headers: { 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Site': 'same-origin' } })
  expect(await thrownBy(() => action({ request, params: {}, context: signedOut }))).toMatchObject({
    returned: { data: { refused: { message: expect.stringContaining('signed in') } }, init: { status: 401 } },
  })
})

test('a form that a browser sent by itself leads back to the whole address', async () => {
  const action = guarded('runs:read', () => null)
  const request = new Request(HERE, {
    method: 'POST',
    headers: { 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'same-origin' },
  })
  const answer = await thrownBy(() => action({ request, params: {}, context: signedOut }))
  expect((answer as Response).headers.get('Location')).toBe(`/sign-in?returnTo=${encodeURIComponent('/runs/7?entity=NG01')}`)
})

test.each([
  { name: 'our own page', headers: { 'Sec-Fetch-Site': 'same-origin' }, passes: true },
  { name: 'a person who typed the address', headers: { 'Sec-Fetch-Site': 'none' }, passes: true },
  { name: 'another site', headers: { 'Sec-Fetch-Site': 'cross-site' }, passes: false },
  { name: 'another port or subdomain', headers: { 'Sec-Fetch-Site': 'same-site' }, passes: false },
  {
    name: 'another site that also names us',
    headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://tower.example' },
    passes: false,
  },
  { name: 'an older browser on our page', headers: { Origin: 'https://tower.example' }, passes: true },
  { name: 'an older browser elsewhere', headers: { Origin: 'https://evil.example' }, passes: false },
  { name: 'a page without an origin, in a frame', headers: { Origin: 'null' }, passes: false },
  { name: 'a script that holds the cookie itself', headers: {}, passes: true },
])('a post from $name: $passes', async ({ headers, passes }) => {
  const request = new Request(HERE, { method: 'POST', headers: headers as Record<string, string> })
  const answer = await thrownBy(() => refuseOtherSites(request, new URL(HERE)))
  if (passes) expect(answer).toEqual({ returned: undefined })
  else expect((answer as Response).status).toBe(403)
})

test('while the database is away a page says so, and a form that nobody knows whether it was done', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const warned: unknown[] = []
  const away = {
    ...signedOut,
    services: { whoIs: () => Promise.reject(refused), context: { log: { warn: (told: unknown) => warned.push(told) } } },
  } as unknown as AppLoadContext
  const cookie = await sessionCookie(new Request(HERE), away, 'a'.repeat(43), new Date(Date.now() + 60_000))
  const headers = { Cookie: cookie.split(';')[0]! }
  const pages: Entry[] = [guarded('runs:read', () => null), (await ROUTES['../routes/sign-in/route.tsx']!()).loader!]
  for (const page of pages) {
    const answer = await thrownBy(() => page({ request: new Request(HERE, { headers }), params: {}, context: away }))
    expect(answer).toBeInstanceOf(Response)
    expect((answer as Response).status).toBe(503)
  }
  const request = new Request(HERE, { method: 'POST', headers })
  expect(await thrownBy(() => pages[0]!({ request, params: {}, context: away }))).toMatchObject({
    returned: { data: { refused: { message: expect.stringContaining('look before you do it again') } }, init: { status: 503 } },
  })
  expect(warned).toHaveLength(2)
})
