import { useLocation } from '@remix-run/react'
import { useState } from 'react'
import { heldBack, type Held } from './held-back.ts'

/**
 * The rows of a list as they were when this view was opened, each with what is known of it now. Rows that came since, and gaps
 * where rows went, wait until somebody asks for them: nothing moves under the hand.
 */
export function useHeldBack<T>(rows: readonly T[], keyOf: (row: T) => string): Held<T> & { show: () => void } {
  const { key } = useLocation()
  const [opened, setOpened] = useState({ key, rows })
  // Another view was opened: it begins with what it brought.
  if (opened.key !== key) setOpened({ key, rows })
  const held = heldBack(opened.key === key ? opened.rows : rows, rows, keyOf)
  return { ...held, show: () => setOpened({ key, rows }) }
}
