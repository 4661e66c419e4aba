import { TechnicalError } from '#server/domain/errors.ts'
import { atLine, counted, MOST_COLUMNS, quoted } from '#server/formats/words.ts'
import { hasLostDigits, numberText } from '#server/formats/xlsx-number.ts'
import { RichText, type Workbook } from '#server/formats/xlsx-workbook.ts'
import type { XmlHandlers } from '#server/formats/xml.ts'

/** One row of a sheet, cells from column A on; cells that are not in the file are ''. */
export type SheetRow = { readonly row: number; readonly cells: string[] }

const LAST_COLUMN = 16_384
const MOST_ROWS = 1_048_576
const LONGEST_TEXT = 1024 * 1024
const BOOLEANS = new Map(Object.entries({ 1: 'TRUE', true: 'TRUE', 0: 'FALSE', false: 'FALSE', '': '' }))

type Cell = { readonly name: string; readonly column: number; readonly type: string; readonly style: number }

/** Turns the elements of a worksheet into rows. Rows above `firstRow` are not judged. */
export class SheetReader implements XmlHandlers {
  readonly #workbook: Workbook
  readonly #firstRow: number
  readonly #inline = new RichText(() => `cell ${this.#cell?.name.slice(0, 20)}`)
  #rows: SheetRow[] = []
  #row = 0
  #cells: string[] = []
  #lastColumn = 0
  #cell: Cell | null = null
  #value: string | null = null
  #isFormula = false
  #isValue = false
  #isInData = false

  constructor(workbook: Workbook, firstRow: number) {
    this.#workbook = workbook
    this.#firstRow = firstRow
  }

  take(): SheetRow[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'sheetData') this.#isInData = true
    if (!this.#isInData) return
    if (name === 'row') this.#openRow(attributes.r)
    else if (name === 'c') this.#openCell(attributes)
    else if (name === 'v') {
      this.#isValue = true
      this.#value ??= ''
    } else if (name === 'f') this.#isFormula = true
    else if (name === 'is') this.#value ??= ''
    else this.#inline.open(name)
  }

  text(text: string): void {
    if (!this.#cell) return
    if (this.#isValue) this.#value += text
    else this.#inline.add(text)
    if ((this.#value ?? '').length > LONGEST_TEXT) throw malformed(this.#cell, 'holds a text of more than 1 MiB')
  }

  close(name: string): void {
    if (name === 'v') this.#isValue = false
    else if (name === 'c' && this.#cell) {
      if (this.#row >= this.#firstRow) this.#keep(this.#cell, this.#cellText(this.#cell))
      this.#cell = null
    } else if (name === 'row' && this.#isInData) {
      if (this.#row >= this.#firstRow) {
        this.#rows.push({ row: this.#row, cells: Array.from(this.#cells, (cell: string | undefined) => cell ?? '') })
      }
      this.#cells = []
    } else if (name === 'sheetData') this.#isInData = false
    else this.#inline.close(name)
  }

  #openRow(stated: string | undefined): void {
    const row = stated === undefined ? this.#row + 1 : /^\d{1,7}$/.test(stated) ? Number.parseInt(stated, 10) : 0
    if (row <= this.#row || row > MOST_ROWS) {
      throw new TechnicalError('file_malformed', `row ${quoted(stated ?? '')} stands after row ${this.#row} of the sheet`)
    }
    this.#row = row
    this.#cells = []
    this.#lastColumn = 0
  }

  /** A lone cell in column XFD would make a row of 16,384 of it, and a small sheet gigabytes. */
  #keep(cell: Cell, text: string): void {
    if (text === '') return
    if (cell.column > MOST_COLUMNS) throw malformed(cell, `holds a value; ${counted(MOST_COLUMNS, 'column')} are read at most`)
    this.#cells[cell.column - 1] = text
  }

  #openCell({ r: stated, t: type = 'n', s: style = '0' }: Record<string, string>): void {
    const column = stated === undefined ? this.#lastColumn + 1 : columnOf(stated, this.#row)
    const name = stated ?? `${columnName(column)}${this.#row}`
    const taken = this.#row >= this.#firstRow && column <= this.#lastColumn
    if (column < 1 || column > LAST_COLUMN || taken || this.#cell) {
      throw new TechnicalError('file_malformed', `cell ${quoted(name)} is out of place on row ${this.#row} of the sheet`)
    }
    this.#cell = { name, column, type, style: /^\d{1,6}$/.test(style) ? Number.parseInt(style, 10) : 0 }
    this.#lastColumn = column
    this.#value = null
    this.#isFormula = false
    this.#inline.clear()
  }

  #cellText(cell: Cell): string {
    const value = this.#value
    // Programs that cannot calculate write an empty value; only of a text is that a result.
    if (value === null || (value === '' && this.#isFormula && cell.type !== 'str')) {
      if (this.#isFormula) throw malformed(cell, 'holds a formula without its result; open the file in Excel and save it')
      return ''
    }
    const { sharedStrings, numberKinds, is1904 } = this.#workbook
    switch (cell.type) {
      case 's': {
        const shared = /^\s*\d{1,9}\s*$/.test(value) ? sharedStrings[Number.parseInt(value, 10)] : undefined
        if (shared === undefined) throw malformed(cell, `refers to the shared text ${quoted(value)}, which is not in the file`)
        return shared
      }
      case 'inlineStr':
        return this.#inline.value || value // some writers put the text into <v> all the same
      case 'str':
      case 'd':
        return value
      case 'b': {
        const text = BOOLEANS.get(value.trim())
        if (text === undefined) throw malformed(cell, `holds ${quoted(value)} where TRUE or FALSE should stand`)
        return text
      }
      case 'e':
        throw malformed(cell, `holds the error ${value.slice(0, 20)}`)
      case 'n': {
        if (value.trim() === '') return ''
        if (hasLostDigits(value.trim()))
          throw malformed(cell, `holds ${quoted(value)}, more than a number of a workbook keeps; write it as text`)
        const text = numberText(value.trim(), numberKinds[cell.style] ?? 'number', is1904)
        if (text === null) throw malformed(cell, `holds ${quoted(value)} where a number should stand`)
        return text
      }
      default:
        throw malformed(cell, `is of the unknown kind ${quoted(cell.type)}`)
    }
  }
}

export function columnName(column: number): string {
  let name = ''
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  }
  return name
}

export const atRow = (row: number): string => atLine(row).replace('line', 'row')

/** 0 when the name is no cell of that row. */
function columnOf(name: string, row: number): number {
  const [, letters = '', digits] = /^([A-Z]{1,3})(\d{1,7})$/.exec(name) ?? []
  if (digits !== String(row)) return 0
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0)
}

const malformed = (cell: Cell, what: string): TechnicalError =>
  new TechnicalError('file_malformed', `cell ${cell.name.slice(0, 20)} ${what}`)
