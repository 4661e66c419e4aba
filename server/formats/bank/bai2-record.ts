import { TechnicalError } from '#server/domain/errors.ts'
import type { BankStatement } from '#server/domain/record.ts'
import type { TextLine } from '#server/formats/bank/text-lines.ts'
import { atLine, quoted } from '#server/formats/words.ts'

/** One logical record: the line with its code and the 88 lines that go on with it, read field by field from the left. */
export class Bai2Record {
  readonly code: string
  readonly line: number
  readonly lines: TextLine[]
  private at = 0
  private column = 3

  constructor(first: TextLine) {
    this.code = first.text.slice(0, 2)
    this.line = first.number
    this.lines = [first]
  }

  /** As it stands in the file. */
  get text(): string {
    return this.lines.map(({ text }) => text).join('\n')
  }

  /** Null where the record has no further field. A slash ends a line; some banks leave it out behind the last field. */
  next(): string | null {
    const text = this.lines[this.at]?.text
    if (text === undefined) return null
    if (this.column > text.length) {
      this.goOn()
      return this.next()
    }
    const rest = text.slice(this.column)
    const end = rest.search(/[,/]/)
    const field = end === -1 ? rest : rest.slice(0, end)
    if (end !== -1 && rest[end] === ',') this.column += end + 1
    else if (end !== -1 && end < rest.length - 1) {
      throw new TechnicalError(
        'file_malformed',
        `${atLine(this.lines[this.at]!.number)}: a slash stands inside the field ${quoted(rest, 40)}`,
      )
    } else this.goOn()
    return field.trim()
  }

  /** All that is left: text, which may hold commas and slashes, with a slash behind it or without. */
  rest(): string {
    const parts: string[] = []
    for (; this.at < this.lines.length; this.goOn()) {
      parts.push(this.lines[this.at]!.text.slice(this.column).replace(/\/$/, '').trim())
    }
    return parts.filter(Boolean).join(' ')
  }

  private goOn(): void {
    this.at++
    this.column = 3
  }
}

export type Kind = 'credit' | 'debit' | 'note' | 'status' | 'own'

/** What a type code of three digits is. Loans and what banks define for themselves say nothing about the direction. */
export function kindOfType(type: string): Kind | null {
  if (!/^\d{3}$/.test(type)) return null
  if (type < '100' && type !== '000') return 'status'
  if (type === '890') return 'note'
  if (type > '100' && type < '400') return 'credit'
  if (type > '400' && type < '700') return 'debit'
  if (type >= '700') return 'own'
  return 'status'
}

/** What the status of a group makes of its statements; 4, a test, is refused before. */
export const STANDING: Readonly<Record<string, BankStatement['standing']>> = {
  __proto__: null as never,
  '1': 'original',
  '2': 'deletion',
  '3': 'correction',
}
