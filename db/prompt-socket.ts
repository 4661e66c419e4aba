import { Socket } from 'node:net'

type Address = { readonly host: readonly string[]; readonly port: readonly number[]; readonly path: string | false }

/**
 * What postgres.js connects with, told to send small packets at once. Its own sockets leave Nagle's algorithm on: the end of a short
 * COPY then waits for the acknowledgement of its lines, which the other side delays by 40 ms. One factory serves one pool.
 */
export function promptSockets(): (address: Address) => Socket {
  let turn = 0
  return ({ host, port, path }) => {
    const socket = new Socket().setNoDelay(true)
    const at = turn++ % host.length
    // Not before postgres.js listens, which it does when it has awaited the socket: where there is no way to an address, that is said at
    // once, and an error that nobody hears ends the process. What is written before it is connected waits in the socket.
    queueMicrotask(() => (path ? socket.connect(path) : socket.connect(port[at]!, host[at]!)))
    return path ? socket : Object.assign(socket, { host: host[at] })
  }
}
