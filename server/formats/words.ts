/** How positions and found text are written in the detail of a failure, the same in every format. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`

export const atLine = (line: number): string => `line ${line.toLocaleString('en-GB')}`

/** Found text for a sentence: short, on one line, control characters made visible. */
export function quoted(text: string, longest = 80): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return JSON.stringify(short)
}

/** What `locate` shows at most, in characters. */
export const LONGEST_SHOWN = 20_000
