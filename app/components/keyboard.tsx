import { Search } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Scope } from '#app/paths.ts'
import { Button } from '#app/ui/button.tsx'
import { Kbd } from '#app/ui/kbd.tsx'
import { useNavigateTo } from '#app/ui/navigation.tsx'
import { usePreferences } from '#app/ui/preferences.ts'
import { focusFilter, moveRow, tickRow } from '#app/ui/row-keys.ts'
import { useShortcutKeys, useShortcuts, type Shortcut } from '#app/ui/shortcuts.ts'
import type { CommandName } from '#server/domain/actor.ts'
import { RAIL, railHref, type RailItem } from './rail.tsx'
import { rememberPage } from './recent-pages.ts'

// Neither is needed before somebody asks for it.
const CommandPalette = lazy(() => import('./command-palette.tsx').then((module) => ({ default: module.CommandPalette })))
const KeySheet = lazy(() => import('./key-sheet.tsx').then((module) => ({ default: module.KeySheet })))

export type KeyboardProps = {
  rail: readonly RailItem[]
  scope: Scope
  commands: readonly CommandName[]
  here: string
}

/** The keys that work everywhere, and the two things they open. */
export function Keyboard({ rail, scope, commands, here }: KeyboardProps) {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null)
  const { keys } = usePreferences()
  const navigate = useNavigateTo()
  const close = () => setOpen(null)
  useEffect(() => {
    rememberPage({ href: here, title: document.title.split(' · ')[0] ?? here })
  }, [here])
  useShortcutKeys(keys === 'on')
  useShortcuts([
    { keys: 'Mod+k', label: 'Search, go anywhere, do anything', group: 'Everywhere', run: () => setOpen('palette') },
    { keys: '?', label: 'Show these shortcuts', group: 'Everywhere', run: () => setOpen('keys') },
    ...LIST_KEYS,
    ...rail.map((item) => ({
      keys: `g ${RAIL[item.key].letter}`,
      label: RAIL[item.key].label,
      group: 'Go to',
      run: () => navigate?.(railHref(item, scope)),
    })),
  ])
  return (
    <>
      <Button
        kind="ghost"
        icon={Search}
        className="search-button"
        aria-keyshortcuts="Control+K"
        onClick={() => setOpen('palette')}
      >
        <span className="search-words">Search</span>
        <Kbd>Ctrl K</Kbd>
      </Button>
      {/* Only once it is asked for: a boundary that is still being woken up cannot be changed. */}
      {open && (
        <Suspense fallback={null}>
          {open === 'palette' && (
            <CommandPalette
              rail={rail}
              scope={scope}
              commands={commands}
              here={here}
              onClose={close}
              onKeys={() => setOpen('keys')}
            />
          )}
          {open === 'keys' && <KeySheet onClose={close} />}
        </Suspense>
      )}
    </>
  )
}

const LIST_KEYS: readonly Shortcut[] = [
  { keys: 'j', label: 'Next row', group: 'In a list', run: () => moveRow(1) },
  { keys: 'k', label: 'Previous row', group: 'In a list', run: () => moveRow(-1) },
  { keys: 'o', label: 'Open the row', group: 'In a list', run: () => openRow() },
  { keys: 'x', label: 'Select the row', group: 'In a list', run: tickRow },
  { keys: '/', label: 'To the filters', group: 'In a list', run: focusFilter },
  { keys: 'Escape', label: 'Leave the list or the field', group: 'In a list', run: leave },
]

function openRow() {
  const { activeElement } = document
  if (activeElement instanceof HTMLElement && activeElement.matches('[data-row-link]')) activeElement.click()
}

function leave() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
}
