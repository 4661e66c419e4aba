import { createReadableStreamFromReadable, type AppLoadContext, type EntryContext } from '@remix-run/node'
import { RemixServer } from '@remix-run/react'
import { isbot } from 'isbot'
import { renderToPipeableStream } from 'react-dom/server'
import { Gathered } from './gathered.ts'
import { NonceContext } from './ui/nonce.ts'

/** The longest a page may take to be rendered; what is still missing then is given up. */
export const streamTimeout = 15_000
const GRACE_MS = 1_000

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  loadContext?: AppLoadContext,
): Promise<Response> {
  const nonce = nonceOf(loadContext)
  // A robot, and a test that reads the answer as text, gets the whole page; a person gets the frame first.
  const whole = isbot(request.headers.get('user-agent') ?? '')
  return new Promise((resolve, reject) => {
    let answered = false
    const answer = () => {
      answered = true
      const body = new Gathered()
      // Until then it holds all that the page was made of.
      body.once('close', () => clearTimeout(late))
      headers.set('Content-Type', 'text/html; charset=utf-8')
      resolve(new Response(createReadableStreamFromReadable(body), { headers, status: failed ? 500 : status }))
      pipe(body)
    }
    let failed = false
    const { pipe, abort } = renderToPipeableStream(
      <NonceContext.Provider value={nonce}>
        <RemixServer context={remixContext} url={request.url} abortDelay={streamTimeout} {...(nonce && { nonce })} />
      </NonceContext.Provider>,
      {
        ...(nonce && { nonce }),
        ...(whole ? { onAllReady: answer } : { onShellReady: answer }),
        onShellError(error) {
          clearTimeout(late)
          reject(error)
        },
        onError(error) {
          failed = true
          // Before the first byte the error becomes the answer (onShellError); after it, only the log knows.
          if (answered) loadContext?.services?.context.log.error({ err: error }, 'a page broke off')
        },
      },
    )
    const late = setTimeout(abort, streamTimeout + GRACE_MS).unref()
  })
}

/** The server may pass a nonce for scripts; whoever runs without one still gets a page. */
function nonceOf(context: unknown): string | undefined {
  const nonce = (context as { cspNonce?: unknown } | undefined)?.cspNonce
  return typeof nonce === 'string' && nonce !== '' ? nonce : undefined
}
