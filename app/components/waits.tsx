import { useNavigation } from '@remix-run/react'
import { LoaderCircle } from 'lucide-react'
import { useEffect, useState } from 'react'

/** At once would flicker on every step; after the second people wonder, after ten they give up. */
const SHOWN_AFTER_MS = [1_000, 10_000] as const

/** That the next page, or the answer to what was sent, is under way: the page that stands there says nothing of it. */
export function Waits() {
  const { state } = useNavigation()
  const [stage, setStage] = useState(0)
  useEffect(() => {
    setStage(0)
    if (state === 'idle') return
    const timers = SHOWN_AFTER_MS.map((after, index) => setTimeout(() => setStage(index + 1), after))
    return () => timers.forEach(clearTimeout)
  }, [state])
  return (
    <div className="waits" role="status">
      {stage > 0 && (
        <p className="waits-text">
          <LoaderCircle className="icon spin" aria-hidden />
          {state === 'submitting' ? 'Working on it…' : 'Loading…'}
          {stage > 1 && ' This takes longer than it should. What is kept is safe; you may wait or go elsewhere.'}
        </p>
      )}
    </div>
  )
}
