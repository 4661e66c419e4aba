import type { AppLoadContext } from '@remix-run/node'
import { afterEach, expect, test, vi } from 'vitest'
import { sessionCookie } from '#app/.server/session.ts'
import { action } from './route.tsx'

afterEach(() => {
  vi.useRealTimers()
})

test('three files at once hold a connection each; a fourth waits without one, and is told after a while', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const begun: string[] = []
  const ends: (() => void)[] = []
  const loadFile = async ({ name }: { name: string }) => {
    begun.push(name)
    await new Promise<void>((done) => ends.push(done))
    return { runId: 7 }
  }
  const who = { name: 'Ivan', actor: { name: 'ivan', role: 'it', entityScope: ['*'] } }
  const db = { execute: async () => [{ n: 0 }] }
  const services = { whoIs: async () => who, loadFile, context: { db } }
  const context = { sessionSecret: 'x'.repeat(32), correlationId: 'c', services } as unknown as AppLoadContext
  const here = new Request('http://here/upload')
  const cookie = (await sessionCookie(here, context, 'token', new Date(Date.now() + 60_000))).split(';')[0]!
  const load = async (name: string): Promise<unknown> => {
    const body = new FormData()
    body.append('idempotencyKey', 'k'.repeat(36))
    body.append('job', 'gl')
    body.append('file', new File(['x'], name))
    const request = new Request(here, { method: 'POST', body, headers: { Cookie: cookie } })
    return action({ request, params: {}, context })
  }
  const [first, , , fourth, fifth] = ['1', '2', '3', '4', '5'].map(load)
  await vi.waitFor(() => expect(begun).toHaveLength(3))
  await new Promise(setImmediate)
  expect(begun).toHaveLength(3)
  ends[0]!()
  expect(await first).toMatchObject({ status: 303 })
  await vi.waitFor(() => expect(begun).toHaveLength(4))
  await vi.advanceTimersByTimeAsync(30_000)
  const refused = { data: { refused: { message: expect.stringContaining('in a minute') } }, init: { status: 503 } }
  expect(await Promise.race([fourth, fifth])).toMatchObject(refused)
  for (const end of ends) end()
})
