import { counted } from '#app/routes/_console/words.ts'
import { sumDecimals } from '#app/ui/decimal.ts'

type Published = {
  readonly entity: string
  readonly total: unknown
  readonly rejected: { readonly records: number } | null
  readonly held: readonly { readonly records: number }[]
}

/** '2 of 25 slices have something behind them: 8 records rejected, 840 held.' */
export function publishedWords(slices: readonly Published[]): string {
  if (slices.length === 0) return 'Nothing is published here.'
  const rejected = slices.reduce((sum, slice) => sum + (slice.rejected?.records ?? 0), 0)
  const held = slices.reduce((sum, slice) => sum + slice.held.reduce((of, { records }) => of + records, 0), 0)
  const waiting = slices.filter((slice) => slice.rejected !== null || slice.held.length > 0).length
  if (waiting === 0) return `All ${counted(slices.length, 'slice')} are published and nothing waits behind them.`
  const parts = [
    rejected > 0 && `${counted(rejected, 'record')} rejected`,
    held > 0 && `${counted(held, 'record')} in loads that are held`,
  ].filter(Boolean)
  return `Behind ${waiting} of ${counted(slices.length, 'slice')} something waits: ${parts.join(', ')}.`
}

type Leaf = { readonly entity: string; readonly period: string; readonly isBroken: boolean }

/** '3 of 12 entities do not tie, in 4 of 96 slices.' */
export function pivotWords(slices: readonly Leaf[]): string {
  if (slices.length === 0) return 'Nothing came and nothing is published here.'
  const broken = slices.filter(({ isBroken }) => isBroken)
  const entities = (of: readonly Leaf[]) => new Set(of.map(({ entity }) => entity)).size
  const all = counted(entities(slices), 'entity', 'entities')
  if (broken.length === 0) return `All ${all} tie: what the last runs found at the source is loaded.`
  return `${entities(broken)} of ${all} ${entities(broken) === 1 ? 'does' : 'do'} not tie, in ${broken.length} of ${counted(slices.length, 'slice')}: the last runs did not load all that their sources sent.`
}

type Checkpoint = {
  readonly difference: string
  readonly corrected: string
  readonly status: string
  readonly rejected: string
  readonly duplicate: string
  readonly waiting: number
}

export function checkpointWords(slices: readonly Checkpoint[]): string {
  const differing = slices.filter(
    (slice) => slice.status === 'held' || !isZero(sumDecimals([slice.difference, slice.corrected])),
  ).length
  if (slices.length === 0) return 'No run covered these slices.'
  if (differing === 0) return 'In each slice the last run loaded all the source sent.'
  return `In ${differing} of ${counted(slices.length, 'slice')} the last run did not load all the source sent; what is behind it stands beside the difference.`
}

export function changedWords(slices: readonly unknown[], since: number, publication: number): string {
  if (since === publication) return `Publication ${publication} is compared with itself: choose an earlier one.`
  const of = `between publication ${since} and ${publication}`
  return slices.length === 0 ? `No total changed ${of}.` : `${counted(slices.length, 'total')} changed ${of}.`
}

export const isZero = (decimal: string): boolean => /^-?[0.]+$/.test(decimal)
