import { TechnicalError } from '#server/domain/errors.ts'
import { isTrailer, rowAfterTrailer, type TrailerSettings } from '#server/formats/trailer.ts'
import { atLine, counted, MOST_COLUMNS, quoted, tooManyColumns } from '#server/formats/words.ts'

export type ScannerSettings = {
  readonly delimiter: ',' | ';' | '\t' | '|' | 'auto'
  readonly quote: string
  readonly header: true | readonly string[]
  readonly skipLines: number
  readonly trailer?: TrailerSettings | undefined
}

const LONGEST_ROW = 1024 * 1024 // characters; a quote left open would otherwise swallow the rest of the file
const DELIMITERS = [';', ',', '\t', '|'] as const
const LF = 10
const CR = 13

/**
 * Text in pieces of any size, rows out. The hot path of every load: a row without quotes is found and cut
 * with indexOf and slice alone, and every search result is kept until the reading has passed it, so that
 * no stretch of text is searched twice.
 */
export class CsvScanner {
  rows: string[][] = []
  positions: number[] = []
  columns: readonly string[] = []
  trailerRow: { readonly cells: readonly string[]; readonly line: number } | null = null
  located: { readonly text: string; readonly cells: readonly string[] } | null = null
  recordCount = 0
  sawText = false
  /** Physical line of the first character not yet read. */
  line = 1

  #rest = ''
  #delimiter = ''
  #hasColumns = false
  readonly #settings: ScannerSettings
  readonly #wantedLine: number

  /** With a wanted line, the record that starts there is kept with its text, and is not judged. `after`: what was read before. */
  constructor(settings: ScannerSettings, wantedLine = 0, after?: { readonly head: CsvScanner; readonly line: number }) {
    this.#settings = settings
    this.#wantedLine = wantedLine
    this.#delimiter = settings.delimiter === 'auto' ? '' : settings.delimiter
    if (settings.header !== true) this.#useColumns(settings.header)
    if (!after) return
    this.#useColumns(after.head.columns)
    this.#delimiter = after.head.#delimiter
    this.line = after.line
    this.sawText = true
  }

  get isComplete(): boolean {
    return this.#hasColumns
  }

  /** Whether all that the rest depends on is known, so that another scanner can go on after this one. */
  get canHandOver(): boolean {
    return this.#hasColumns && this.#delimiter !== '' && this.trailerRow === null
  }

  /** What was pushed and belongs to a row that is not yet complete: it begins at `line`. */
  get unread(): string {
    return this.#rest
  }

