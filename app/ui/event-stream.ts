export type StreamState = 'opening' | 'live' | 'stale'
export type StreamListener = {
  /** Names of what changed; null when anything may have. */
  readonly onChange: (names: readonly string[] | null) => void
  readonly onState: (state: StreamState) => void
}

/** Signs of life come every 15 seconds; without one for this long the connection is dead, whatever the browser thinks. */
const SILENCE_MS_MAX = 40_000
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const

/**
 * One stream of server-sent events, opened again when it ends. Only while the page is looked at: a browser has six connections
 * for a site, and six forgotten tabs would leave none for the pages. Whoever comes back is told that anything may have changed.
 */
export function openEventStream(url: string, { onChange, onState }: StreamListener): () => void {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let hasMissed = false

  const wait = (ms: number, then: () => void) => {
    clearTimeout(timer)
    timer = setTimeout(then, ms)
  }
  const shut = () => {
    clearTimeout(timer)
    source?.close()
    source = null
  }
  const fail = () => {
    shut()
    hasMissed = true
    const ms = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!
    // The server ends every stream after some minutes: the first failure is as good as always that.
    if (failures++ > 0) onState('stale')
    wait(ms, open)
  }
  const alive = () => {
    failures = 0
    onState('live')
    wait(SILENCE_MS_MAX, fail)
    if (!hasMissed) return
    hasMissed = false
    onChange(null)
  }
  const open = () => {
    shut()
    source = new EventSource(url)
    source.addEventListener('beat', alive)
    source.addEventListener('change', (event: MessageEvent<string>) => {
      alive()
      onChange(JSON.parse(event.data) as string[] | null)
    })
    source.addEventListener('error', fail)
    wait(SILENCE_MS_MAX, fail)
  }
  const onVisibility = () => {
    if (document.visibilityState === 'visible') open()
    else {
      shut()
      hasMissed = true
    }
  }
  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('pagehide', shut)
  if (document.visibilityState === 'visible') open()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    window.removeEventListener('pagehide', shut)
    shut()
  }
}
