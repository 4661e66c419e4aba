/** What a key press leads to: a shortcut, the beginning of one ('g' of 'g r'), or nothing. */
export type Pressed<T> = { readonly found: T } | 'begun' | null

export const SEQUENCE_MS_MAX = 1_200

/**
 * Keys are written as people read them: 'j', '?', 'Escape', 'g r' for one after the other, 'Mod+k' for Ctrl or the command key.
 * The first that was given wins, so that a page may take a key from the frame.
 */
export function makeKeySequence<T extends { readonly keys: string }>() {
  let begun: { readonly key: string; readonly at: number } | null = null
  return (key: string, at: number, shortcuts: readonly T[]): Pressed<T> => {
    const earlier = begun && at - begun.at <= SEQUENCE_MS_MAX ? begun.key : null
    begun = null
    // A second key that ends no sequence is a key of its own: 'g' and then '?' opens the help.
    const found =
      (earlier && shortcuts.find(({ keys }) => keys === `${earlier} ${key}`)) || shortcuts.find(({ keys }) => keys === key)
    if (found) return { found }
    if (!shortcuts.some(({ keys }) => keys.startsWith(`${key} `))) return null
    begun = { key, at }
    return 'begun'
  }
}

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'keyCode'>

/** 229: a key that an input method is still at work on, in browsers that do not say so otherwise. */
const COMPOSING = 229

/** The press in our notation; null for a key that belongs to the browser, the system or an input method. */
export function keyOf(event: KeyPress): string | null {
  if (event.isComposing || event.keyCode === COMPOSING || event.altKey) return null
  if (event.ctrlKey || event.metaKey) return event.ctrlKey && event.metaKey ? null : `Mod+${event.key.toLowerCase()}`
  return event.key
}

/** Single characters can be switched off (WCAG 2.1.4); keys with a modifier and keys that write nothing stay. */
export const isSingleKey = (keys: string): boolean => !keys.startsWith('Mod+') && keys.split(' ').every((key) => key.length === 1)
