import { useRevalidator } from '@remix-run/react'
import { useCallback, useEffect, useRef } from 'react'
import { holdBack, TOPICS, useNews, type Topic } from '#app/components/live.ts'

const AT_MOST_EVERY_MS = 1_000
/** While something is going on its figures move without a word: progress is not announced. */
const GOING_ON_MS = 1_000

/**
 * The page asks again when the server says that something changed, and every second while `isGoingOn`; never more often than
 * once a second. While somebody marks text, writes or has a dialog open nothing moves: the frame then offers to show it.
 * Lists besides hold new rows back themselves (use-held-back.ts).
 */
export function useLive(isGoingOn = false, topics: readonly Topic[] = TOPICS): void {
  const { revalidate } = useRevalidator()
  const isDue = useRef(false)
  const askedAt = useRef(0)

  const ask = useCallback(() => {
    isDue.current = false
    askedAt.current = Date.now()
    holdBack(null)
    revalidate()
  }, [revalidate])

  useNews(topics, () => {
    isDue.current = true
  })
  useEffect(() => {
    const timer = setInterval(() => {
      const now = Date.now()
      if (isLoading() || document.visibilityState !== 'visible' || now - askedAt.current < AT_MOST_EVERY_MS) return
      if (!isDue.current && !(isGoingOn && now - askedAt.current >= GOING_ON_MS)) return
      if (!isInTheMiddle()) ask()
      else if (isDue.current) holdBack(ask)
    }, AT_MOST_EVERY_MS / 4)
    return () => {
      clearInterval(timer)
      holdBack(null)
    }
  }, [isGoingOn, ask])
}

/** Asking again in the middle of a load would break it off: it brings what is new itself. React hears of it later than the router knows. */
function isLoading(): boolean {
  const { navigation, revalidation } = window.__remixRouter.state
  return navigation.state !== 'idle' || revalidation !== 'idle'
}

/** Marking text, writing, choosing, or in a dialog. */
function isInTheMiddle(): boolean {
  // A dialog that only waits for something to end has nothing to lose, and would wait for ever.
  if (document.querySelector('dialog[open]:not(:has([data-goes-on]))')) return true
  const { activeElement } = document
  if (
    activeElement?.closest('main')?.contains(activeElement) &&
    activeElement.matches('input:not([type=checkbox]), textarea, select')
  )
    return true
  const selection = document.getSelection()
  return selection !== null && !selection.isCollapsed && selection.toString() !== ''
}
