import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Before a statement is sent on, or after the database has answered it and before anybody has read the answer. */
export type Cut = { readonly statement: number; readonly when: 'before' | 'after' }

export type CuttingProxy = {
  readonly url: string
  /** Cuts the next publishing transaction there; null: lets it through. */
  arm(cut: Cut | null): void
  /** What the last publishing transaction sent, one text a statement; the last is the one it was cut at. */
  statements(): readonly string[]
  wasCut(): boolean
  close(): Promise<void>
}

const SYNC = 'S'
const QUERY = 'Q'
const PARSE = 'P'
const BIND = 'B'

/**
 * Stands between the product and PostgreSQL and reads what is said: it knows the transaction that publishes (the first that begins
 * once a run says that it is in stage publish), counts its statements, and cuts the connection where it is told.
 */
export async function openCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target)
  const armed = { cut: null as Cut | null, isPublishing: false, wasCut: false, sent: [] as string[] }
  const open = new Set<Socket>()

  const server = createServer((client) => {
    // Small packets at once: waiting for each other, both sides took 40 ms a statement.
    client.setNoDelay(true)
    const upstream = connect({ host: hostname, port: Number.parseInt(port, 10), noDelay: true })
    const texts = new Map<string, string>()
    // Statements of the publishing transaction on this connection; null: it is not that one.
    let counted: number | null = null
    let silenced = false
    let hasStarted = false
    let rest = Buffer.alloc(0)
    let said: string[] = []
    const end = () => {
      client.destroy()
      upstream.destroy()
      open.delete(client)
      open.delete(upstream)
    }
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', end)
      socket.on('close', end)
    }
    upstream.on('data', (bytes: Buffer) => {
      if (!silenced) return void client.write(bytes)
      // ReadyForQuery: it is done, and nobody hears of it.
      if (bytes.length >= 6 && bytes.at(-6) === 0x5a) end()
    })
    client.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes])
      if (!hasStarted) {
        const length = rest.length >= 4 ? rest.readUInt32BE(0) : Number.POSITIVE_INFINITY
        if (rest.length < length) return
        upstream.write(rest.subarray(0, length))
        rest = rest.subarray(length)
        hasStarted = true
      }
      while (rest.length >= 5 && rest.length >= 1 + rest.readUInt32BE(1)) {
        const message = rest.subarray(0, 1 + rest.readUInt32BE(1))
        rest = rest.subarray(message.length)
        if (!pass(message)) return
      }
    })

    /** False when the connection is gone. */
    function pass(message: Buffer): boolean {
      const kind = String.fromCharCode(message[0]!)
      const text = textOf(kind, message, texts)
      if (text !== null) {
        said.push(text)
        if (/insert into stages/.test(text) && message.includes('publish\0', 5, 'latin1')) armed.isPublishing = true
        if (kind === BIND && /insert into stages/.test(text) && message.includes('publish')) armed.isPublishing = true
      }
      if (kind !== SYNC && kind !== QUERY) {
        upstream.write(message)
        return true
      }
      const statement = said.join(' ').trim()
      said = []
      if (armed.isPublishing && counted === null && /^begin\b/i.test(statement)) {
        armed.isPublishing = false
        armed.sent = []
        counted = 0
      }
      if (counted === null || statement === '') {
        upstream.write(message)
        return true
      }
      counted++
      armed.sent.push(statement)
      const { cut } = armed
      if (cut?.statement === counted) {
        armed.cut = null
        armed.wasCut = true
        if (cut.when === 'before') {
          end()
          return false
        }
        silenced = true
      }
      upstream.write(message)
      if (/^(commit|rollback)\b/i.test(statement)) counted = null
      return true
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.toString(),
    arm(cut) {
      Object.assign(armed, { cut, isPublishing: false, wasCut: false, sent: [] })
    },
    statements: () => armed.sent,
    wasCut: () => armed.wasCut,
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The text of a statement that a message prepares, or runs by the name it was prepared under. */
function textOf(kind: string, message: Buffer, texts: Map<string, string>): string | null {
  const stringAt = (from: number) => message.toString('utf8', from, message.indexOf(0, from))
  if (kind === QUERY) return stringAt(5)
  if (kind === PARSE) {
    const name = stringAt(5)
    const text = stringAt(message.indexOf(0, 5) + 1)
    texts.set(name, text)
    return null
  }
  if (kind !== BIND) return null
  return texts.get(stringAt(message.indexOf(0, 5) + 1)) ?? ''
}
