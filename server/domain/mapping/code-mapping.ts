import type { MappedDimension } from '../job.ts'

/** Source code -> canonical code of a system, as one version of its mapping has it. Dates are ISO, both inclusive; '' is without end. */
export type MappingEntry = {
  readonly dimension: MappedDimension
  readonly sourceCode: string
  readonly canonicalCode: string
  readonly effectiveFrom: string
  readonly effectiveTo: string
}

/** The canonical code on a date; undefined where nothing translates the code. */
export type Translate = (code: string, on: string) => string | undefined

/**
 * The mapping of the system comes first; the codes a job brings along are the default where it says nothing. Dates are
 * compared only for codes whose entries have any. Null where there is nothing to translate.
 */
export function compileTranslation(
  entries: readonly MappingEntry[],
  defaults: Readonly<Record<string, string>> = {},
): Translate | null {
  const known = new Map<string, string | readonly MappingEntry[]>(Object.entries(defaults))
  const byDefault = new Map(Object.entries(defaults))
  const byCode = new Map<string, MappingEntry[]>()
  for (const entry of entries) byCode.set(entry.sourceCode, [...(byCode.get(entry.sourceCode) ?? []), entry])
  for (const [code, same] of byCode) {
    const [first] = same
    const isUndated = same.length === 1 && first!.effectiveFrom === '' && first!.effectiveTo === ''
    known.set(code, isUndated ? first!.canonicalCode : same.sort(newestFirst))
  }
  if (known.size === 0) return null
  return (code, on) => {
    const found = known.get(code)
    if (typeof found !== 'object') return found
    for (const entry of found) if (holdsOn(entry, on)) return entry.canonicalCode
    return byDefault.get(code)
  }
}

/** A line without any date is rejected for that; the newest entry says what it would have been. */
export const holdsOn = ({ effectiveFrom, effectiveTo }: Pick<MappingEntry, 'effectiveFrom' | 'effectiveTo'>, on: string) =>
  on === '' || ((effectiveFrom === '' || effectiveFrom <= on) && (effectiveTo === '' || on <= effectiveTo))

const newestFirst = (a: MappingEntry, b: MappingEntry) => (a.effectiveFrom < b.effectiveFrom ? 1 : -1)
