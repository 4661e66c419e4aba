import { useLocation } from '@remix-run/react'
import { useState } from 'react'
import { heldBack, stillThere, type Held } from './held-back.ts'

/**
 * The rows of a list as they were when this view was opened, each with what is known of it now. Rows that came since, and gaps
 * where rows went, wait until somebody asks for them: nothing moves under the hand. `view` names what is looked at where an address
 * says more than that, a dialog or what was just done: from one to the next the rows stay in their places, and those that went are gone.
 */
export function useHeldBack<T>(rows: readonly T[], keyOf: (row: T) => string, view?: string): Held<T> & { show: () => void } {
  const { key } = useLocation()
  const [opened, setOpened] = useState({ key, view, rows })
  const isSame = opened.key === key
  const known = isSame ? opened.rows : view !== undefined && view === opened.view ? stillThere(opened.rows, rows, keyOf) : rows
  if (!isSame) setOpened({ key, view, rows: known })
  return { ...heldBack(known, rows, keyOf), show: () => setOpened({ key, view, rows }) }
}
