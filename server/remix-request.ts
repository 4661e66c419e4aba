import { createRemixRequest } from '@remix-run/express/dist/server.js'
import type { Request, Response } from 'express'
import { Refusal } from './domain/errors.ts'

/**
 * A request that ends with its answer. Remix's own does not, and what a page was made of then stays in memory until the page would
 * have been given up: of twenty readers several hundred pages. A body may take as long as it takes, but not fall silent: reading it
 * then throws Refusal (fell_silent).
 */
export function remixRequest(request: Request, response: Response, silenceMs: number): globalThis.Request {
  const over = new AbortController()
  response.once('close', () => over.abort())
  const asked = createRemixRequest(request, response)
  const body = asked.body && heard(asked.body, silenceMs)
  return new globalThis.Request(asked, { signal: over.signal, ...(body && { body, duplex: 'half' }) })
}

/** Only while we wait for it: what we are slow to take is not the sender's silence. */
function heard(body: ReadableStream<Uint8Array>, silenceMs: number): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new Refusal('fell_silent')), silenceMs)
    })
    const { done, value } = await Promise.race([reader.read(), silence]).finally(() => clearTimeout(timer))
    if (done) controller.close()
    else controller.enqueue(value)
  }
  return new ReadableStream({ pull }, { highWaterMark: 0 })
}
