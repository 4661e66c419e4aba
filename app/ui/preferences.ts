import { createContext, useContext, useMemo, useState, type FormEvent } from 'react'

/** What a person prefers, kept in cookies so that the server's first answer already looks right. */
export const PREFERENCES = {
  theme: ['system', 'light', 'dark'],
  density: ['normal', 'compact'],
  rail: ['open', 'collapsed'],
  /** Shortcuts of one key can be in the way of speech input and of some keyboards (WCAG 2.1.4). */
  keys: ['on', 'off'],
} as const

export type PreferenceName = keyof typeof PREFERENCES
export type Preferences = { [Name in PreferenceName]: (typeof PREFERENCES)[Name][number] }
export const DEFAULT_PREFERENCES: Preferences = { theme: 'system', density: 'normal', rail: 'open', keys: 'on' }

const MAX_AGE_SECONDS = 365 * 24 * 60 * 60

/** Anything that is not one of ours is as if it were not there. */
export function readPreferences(cookieHeader: string | null): Preferences {
  const found = new Map(
    (cookieHeader ?? '').split(';').map((pair) => {
      const [name = '', value = ''] = pair.split('=')
      return [name.trim(), value.trim()] as const
    }),
  )
  const pick = <Name extends PreferenceName>(name: Name): Preferences[Name] => {
    const value = found.get(name)
    return isPreference(name, value) ? value : DEFAULT_PREFERENCES[name]
  }
  return { theme: pick('theme'), density: pick('density'), rail: pick('rail'), keys: pick('keys') }
}

/** The Set-Cookie header for one preference out of a form, or null when the form holds none. */
export function preferenceCookie(form: { get(name: string): unknown }): string | null {
  for (const name of Object.keys(PREFERENCES) as PreferenceName[]) {
    const value = form.get(name)
    if (isPreference(name, value)) return `${name}=${value}; Path=/; Max-Age=${MAX_AGE_SECONDS}; SameSite=Lax`
  }
  return null
}

/** Where to go back to: a path of this site and nothing else, so that the form cannot send people elsewhere. */
export function safeReturnTo(value: unknown): string {
  const here = 'http://here.invalid'
  if (typeof value !== 'string' || !value.startsWith('/') || !URL.canParse(value, here)) return '/'
  const url = new URL(value, here)
  return url.origin === here && !url.pathname.startsWith('//') ? url.pathname + url.search : '/'
}

export function isPreference<Name extends PreferenceName>(name: Name, value: unknown): value is Preferences[Name] {
  return (PREFERENCES[name] as readonly unknown[]).includes(value)
}

type Chosen = { preferences: Preferences; choose: (name: PreferenceName, value: string) => void }

const PreferencesContext = createContext<Chosen>({ preferences: DEFAULT_PREFERENCES, choose: () => {} })
export const PreferencesProvider = PreferencesContext.Provider
export const usePreferences = (): Preferences => useContext(PreferencesContext).preferences

/** For the root: what the cookies said, and over it what was chosen since, without asking the server again. */
export function useChosenPreferences(stored: Preferences): Chosen {
  const [chosen, setChosen] = useState<Partial<Preferences>>({})
  return useMemo(
    () => ({
      preferences: { ...stored, ...chosen },
      choose(name, value) {
        const cookie = preferenceCookie(new Map([[name, value]]))
        if (!cookie) return
        // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing in browsers people still use
        document.cookie = cookie
        setChosen((before) => ({ ...before, [name]: value }))
      },
    }),
    [stored, chosen],
  )
}

export const useChosen = (): Chosen => useContext(PreferencesContext)

/** Chooses without a form, for the palette. */
export const useChoose = (): Chosen['choose'] => useContext(PreferencesContext).choose

/** onSubmit of a form whose submit buttons are preferences: applied at once; without a script the form is sent. */
export function usePreferenceForm(): (event: FormEvent<HTMLFormElement>) => void {
  const { choose } = useContext(PreferencesContext)
  return (event) => {
    const { submitter } = event.nativeEvent as SubmitEvent
    if (!(submitter instanceof HTMLButtonElement)) return
    event.preventDefault()
    choose(submitter.name as PreferenceName, submitter.value)
  }
}
