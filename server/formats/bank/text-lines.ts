import { TechnicalError } from '#server/domain/errors.ts'
import { pieces } from '#server/formats/bytes.ts'
import { type TextEncoding, textDecoding } from '#server/formats/decode.ts'
import type { ByteStream } from '#server/formats/format.ts'
import { atLine } from '#server/formats/words.ts'

export type TextLine = { readonly number: number; readonly text: string }

const LONGEST_LINE = 64 * 1024 // characters; the standards have 80

/** The lines of a text by number, in batches of one piece, without their ends and the blanks before them. Blank ones are left out. */
export async function* textLines(bytes: ByteStream, encoding: TextEncoding): AsyncGenerator<TextLine[]> {
  let line = 1
  let rest = ''
  let sawText = false
  const linesOf = (text: string) => text.split(/\r\n|\r|\n/)
  const decoding = textDecoding(encoding, (text) => line + linesOf(rest + text).length - 1)

  const cut = (piece: string, isLast: boolean): TextLine[] => {
    const text = rest + piece
    // A carriage return at the very end may be half of a line end.
    const whole = !isLast && text.endsWith('\r') ? text.slice(0, -1) : text
    const lines = linesOf(whole)
    rest = isLast ? '' : (lines.pop() ?? '') + text.slice(whole.length)
    const found: TextLine[] = []
    for (const one of lines) {
      if (one.includes('\0'))
        throw new TechnicalError('file_malformed', `${atLine(line)} holds a NUL byte; this is not a text file`)
      if (one.length > LONGEST_LINE) throw tooLong(line)
      const trimmed = one.trimEnd()
      if (trimmed !== '') found.push({ number: line, text: trimmed })
      line++
    }
    if (rest.length > LONGEST_LINE) throw tooLong(line)
    sawText ||= found.length > 0
    return found
  }
  for await (const piece of pieces(bytes)) yield cut(decoding.write(piece), false)
  yield cut(decoding.end(), true)
  if (!sawText) throw new TechnicalError('file_empty', 'there is no text in it')
}

const tooLong = (line: number) =>
  new TechnicalError('file_malformed', `${atLine(line)} has more than ${LONGEST_LINE.toLocaleString('en-GB')} characters`)

/** YYMMDD -> ISO, in the years 1980 to 2079; null where there is no such day. */
export function shortDate(text: string): string | null {
  const [, year = '', month = '', day = ''] = /^(\d\d)(\d\d)(\d\d)$/.exec(text) ?? []
  return dayOf(`${year >= '80' ? '19' : '20'}${year}`, month, day)
}

/** ISO; null where there is no such day. */
export function dayOf(year: string, month: string, day: string): string | null {
  // No calendar has it, and PostgreSQL refuses it.
  if (year === '0000') return null
  const iso = `${year}-${month}-${day}`
  const at = Date.parse(`${iso}T00:00:00Z`)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== iso ? null : iso
}
