import type { Report } from '../line.ts'

/** Of everything a line is found and added up by. PostgreSQL indexes at most 2,704 bytes a row: four codes of a slice, or one key. */
export const CODE_CHARS_MAX = 100
export const KEY_CHARS_MAX = 500

/** The text, or the beginning of one that is too long: then the record is refused, and what is kept of it must fit. */
export function boundedText(text: string, field: string, most: number, report: Report): string {
  if (text.length <= most) return text
  const beginning = short(text)
  report(
    'text_too_long',
    field,
    '',
    `"${beginning}" has ${text.length.toLocaleString('en')} characters; at most ${most} are read`,
  )
  return beginning
}

export const short = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text)
