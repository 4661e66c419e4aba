import type { ReconciliationDefinition } from './definition.ts'

/** A setting of a definition that is another than before, by its path; null: it is not set. */
export type SettingChange = {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
  /** What it lets through; null: it loosens nothing. */
  readonly loosens: string | null
}

/** What each loosens, in words. Which ones do is decided where versions are kept: `what_loosens`. */
const LOOSENED: Readonly<Record<string, string>> = {
  'certification.automaticUpTo': 'its rule certifies more without a person',
  'certification.sample': 'fewer of what its rule would certify are left to people',
  'certification.oneUpTo': 'one certifier is enough for more',
  'tolerance.absolute': 'more may stay unexplained',
  'tolerance.relative': 'more may stay unexplained',
  'tolerance.rounding': 'a larger difference of one key passes as rounding',
  'tolerance.budget': 'more may pass without a person in all',
}
const loosenedWords = (path: string) => LOOSENED[path] ?? 'another thing is compared, in another way'

/** What a loosening says to whoever proposed it. */
export const loosensWords = (paths: readonly string[]): string => [...new Set(paths.map(loosenedWords))].join(', ')

/** The settings that differ, those that loosen first. */
export function settingChanges(
  before: ReconciliationDefinition | null,
  after: ReconciliationDefinition,
  loosens: readonly string[],
): SettingChange[] {
  const [from, to] = [settingsOf(before ?? {}), settingsOf(after)]
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort()
  const changes = paths.flatMap((path): SettingChange[] => {
    const [was, is] = [from.get(path) ?? null, to.get(path) ?? null]
    if (was === is) return []
    const loosened = loosens.find((one) => path === one || path.startsWith(`${one}.`))
    return [{ path, before: was, after: is, loosens: loosened === undefined ? null : loosenedWords(loosened) }]
  })
  return [...changes.filter(({ loosens: why }) => why !== null), ...changes.filter(({ loosens: why }) => why === null)]
}

/** Each setting by its path; a list of plain values is one setting. */
function settingsOf(definition: object): Map<string, string> {
  const settings = new Map<string, string>()
  const add = (value: unknown, path: string): void => {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return
    if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) settings.set(path, value.join(', '))
    else if (Array.isArray(value)) for (const [i, inner] of value.entries()) add(inner, `${path}.${i + 1}`)
    else if (typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) add(inner, path === '' ? key : `${path}.${key}`)
    else settings.set(path, String(value))
  }
  add(definition, '')
  return settings
}