  push(piece: string, isLast: boolean): void {
    const text = this.#rest === '' ? piece : this.#rest + piece
    const zero = text.indexOf('\0')
    if (zero !== -1) {
      const line = atLine(this.line + newlines(text.slice(0, zero)))
      throw new TechnicalError('file_malformed', `${line} holds a NUL byte; this is not a text file, or it is UTF-16`)
    }
    if (!this.sawText) this.sawText = /\S/.test(piece)
    this.#rest = text.slice(this.#scan(text, isLast))
    if (this.#rest.length > LONGEST_ROW) throw this.#tooLong()
  }

  take(): { columns: readonly string[]; rows: string[][]; positions: number[] } {
    const { columns, rows, positions } = this
    this.rows = []
    this.positions = []
    return { columns, rows, positions }
  }

  /** The line reached when `text` is read after what was pushed. */
  lineAfter(text: string): number {
    return this.line + newlines(this.#rest + text)
  }

  /** Reads every complete row and returns where the first incomplete one starts. */
  #scan(text: string, isLast: boolean): number {
    const { quote } = this.#settings
    let at = 0
    let lf = -2
    let cr = -2
    let mark = quote === '' ? -1 : -2
    let split = -2
    while (at < text.length) {
      if (lf !== -1 && lf < at) lf = text.indexOf('\n', at)
      if (cr !== -1 && cr < at) cr = text.indexOf('\r', at)
      if (mark !== -1 && mark < at) mark = text.indexOf(quote, at)
      let end = lf
      let next = lf + 1
      if (cr !== -1 && (lf === -1 || cr < lf)) {
        if (cr === text.length - 1 && !isLast) break // its line feed may come with the next piece
        end = cr
        next = cr + 1 === lf ? lf + 1 : cr + 1
      }
      if (end === -1) end = next = text.length
      const isSkipped = this.line <= this.#settings.skipLines
      if (mark !== -1 && mark < end && !isSkipped) {
        const after = this.#quotedRow(text, at, isLast)
        if (after === -1) break
        at = after
        continue
      }
      if (next === text.length && end === next && !isLast) break
      if (end - at > LONGEST_ROW) throw this.#tooLong()
      if (!isSkipped && !this.#isBlank(text, at, end)) {
        if (this.#delimiter === '') this.#delimiter = this.#guessDelimiter(text, at, isLast)
        const delimiter = this.#delimiter
        // As wide as it should be at once: one that grows is copied twice.
        const cells = new Array<string>(this.columns.length)
        let width = 0
        let from = at
        for (;;) {
          if (split !== -1 && split < from) split = text.indexOf(delimiter, from)
          if (split === -1 || split >= end) break
          cells[width++] = text.slice(from, split)
          from = split + 1
        }
        cells[width++] = text.slice(from, end)
        cells.length = width
        this.#row(cells, text, at, end)
      }
      this.line++
      at = next
    }
    return at
  }

  /** Reads one row that holds a quote, cell by cell; returns where the next one starts, -1 when it is incomplete. */
  #quotedRow(text: string, at: number, isLast: boolean): number {
    if (this.#delimiter === '') this.#delimiter = this.#guessDelimiter(text, at, isLast)
    if (this.#delimiter === '') return -1
    const { quote } = this.#settings
    const quoteCode = quote.charCodeAt(0)
    const delimiterCode = this.#delimiter.charCodeAt(0)
    const cells: string[] = []
    let lines = 0
    let from = at
    for (;;) {
      let end = from
      if (text.charCodeAt(from) === quoteCode) {
        let isDoubled = false
        end = from + 1
        for (;;) {
          end = text.indexOf(quote, end)
          if (end === -1 && isLast) throw this.#malformed(lines, 'opens a quote that is never closed')
          if (end === -1 || (end + 1 === text.length && !isLast)) return -1
          if (text.charCodeAt(end + 1) !== quoteCode) break
          isDoubled = true
          end += 2
        }
        const inner = text.slice(from + 1, end)
        lines += newlines(inner)
        cells.push(isDoubled ? inner.replaceAll(quote + quote, quote) : inner)
        end++
      } else {
        for (; end < text.length; end++) {
          const code = text.charCodeAt(end)
          if (code === delimiterCode || code === LF || code === CR) break
          if (code === quoteCode) throw this.#malformed(lines, `has a quote inside the unquoted cell ${cells.length + 1}`)
        }
        if (end === text.length && !isLast) return -1
        cells.push(text.slice(from, end))
      }
      const code = end < text.length ? text.charCodeAt(end) : LF
      if (code === delimiterCode) {
        from = end + 1
        continue
      }
      if (code !== LF && code !== CR) {
        throw this.#malformed(lines, `has ${quoted(text.slice(end, end + 10))} after a closing quote`)
      }
      if (code === CR && end + 1 === text.length && !isLast) return -1
      if (end - at > LONGEST_ROW) throw this.#tooLong()
      this.#row(cells, text, at, end)
      this.line += lines + 1
      return code === CR && text.charCodeAt(end + 1) === LF ? end + 2 : Math.min(end + 1, text.length)
    }
  }

  #row(cells: string[], text: string, at: number, end: number): void {
    const { trailer } = this.#settings
    if (!this.#hasColumns) return this.#useHeader(cells)
    if (this.trailerRow) throw rowAfterTrailer(atLine(this.line))
    if (trailer && isTrailer(trailer, cells)) {
      this.trailerRow = { cells, line: this.line }
      return
    }
    if (this.line === this.#wantedLine) {
      this.located = { text: text.slice(at, end), cells }
      return
    }
    if (cells.length !== this.columns.length) throw this.#wrongWidth(cells.length)
    this.rows.push(cells)
    this.positions.push(this.line)
    this.recordCount++
  }

  #useHeader(cells: readonly string[]): void {
    const names = cells.map((cell) => cell.trim())
    const unnamed = names.indexOf('')
    if (unnamed !== -1) throw this.#columnsWrong(`column ${unnamed + 1} has no name`)
    if (names.length > MOST_COLUMNS) throw this.#columnsWrong(tooManyColumns(names.length))
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) throw this.#columnsWrong(`two columns are called ${quoted(twice)}`)
    this.#useColumns(names)
  }

  #useColumns(names: readonly string[]): void {
    this.columns = names
    this.#hasColumns = true
  }

  /** The delimiter found most often in the first row; '' when that row has not arrived whole. */
  #guessDelimiter(text: string, at: number, isLast: boolean): string {
    const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]))
    let isQuoted = false
    for (let index = at; ; index++) {
      const character = text[index]
      if (character === undefined && !isLast) return ''
      if (character === undefined || (!isQuoted && (character === '\n' || character === '\r'))) break
      if (character === this.#settings.quote) isQuoted = !isQuoted
      const count = counts.get(character)
      if (!isQuoted && count !== undefined) counts.set(character, count + 1)
    }
    const width = this.#hasColumns ? this.columns.length : 0
    const fitting = DELIMITERS.find((delimiter) => (counts.get(delimiter) ?? 0) + 1 === width)
    const most = [...DELIMITERS].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0]
    return fitting ?? (most && (counts.get(most) ?? 0) > 0 ? most : ',')
  }

  /** White space is a value where there is only one column, and a blank line everywhere else. */
  #isBlank(text: string, at: number, end: number): boolean {
    if (at === end) return true
    if (text.charCodeAt(at) > 32 || this.columns.length === 1) return false
    const line = text.slice(at, end)
    return line.trim() === '' && !(this.#delimiter !== '' && line.includes(this.#delimiter))
  }

  #wrongWidth(found: number): TechnicalError {
    const isGiven = this.#settings.header !== true
    const expected = `where the ${isGiven ? 'job expects' : 'header has'} ${this.columns.length}`
    const detail = `${atLine(this.line)} has ${counted(found, 'column')} ${expected}`
    return new TechnicalError(isGiven ? 'file_columns_wrong' : 'file_malformed', detail)
  }

  #columnsWrong(what: string): TechnicalError {
    return new TechnicalError('file_columns_wrong', `in the header (${atLine(this.line)}) ${what}`)
  }

  #malformed(linesOn: number, what: string): TechnicalError {
    return new TechnicalError('file_malformed', `${atLine(this.line + linesOn)} ${what}`)
  }

  #tooLong(): TechnicalError {
    return this.#malformed(0, 'starts a row of more than 1 MiB; is a quote left open?')
  }
}

/** Line ends in a text: LF, CRLF or CR. */
function newlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  for (let at = text.indexOf('\r'); at !== -1; at = text.indexOf('\r', at + 1)) {
    if (text.charCodeAt(at + 1) !== LF) count++
  }
  return count
}
