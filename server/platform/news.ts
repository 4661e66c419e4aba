/** Server-sent events: who has a page open hears in a word what changed, and asks for it. */

export type NewsLimits = {
  /** Open streams of this process; more are refused, and a page that is refused asks now and then instead. */
  readonly listenersMax: number
  /** What comes within this time is told in one go. */
  readonly gatherMs: number
  /** A sign of life, so that both sides notice a connection that is gone. */
  readonly beatMs: number
  /** A stream ends then; the page opens the next one, and whether it still may is asked again. */
  readonly lifeMs: number
  /** Told without cause, in case the one who tells us is silent for a reason of their own. */
  readonly safetyMs: number
}
const LIMITS: NewsLimits = { listenersMax: 500, gatherMs: 250, beatMs: 15_000, lifeMs: 300_000, safetyMs: 60_000 }

/** Pieces that wait for a reader who does not take them; then the reader is let go. */
const UNREAD_MAX = 32

export type News = ReturnType<typeof makeNews>
/** `null`: anything may have changed. */
type Change = string | null
type Listener = { readonly send: (text: string) => void; readonly end: () => void }

export function makeNews(given: Partial<NewsLimits> = {}) {
  const limits = { ...LIMITS, ...given }
  const listeners = new Set<Listener>()
  let gathered = new Set<Change>()
  let gathering: NodeJS.Timeout | null = null
  let isClosed = false

  const sendAll = (text: string) => {
    for (const listener of listeners) listener.send(text)
  }
  const beat = setInterval(() => sendAll(eventText('beat', '')), limits.beatMs).unref()
  const safety = setInterval(() => tell(null), limits.safetyMs).unref()

  function tell(change: Change): void {
    if (isClosed || listeners.size === 0) return
    gathered.add(change)
    gathering ??= setTimeout(() => {
      sendAll(changeText(gathered))
      gathered = new Set()
      gathering = null
    }, limits.gatherMs)
  }

  /** Null when there are too many, or when this process is about to end. */
  function open(signal: AbortSignal): ReadableStream<Uint8Array> | null {
    if (isClosed || listeners.size >= limits.listenersMax) return null
    const bytes = new TextEncoder()
    let leave = () => {}
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          let isOpen = true
          leave = () => {
            isOpen = false
            listeners.delete(listener)
            clearTimeout(life)
            signal.removeEventListener('abort', listener.end)
          }
          const listener: Listener = {
            send(text) {
              controller.enqueue(bytes.encode(text))
              if ((controller.desiredSize ?? 0) < -UNREAD_MAX) listener.end()
            },
            end() {
              if (!isOpen) return
              leave()
              controller.close()
            },
          }
          const life = setTimeout(listener.end, limits.lifeMs).unref()
          listeners.add(listener)
          signal.addEventListener('abort', listener.end, { once: true })
          // The first word, so that headers go out and the page knows that it is connected.
          listener.send(eventText('beat', ''))
        },
        cancel: () => leave(),
      },
      { highWaterMark: 1 },
    )
  }

  function close(): Promise<void> {
    isClosed = true
    clearInterval(beat)
    clearInterval(safety)
    if (gathering) clearTimeout(gathering)
    for (const listener of listeners) listener.end()
    return Promise.resolve()
  }

  return { tell, open, close, listenerCount: () => listeners.size }
}

const changeText = (changes: ReadonlySet<Change>) =>
  eventText('change', JSON.stringify(changes.has(null) ? null : [...changes].sort()))

const eventText = (name: string, data: string) => `event: ${name}\ndata: ${data}\n\n`
