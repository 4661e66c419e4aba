import { addDecimals, shareOf, subtractDecimals, sumDecimals } from '#server/domain/money.ts'

/** Where a part begins and how long it is, in percent of the picture, and where nothing is. `amount`: exact, signed. */
export type Step = { readonly amount: string; readonly from: number; readonly length: number; readonly zero: number }

/** Parts one after the other from nothing to their sum, and the sum itself. Lengths are ratios for the eye; amounts stay exact. */
export function stepsOf(parts: readonly (readonly string[])[]): { steps: Step[]; total: Step } {
  const amounts = parts.map(sumDecimals)
  const ends: string[] = []
  for (const amount of amounts) ends.push(addDecimals(ends.at(-1) ?? '0', amount))
  const lowest = extreme(ends, (a, b) => subtractDecimals(a, b).startsWith('-'))
  const highest = extreme(ends, (a, b) => !subtractDecimals(a, b).startsWith('-'))
  const span = subtractDecimals(highest, lowest)
  const place = (text: string) => shareOf(subtractDecimals(text, lowest), span) * 100
  const step = (amount: string, from: string, to: string): Step => {
    const [a, b] = [place(from), place(to)]
    return { amount, from: Math.min(a, b), length: Math.abs(a - b), zero: place('0') }
  }
  const end = ends.at(-1) ?? '0'
  return { steps: amounts.map((amount, i) => step(amount, ends[i - 1] ?? '0', ends[i]!)), total: step(end, '0', end) }
}

const extreme = (texts: readonly string[], isMore: (a: string, b: string) => boolean): string =>
  texts.reduce((most, text) => (isMore(text, most) ? text : most), '0')
