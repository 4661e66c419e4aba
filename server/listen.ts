import type { Server } from 'node:http'
import type { Express } from 'express'

const PORT_TRIES_MAX = 20
const CLOSE_GRACE_MS = 2_000

/** Listens on the wanted port, or on the next free one. */
export async function listen(app: Express, host: string, wanted: number): Promise<{ port: number; close(): Promise<void> }> {
  for (let port = wanted; ; port++) {
    const server = await tryListen(app, host, port)
    if (server) return { port: portOf(server), close: () => closeGently(server) }
    if (port === 65_535 || port >= wanted + PORT_TRIES_MAX) {
      throw new PortError(`The ports ${wanted} to ${port} of ${host} are all in use: set PORT to a free one.`)
    }
  }
}

export class PortError extends Error {
  override readonly name = 'StartError'
}

function tryListen(app: Express, host: string, port: number): Promise<Server | null> {
  return new Promise((done, fail) => {
    const server = app.listen(port, host, () => done(server))
    // It would cut a large file off after five minutes; a body has a bound of its own (remix-request.ts).
    server.requestTimeout = 0
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') return done(null)
      const reason = LISTEN_REASONS[error.code ?? '']
      fail(reason ? new PortError(reason) : error)
    })
  })
}

const HOST_WRONG = 'HOST is not an address of this machine: set it to 127.0.0.1, or to 0.0.0.0 for every address.'
const LISTEN_REASONS: Record<string, string> = {
  EACCES: 'This user may not use a port below 1024: set PORT to a higher one.',
  EADDRNOTAVAIL: HOST_WRONG,
  ENOTFOUND: HOST_WRONG,
  EAI_AGAIN: HOST_WRONG,
}

function portOf(server: Server) {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Nothing new is accepted; what is under way may finish; live streams, which never would, are cut. */
async function closeGently(server: Server) {
  const closed = new Promise<void>((done) => server.close(() => done()))
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
  await closed
  clearTimeout(cut)
}
