import { dayAfter, dayBefore } from '../day.ts'
import type { MappingEntry } from './code-mapping.ts'

/** What somebody proposes for one source code. A null canonical code ends its mapping in that time. Dates are ISO or ''. */
export type MappingChange = Omit<MappingEntry, 'canonicalCode'> & { readonly canonicalCode: string | null }
export type KeptEntry = MappingEntry & { readonly entryId: number }
export type AppliedChange = { readonly closed: readonly KeptEntry[]; readonly opened: readonly MappingEntry[] }

/**
 * What a change does to the entries of its source code: it holds in its own time, what stood before and after stays. Refused,
 * in words, is what would change nothing, and a new mapping over one that begins later: somebody decided that one for its date.
 */
export function applyChange(inForce: readonly KeptEntry[], change: MappingChange): AppliedChange | { readonly refused: string } {
  const { sourceCode, canonicalCode, effectiveFrom, effectiveTo } = change
  if (effectiveTo !== '' && effectiveFrom > effectiveTo) return { refused: 'it would end before it begins' }
  const touched = inForce.filter((entry) => overlaps(entry, change))
  if (canonicalCode === null && touched.length === 0) return { refused: `nothing maps ${sourceCode} in that time` }
  if (canonicalCode !== null) {
    const [first] = touched
    const isSame = touched.length === 1 && first!.canonicalCode === canonicalCode && covers(first!, change)
    if (isSame) return { refused: `${sourceCode} already means ${canonicalCode} in all of that time` }
    const later = touched.find((entry) => entry.effectiveFrom > effectiveFrom)
    if (later) {
      const before = dayBefore(later.effectiveFrom)
      return {
        refused: `${sourceCode} means ${later.canonicalCode} from ${later.effectiveFrom}: let this one end on ${before}, or end that one first`,
      }
    }
  }
  const rests = touched.flatMap((entry): MappingEntry[] => {
    const { entryId: _, ...rest } = entry
    const isBefore = effectiveFrom !== '' && entry.effectiveFrom < effectiveFrom
    const isAfter = effectiveTo !== '' && (entry.effectiveTo === '' || entry.effectiveTo > effectiveTo)
    return [
      ...(isBefore ? [{ ...rest, effectiveTo: dayBefore(effectiveFrom) }] : []),
      ...(isAfter ? [{ ...rest, effectiveFrom: dayAfter(effectiveTo) }] : []),
    ]
  })
  return { closed: touched, opened: canonicalCode === null ? rests : [...rests, { ...change, canonicalCode }] }
}

/** A code in a time: what a source code stands for there before the change. */
export type Standing = { readonly code: string; readonly from: string; readonly to: string }

/** Where no entry holds in the time of the change, the source code stands for what a job makes of it by itself. */
export function standingIn(inForce: readonly MappingEntry[], change: MappingChange, byDefault: readonly string[]): Standing[] {
  const touched = inForce
    .filter((entry) => overlaps(entry, change))
    .toSorted((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1))
  const found: Standing[] = []
  const gap = (from: string, to: string) => found.push(...byDefault.map((code) => ({ code, from, to })))
  let from = change.effectiveFrom
  let isOpen = true
  for (const entry of touched) {
    const begins = laterStart(entry.effectiveFrom, from)
    if (begins > from) gap(from, dayBefore(begins))
    const ends = earlierEnd(entry.effectiveTo, change.effectiveTo)
    found.push({ code: entry.canonicalCode, from: begins, to: ends })
    isOpen = ends !== '' && ends !== change.effectiveTo
    if (isOpen) from = dayAfter(ends)
  }
  if (isOpen) gap(from, change.effectiveTo)
  return found.filter(({ code }) => code !== change.canonicalCode)
}

type Span = Pick<MappingEntry, 'effectiveFrom' | 'effectiveTo'>
const overlaps = (a: Span, b: Span) =>
  (a.effectiveTo === '' || b.effectiveFrom <= a.effectiveTo) && (b.effectiveTo === '' || a.effectiveFrom <= b.effectiveTo)
const covers = (outer: Span, inner: Span) =>
  outer.effectiveFrom <= inner.effectiveFrom &&
  (outer.effectiveTo === '' || (inner.effectiveTo !== '' && inner.effectiveTo <= outer.effectiveTo))
const laterStart = (a: string, b: string) => [a, b].sort()[1]!
const earlierEnd = (a: string, b: string) => (a === '' ? b : b === '' || a < b ? a : b)
