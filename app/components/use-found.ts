import { useEffect, useState } from 'react'
import { paths } from '#app/paths.ts'

export type FoundThing = {
  readonly kind: 'run' | 'exception' | 'line' | 'job' | 'entity'
  readonly id: string
  readonly title: string
  readonly detail: string
}

/** So long the hand may pause between two keys without a question to the server. */
const PAUSE_MS = 120

/** What the server finds for the words, asked when the hand rests; an answer to earlier words is dropped. */
export function useFound(words: string): { found: readonly FoundThing[]; isAsking: boolean } {
  const [answer, setAnswer] = useState<{ words: string; found: readonly FoundThing[] }>({ words: '', found: [] })
  const asked = words.trim()
  useEffect(() => {
    if (asked === '') return
    const stop = new AbortController()
    const timer = setTimeout(() => {
      fetch(paths.find({ q: asked }), { signal: stop.signal })
        .then(async (response) => (response.ok ? ((await response.json()) as FoundThing[]) : []))
        // Not reached, or no longer wanted: there is nothing to show for these words.
        .catch(() => [])
        .then((found) => {
          if (!stop.signal.aborted) setAnswer({ words: asked, found })
        })
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [asked])
  const isAnswered = answer.words === asked
  return { found: asked === '' ? [] : isAnswered ? answer.found : [], isAsking: asked !== '' && !isAnswered }
}
