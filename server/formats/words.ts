/** How positions and found text are written in the detail of a failure, the same in every format. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`

export const atLine = (line: number): string => `line ${line.toLocaleString('en-GB')}`

/** Found text for a sentence: short, on one line, control characters made visible. */
export function quoted(text: string, longest = 80): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return JSON.stringify(short)
}

/** Of one record, in every format: what is wider is no list of records, and costs memory for every row. */
export const MOST_COLUMNS = 1_000

export const tooManyColumns = (found: number): string =>
  `there are ${counted(found, 'column')}, more than the ${counted(MOST_COLUMNS, 'column')} a file may have`

/** What `locate` shows at most, in characters. */
export const LONGEST_SHOWN = 20_000
