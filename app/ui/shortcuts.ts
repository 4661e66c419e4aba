import { useEffect, useRef, useSyncExternalStore } from 'react'
import { isSingleKey, keyOf, makeKeySequence } from './key-sequence.ts'

export type Shortcut = {
  /** As people read them: 'j', '?', 'g r', 'Mod+k'. */
  readonly keys: string
  /** What it does, for the list of shortcuts: 'Go to the runs'. */
  readonly label: string
  readonly group: string
  readonly run: () => void
}

/** All shortcuts of what is on the screen, the most recent first: a page comes before the frame around it. */
let given: readonly Shortcut[] = []
const listeners = new Set<() => void>()

function give(next: readonly Shortcut[]): void {
  given = next
  for (const listener of listeners) listener()
}

/** Keys while this is on the screen. The list may be made anew at every render; only what it says counts. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  const written = shortcuts.map(({ keys, label, group }) => `${keys}\n${label}\n${group}`).join('\n\n')
  useEffect(() => {
    const mine = latest.current.map(({ keys, label, group }, index) => ({
      keys,
      label,
      group,
      run: () => latest.current[index]?.run(),
    }))
    if (written !== '') give([...mine, ...given])
    return () => give(given.filter((shortcut) => !mine.includes(shortcut)))
  }, [written])
}

const NONE: readonly Shortcut[] = []

/** What `?` shows. */
export const useShortcutList = (): readonly Shortcut[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => given,
    () => NONE,
  )

const WRITES =
  'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]:not([contenteditable=false])'

/** Once, for the whole document. Keys are left alone where somebody writes, but for the one that leaves the field, and while a dialog is open. */
export function useShortcutKeys(singleKeys: boolean): void {
  useEffect(() => {
    const next = makeKeySequence<Shortcut>()
    const onKey = (event: KeyboardEvent) => {
      const key = keyOf(event)
      if (key === null || event.defaultPrevented || event.repeat) return
      const writing = event.target instanceof Element && event.target.closest(WRITES) !== null
      if (document.querySelector('dialog:modal') || (writing && key !== 'Escape' && !key.startsWith('Mod+'))) return
      const usable = singleKeys ? given : given.filter(({ keys }) => !isSingleKey(keys))
      const pressed = next(key, event.timeStamp, usable)
      if (pressed === null) return
      event.preventDefault()
      if (pressed !== 'begun') pressed.found.run()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [singleKeys])
}
