import { createContext, useContext, useMemo, useState, type ReactNode } from 'react'
import {
  ColumnChoiceProvider,
  columnText,
  NO_CHOICE,
  readColumnChoice,
  useColumnChoices,
  type ColumnChoice,
} from '#app/ui/column-choice.ts'
import { isPreference, PreferencesProvider, useChosen, type Preferences } from '#app/ui/preferences.ts'
import type { ViewLook } from '#server/domain/saved-view.ts'

type Density = Preferences['density']
type Changed = { readonly viewId: number; readonly columns?: ColumnChoice; readonly density?: Density }
type Look = { readonly now: ViewLook; readonly reset: () => void }
const LookContext = createContext<Look>({ now: { columns: '.', density: 'normal' }, reset: () => {} })

/** How the list looks at present, and how to let go of what was changed since its view was opened. */
export const useLook = (): Look => useContext(LookContext)

type Props = {
  screen: string
  /** The view of this list that is open. */
  view: { readonly viewId: number; readonly look: ViewLook | null } | null
  children: (density: Density | undefined) => ReactNode
}

/**
 * While a view is open its list looks as the view keeps it, whatever this person prefers elsewhere. What they change meanwhile belongs to
 * the view: it is kept by saving it, and otherwise let go of.
 */
export function ViewLookOf({ screen, view, children }: Props) {
  // The table of a list goes by the name of its address.
  const table = screen.slice(1)
  const personal = useColumnChoices()
  const preferred = useChosen()
  const [changed, setChanged] = useState<Changed | null>(null)
  const look = view?.look ?? null
  const viewId = view && look ? view.viewId : null
  const since = changed !== null && changed.viewId === viewId ? changed : null
  const kept = look?.density
  const density = since?.density ?? (isPreference('density', kept) ? kept : preferred.preferences.density)
  const text = look?.columns
  const columns = useMemo(
    () => since?.columns ?? (text === undefined ? undefined : readColumnChoice(text)) ?? personal.choices[table] ?? NO_CHOICE,
    [since?.columns, text, personal.choices, table],
  )
  const choices = useMemo(
    () => ({
      choices: { ...personal.choices, [table]: columns },
      choose(name: string, choice: ColumnChoice) {
        if (viewId === null || name !== table) personal.choose(name, choice)
        else setChanged((before) => ({ ...(before?.viewId === viewId ? before : null), viewId, columns: choice }))
      },
    }),
    [personal, table, columns, viewId],
  )
  const preferences = useMemo(
    () => ({
      preferences: { ...preferred.preferences, density },
      choose(name: keyof Preferences, value: string) {
        if (viewId === null || name !== 'density' || !isPreference('density', value)) preferred.choose(name, value)
        else setChanged((before) => ({ ...(before?.viewId === viewId ? before : null), viewId, density: value }))
      },
    }),
    [preferred, density, viewId],
  )
  const here = useMemo(
    () => ({ now: { columns: columnText(columns), density }, reset: () => setChanged(null) }),
    [columns, density],
  )
  return (
    <PreferencesProvider value={preferences}>
      <ColumnChoiceProvider value={choices}>
        <LookContext.Provider value={here}>{children(viewId === null ? undefined : density)}</LookContext.Provider>
      </ColumnChoiceProvider>
    </PreferencesProvider>
  )
}
