import { fieldWords } from '#server/domain/rules/catalogue.ts'
import { formatBusinessDate } from '#app/ui/time.tsx'

/** 'Cost centre' for cost_centre. */
export const dimensionWords = (dimension: string): string => {
  const words = fieldWords(dimension)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** When something holds, from and to inclusive; '' is without end. */
export function spanWords(from: string, to: string): string {
  if (from === '' && to === '') return 'always'
  if (to === '') return `from ${formatBusinessDate(from)}`
  return from === '' ? `to ${formatBusinessDate(to)}` : `${formatBusinessDate(from)} to ${formatBusinessDate(to)}`
}
