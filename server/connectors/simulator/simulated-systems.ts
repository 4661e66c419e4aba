import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerWithFault, type Fault } from './faults.ts'
import type { PlanningSimulator } from './planning-simulator.ts'
import { pageAsked, sendJson, type PagingStyle } from './simulated-page.ts'

/** What an endpoint has: all its records, and what it states of them. Asked for again at every request. */
export type SimulatedAnswer = { readonly records: readonly object[]; readonly control: { readonly count: number } & object }

export type SimulatedEndpoint = {
  readonly paging: PagingStyle
  readonly pageSize: number
  answer(): SimulatedAnswer
  /** `request` is counted from 1 for each endpoint. A fault of content is short_page: the first page lacks its last record. */
  fault?(request: number): Fault['kind'] | null
}

export type SimulatedSystem = {
  /** The first part of every address of the system. */
  readonly code: string
  readonly token: string
  /** By path below the code, without a slash in front. */
  readonly endpoints: Readonly<Record<string, SimulatedEndpoint>>
  /** What stands below this path takes documents instead, and asks for the token itself. */
  readonly takes?: { readonly path: string; readonly by: PlanningSimulator }
}

export type SimulatedSystems = { readonly url: string; readonly port: number; stop(): Promise<void> }

/**
 * Several SIMULATED systems in one server: no vendor's, but each keeps the protocol of one, with a bearer token, its own way
 * of paging and its own control figures, and plays faults. Says so in X-Simulated. A port that is taken gives way to a free one.
 */
export async function startSimulatedSystems(
  systems: readonly SimulatedSystem[],
  { port = 0 }: { readonly port?: number } = {},
): Promise<SimulatedSystems> {
  const requests = new Map<SimulatedEndpoint, number>()
  const server = createServer((request, response) => {
    response.setHeader('X-Simulated', 'true')
    try {
      answer(request, response)
    } catch (error) {
      if (!response.headersSent) sendJson(response, 500, { error: 'simulator', message: (error as Error).message })
    }
  })
  const bound = await listen(server, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE' || error.code === 'EACCES') return listen(server, 0)
    throw error
  })
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const address = new URL(`http://simulated${request.url?.startsWith('/') ? request.url : '/'}`)
    const [code = '', ...path] = decodeURI(address.pathname).slice(1).split('/')
    const system = systems.find((candidate) => candidate.code === code)
    const endpoint = system?.endpoints[path.join('/')]
    if (!system) return sendJson(response, 404, { error: 'not_found', message: address.pathname })
    const { takes } = system
    if (takes && path[0] === takes.path) return takes.by.handle(request, response, path.slice(1).join('/'))
    if (request.headers.authorization !== `Bearer ${system.token}`) {
      response.setHeader('WWW-Authenticate', 'Bearer')
      return sendJson(response, 401, { error: 'unauthorized', message: 'a valid bearer token is needed' })
    }
    if (!endpoint) return sendJson(response, 404, { error: 'not_found', message: address.pathname })
    if (request.method !== 'GET') return sendJson(response, 405, { error: 'method_not_allowed', message: 'only GET' })
    const nth = (requests.get(endpoint) ?? 0) + 1
    requests.set(endpoint, nth)
    const kind = endpoint.fault?.(nth) ?? null
    const asked = pageAsked(endpoint.paging, endpoint.pageSize, address)
    if (!asked) return sendJson(response, 400, { error: 'invalid_request', message: 'no such cursor or page' })
    const { records, control } = endpoint.answer()
    const page = records.slice(asked.from, asked.from + asked.size)
    const isShort = kind === 'short_page' && asked.from === 0
    const { body, link } = asked.write({ records: isShort ? page.slice(0, -1) : page, control, total: records.length })
    const bytes = Buffer.from(JSON.stringify(body))
    if (kind && answerWithFault(faultOf(kind), response, bytes)) return
    if (link) response.setHeader('Link', `<${link}>; rel="next"`)
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': `${bytes.length}` })
    response.end(bytes)
  }
}

/** A second is long enough to be seen and short enough to wait for. */
const RETRY_AFTER_SECONDS = 1
const faultOf = (kind: Fault['kind']): Fault =>
  ({ on: 'request', always: true, kind, retryAfterSeconds: RETRY_AFTER_SECONDS }) as Fault

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(error)
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
