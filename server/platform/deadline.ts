/**
 * Runs `work` with a signal that aborts at the deadline or when `parent` does.
 * Not AbortSignal.any([parent, AbortSignal.timeout(ms)]): the timeout can be collected before it
 * fires (nodejs/node#57736), and then a silent source hangs the run for ever.
 */
export async function withDeadline<T>(ms: number, parent: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  parent.throwIfAborted()
  const controller = new AbortController()
  const stop = () => controller.abort(parent.reason)
  const expire = () => controller.abort(new DOMException(`no answer in ${ms} ms`, 'TimeoutError'))
  const timer = setTimeout(expire, ms)
  parent.addEventListener('abort', stop, { once: true })
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    parent.removeEventListener('abort', stop)
  }
}
