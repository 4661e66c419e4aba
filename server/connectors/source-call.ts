import { TechnicalError } from '#server/domain/errors.ts'
import { AnsweredRefusal } from '#server/domain/failure-names/answered-refusal.ts'
import type { ExtractRequest, SourceCall } from './connector.ts'

type Listener = ExtractRequest<unknown>['onCall']

type Told = { readonly onCall?: Listener; readonly signal: AbortSignal }

/**
 * Asks and reads the answer, and tells of both as one request: the time is that of asking alone, the outcome that of both.
 * A request that was cancelled is not told of.
 */
export async function timedCall<Answer, Read>(
  { onCall, signal }: Told,
  name: string,
  ask: () => Promise<Answer>,
  read: (answer: Answer) => { readonly bytes: number; readonly value: Read },
): Promise<Read> {
  const call = beginCall(onCall, name)
  try {
    const { bytes, value } = read(await call.asking(ask))
    call.end(bytes)
    return value
  } catch (error) {
    if (!signal.aborted) call.fail(error)
    throw error
  }
}

/** Bytes that tell of themselves as one request when they were read, to their end or to where they broke. */
export function timedBytes({ onCall, signal }: Told, name: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      const call = beginCall(onCall, name)
      const source = bytes[Symbol.asyncIterator]()
      let size = 0
      try {
        for (;;) {
          // What the reader does between two pieces is not the source's time.
          const { value, done } = await call.asking(() => source.next())
          if (done) break
          size += value.length
          yield value
        }
        call.end(size)
      } catch (error) {
        if (!signal.aborted) call.fail(error, size)
        throw error
      } finally {
        await source.return?.()
      }
    },
  }
}

function beginCall(onCall: Listener, name: string) {
  const startedAt = new Date()
  let asked = 0
  const tell = (rest: Pick<SourceCall, 'outcome' | 'bytes' | 'retryAfterMs'>) =>
    onCall?.({ name, startedAt, ms: Math.round(asked), ...rest })
  return {
    async asking<T>(work: () => Promise<T>): Promise<T> {
      const from = performance.now()
      try {
        return await work()
      } finally {
        asked += performance.now() - from
      }
    },
    end: (bytes: number) => tell({ outcome: 'ok', bytes, retryAfterMs: null }),
    fail(error: unknown, bytes = 0) {
      const known = error instanceof TechnicalError || error instanceof AnsweredRefusal ? error.code : null
      const retryAfterMs = error instanceof TechnicalError ? error.retryAfterMs : null
      tell({ outcome: known ?? 'unclassified', bytes, retryAfterMs })
    },
  }
}
