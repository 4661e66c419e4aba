import { Socket } from 'node:net'

type Address = { readonly host: readonly string[]; readonly port: readonly number[]; readonly path: string | false }

/**
 * What postgres.js connects with, told to send small packets at once. Its own sockets leave Nagle's algorithm on: the end of a short
 * COPY then waits for the acknowledgement of its lines, which the other side delays by 40 ms. One factory serves one pool.
 */
function promptSockets(): (address: Address) => Socket {
  let turn = 0
  return ({ host, port, path }) => {
    const socket = new FreshSocket().setNoDelay(true)
    const at = turn++ % host.length
    // Not before postgres.js listens, which it does when it has awaited the socket: where there is no way to an address, that is said at
    // once, and an error that nobody hears ends the process. What is written before it is connected waits in the socket.
    queueMicrotask(() => (path ? socket.connect(path) : socket.connect(port[at]!, host[at]!)))
    return path ? socket : Object.assign(socket, { host: host[at] })
  }
}

/** The option of postgres.js for it, which its types do not know. */
export const promptly = (): object => ({ socket: promptSockets() })

/**
 * postgres.js 3.4.9 keeps a statement that it was given in the moment its connection was lost, and waits for a turn to send it that it has
 * called off: whatever it writes from then on waits as well, its next greeting first, until the server's patience is over, and so
 * for each time the connection is opened again. A kilobyte it sends at once: a greeting with these spaces, which say nothing, is one.
 */
export const LONG_GREETING = { options: ' '.repeat(1024) }

/** What it kept goes ahead of that greeting, and is of no use to anybody any more. */
class FreshSocket extends Socket {
  private isFresh = true

  override write(bytes: Uint8Array | string, how?: BufferEncoding | Done, done?: Done): boolean {
    const first = this.isFresh && bytes instanceof Uint8Array ? sinceGreeting(Buffer.from(bytes)) : bytes
    this.isFresh = false
    return typeof how === 'function' ? super.write(first, how) : super.write(first, how, done)
  }
}

type Done = (error?: Error | null) => void

/** Its length, version 3.0 of the protocol, and who it is. */
const GREETING = Buffer.from('\0\x03\0\0user\0', 'latin1')
const LENGTH_BYTES = 4

function sinceGreeting(bytes: Buffer): Buffer {
  const at = bytes.lastIndexOf(GREETING) - LENGTH_BYTES
  return at > 0 && bytes.readUInt32BE(at) === bytes.length - at ? bytes.subarray(at) : bytes
}
