import { counted } from './words.ts'

type Due = { readonly dueIn: number; readonly isLate: boolean }

/** 'Due in 2 business days', 'Late 3 business days'. `dueIn`: business days from today to that day. */
export function dueWords({ dueIn, isLate }: Due): string {
  const days = counted(Math.abs(dueIn), 'business day')
  if (isLate) return dueIn < 0 ? `Late ${days}` : 'Late since today'
  return dueIn > 0 ? `Due in ${days}` : 'Due today'
}
