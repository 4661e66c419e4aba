import { isStartedByNpm } from '#server/platform/env.ts'

const STOP_MS_MAX = 25_000
/** One Ctrl-C can arrive twice: from the terminal, and passed on by npm. */
const ECHO_MS = 500
const PARENT_LOOK_MS = 500

export type Lifecycle = ReturnType<typeof makeLifecycle>

/** What was opened is closed in the reverse order, once, whether we stop half-way through a start or after a year. */
export function makeLifecycle(onTrouble: (what: string, error: unknown) => void) {
  const closers: { what: string; close: () => Promise<unknown> }[] = []
  const stopping = new AbortController()

  async function closeAll() {
    stopping.abort(new Error('stopping'))
    for (let next = closers.pop(); next; next = closers.pop()) {
      const { what, close } = next
      await close().catch((error: unknown) => onTrouble(what, error))
    }
  }

  return {
    signal: stopping.signal,
    closeAll,
    /** Opens something and remembers how to close it. Not begun when we are already stopping. */
    async open<T>(what: string, opening: () => Promise<T>, close: (opened: T) => Promise<unknown>): Promise<T> {
      stopping.signal.throwIfAborted()
      const opened = await opening()
      closers.push({ what, close: () => close(opened) })
      stopping.signal.throwIfAborted()
      return opened
    },
  }
}

/** Ctrl-C, SIGTERM, a closed terminal and the end of npm end in `stop`; a second one ends at once. */
export function onEndSignal(stop: () => Promise<number>, exit: (code: number) => void = process.exit) {
  let asked: number | null = null
  const end = () => {
    if (asked !== null) {
      if (performance.now() - asked > ECHO_MS) exit(130)
      return
    }
    asked = performance.now()
    setTimeout(() => exit(1), STOP_MS_MAX).unref()
    void stop().then(exit, () => exit(1))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  if (isStartedByNpm()) onParentEnd(() => asked ?? end())
}

/** npm tells its shell to end, and the shell tells nobody: whoever is left finds itself with another parent. */
function onParentEnd(end: () => void) {
  const parent = process.ppid
  const looking = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(looking)
    end()
  }, PARENT_LOOK_MS)
  looking.unref()
}
