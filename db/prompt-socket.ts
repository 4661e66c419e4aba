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
    // What is written before it is connected waits in the socket; postgres.js hears of errors and of the end as with its own.
    if (path) return socket.connect(path)
    const at = turn++ % host.length
    return Object.assign(socket.connect(port[at]!, host[at]!), { host: host[at] })
  }
}
