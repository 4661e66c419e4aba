import { createContext, useContext, useMemo, useState } from 'react'

/** What a person chose for the columns of a table: which are hidden, and how wide in pixels the others are. */
export type ColumnChoice = { readonly hidden: readonly string[]; readonly widths: Readonly<Record<string, number>> }
export type ColumnChoices = Readonly<Record<string, ColumnChoice>>

export const NO_CHOICE: ColumnChoice = { hidden: [], widths: {} }
export const WIDTH_MIN = 48
export const WIDTH_MAX = 800
/** A cookie goes along with every request: what was chosen longest ago gives way. */
const CHARS_MAX = 1_500
const COOKIE = 'columns'
const MAX_AGE_SECONDS = 365 * 24 * 60 * 60

/** 'runs.took-publication.job_220~audit..reason_300': table, hidden columns, widths. What is not of this form is passed over. */
export function readColumnChoices(cookieHeader: string | null): ColumnChoices {
  const value = new RegExp(`(?:^|;)\\s*${COOKIE}=([^;]*)`).exec(cookieHeader ?? '')?.[1] ?? ''
  return Object.fromEntries(
    value.split('~').flatMap((text) => {
      const [, table, choice = ''] = /^([a-z]+)\.(.*)$/.exec(text) ?? []
      const read = readColumnChoice(choice)
      return table && read ? [[table, read]] : []
    }),
  )
}

/** 'took-publication.job_220': what is hidden, and widths; null where it is not of this form. */
export function readColumnChoice(text: string): ColumnChoice | null {
  const [, hidden, widths] = /^([A-Za-z-]*)\.([A-Za-z_\d-]*)$/.exec(text) ?? []
  if (hidden === undefined || widths === undefined) return null
  const pairs = widths.split('-').flatMap((pair): [string, number][] => {
    const [, column, pixels] = /^([A-Za-z]+)_(\d{2,3})$/.exec(pair) ?? []
    return column && pixels ? [[column, bounded(Number.parseInt(pixels, 10))]] : []
  })
  return { hidden: hidden.split('-').filter(Boolean), widths: Object.fromEntries(pairs) }
}

/** In one order, so that the same choice is the same text. */
export const columnText = ({ hidden, widths }: ColumnChoice): string =>
  `${[...hidden].sort().join('-')}.${Object.entries(widths)
    .map(([column, pixels]) => `${column}_${pixels}`)
    .sort()
    .join('-')}`

/** The newest first, so that the oldest give way. */
export function columnCookie(choices: ColumnChoices, changed: string): string {
  const names = [changed, ...Object.keys(choices).filter((name) => name !== changed)]
  let value = ''
  for (const name of names) {
    const { hidden, widths } = choices[name] ?? NO_CHOICE
    if (hidden.length === 0 && Object.keys(widths).length === 0) continue
    const text = `${name}.${columnText({ hidden, widths })}`
    if (value.length + text.length > CHARS_MAX) break
    value += value === '' ? text : `~${text}`
  }
  return `${COOKIE}=${value}; Path=/; Max-Age=${MAX_AGE_SECONDS}; SameSite=Lax`
}

export const bounded = (pixels: number): number => Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, Math.round(pixels)))

type Chosen = { readonly choices: ColumnChoices; readonly choose: (table: string, choice: ColumnChoice) => void }
const ColumnChoiceContext = createContext<Chosen>({ choices: {}, choose: () => {} })
export const ColumnChoiceProvider = ColumnChoiceContext.Provider

/** For the root: what the cookie said, and over it what was chosen since. */
export function useChosenColumns(stored: ColumnChoices): Chosen {
  const [chosen, setChosen] = useState<ColumnChoices>({})
  return useMemo(() => {
    const choices = { ...stored, ...chosen }
    return {
      choices,
      choose(table, choice) {
        const next = { ...choices, [table]: choice }
        // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing in browsers people still use
        document.cookie = columnCookie(next, table)
        setChosen(next)
      },
    }
  }, [stored, chosen])
}

export const useColumnChoices = (): Chosen => useContext(ColumnChoiceContext)

export function useColumnChoice(table: string): { choice: ColumnChoice; choose: (choice: ColumnChoice) => void } {
  const { choices, choose } = useContext(ColumnChoiceContext)
  return { choice: choices[table] ?? NO_CHOICE, choose: (choice) => choose(table, choice) }
}
