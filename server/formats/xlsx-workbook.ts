import { TechnicalError } from '#server/domain/errors.ts'
import { counted, quoted } from '#server/formats/words.ts'
import { numberKind, type NumberKind } from '#server/formats/xlsx-number.ts'
import type { XlsxPackage } from '#server/formats/xlsx-package.ts'
import type { XmlHandlers } from '#server/formats/xml.ts'

/** What the cells of a sheet refer to. */
export type Workbook = {
  readonly sheetName: string
  readonly sheetPart: string
  readonly is1904: boolean
  readonly sharedStrings: readonly string[]
  /** By the style index of a cell. */
  readonly numberKinds: readonly NumberKind[]
}

const LARGEST_STRINGS = 200 * 1024 * 1024
const MOST_STRINGS = 10_000_000
const MOST_RELATIONS = 10_000 // as many as parts
const MOST_SHEETS = 1_000
const MOST_STYLES = 100_000 // Excel writes at most 65,490
const LONGEST_TEXT = 1024 * 1024

export async function readWorkbook(parts: XlsxPackage, wantedSheet: string | undefined): Promise<Workbook> {
  const root = await relationsOf(parts, '')
  const workbookPart = root.find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml'
  if (!workbookPart.endsWith('.xml') || !parts.has(workbookPart)) {
    throw new TechnicalError('file_malformed', 'there is no workbook in it that can be read; save as .xlsx')
  }
  const relations = await relationsOf(parts, workbookPart)
  const { sheets, is1904 } = await readSheets(parts, workbookPart)
  const worksheets = sheets.flatMap((sheet) => {
    const relation = relations.find(({ id, type }) => id === sheet.relation && type === 'worksheet')
    return relation ? [{ ...sheet, part: relation.target }] : []
  })
  const chosen =
    wantedSheet === undefined
      ? (worksheets.find(({ isHidden }) => !isHidden) ?? worksheets[0])
      : worksheets.find(({ name }) => name === wantedSheet)
  if (!chosen) {
    const names = worksheets.map(({ name }) => quoted(name)).join(', ') || 'none'
    throw new TechnicalError('file_malformed', `there is no sheet ${quoted(wantedSheet ?? '')}; the sheets are ${names}`)
  }
  const strings = relations.find(({ type }) => type === 'sharedStrings')?.target
  const styles = relations.find(({ type }) => type === 'styles')?.target
  return {
    sheetName: chosen.name,
    sheetPart: chosen.part,
    is1904,
    sharedStrings: strings === undefined ? [] : await readSharedStrings(parts, strings),
    numberKinds: styles === undefined ? [] : await readNumberKinds(parts, styles),
  }
}

type Relation = { readonly id: string; readonly type: string; readonly target: string }

/** What a part refers to, targets as names inside the package. */
async function relationsOf(parts: XlsxPackage, part: string): Promise<Relation[]> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1)
  const name = `${folder}_rels/${part.slice(folder.length)}.rels`
  const relations: Relation[] = []
  if (!parts.has(name)) return relations
  await parts.readWhole(
    name,
    listening((element, { Id = '', Type = '', Target = '' }) => {
      if (element !== 'Relationship') return
      const base = `zip:///${folder}`
      const target = URL.canParse(Target, base) ? new URL(Target, base).pathname.slice(1) : ''
      relations.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), target })
      bound(relations.length, MOST_RELATIONS, name, 'relation')
    }),
  )
  return relations
}

type Sheet = { readonly name: string; readonly relation: string; readonly isHidden: boolean }

async function readSheets(parts: XlsxPackage, workbookPart: string): Promise<{ sheets: Sheet[]; is1904: boolean }> {
  const sheets: Sheet[] = []
  let is1904 = false
  await parts.readWhole(
    workbookPart,
    listening((element, attributes) => {
      if (element === 'workbookPr') is1904 = attributes.date1904 === '1' || attributes.date1904 === 'true'
      if (element !== 'sheet') return
      // The prefix of r:id is the writer's choice.
      const relation = Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? ''
      const isHidden = attributes.state !== undefined && attributes.state !== 'visible'
      sheets.push({ name: attributes.name ?? '', relation, isHidden })
      bound(sheets.length, MOST_SHEETS, workbookPart, 'sheet')
    }),
  )
  return { sheets, is1904 }
}

async function readSharedStrings(parts: XlsxPackage, part: string): Promise<string[]> {
  const strings: string[] = []
  const text = new RichText(() => `shared text ${strings.length + 1}`)
  await parts.readWhole(
    part,
    {
      open(name) {
        if (name === 'si') text.clear()
        text.open(name)
      },
      text: (piece) => text.add(piece),
      close(name) {
        text.close(name)
        if (name !== 'si') return
        strings.push(text.value)
        if (strings.length > MOST_STRINGS) {
          throw new TechnicalError('file_too_large', `more than ${counted(MOST_STRINGS, 'shared text')}`)
        }
      },
    },
    LARGEST_STRINGS,
  )
  return strings
}

async function readNumberKinds(parts: XlsxPackage, part: string): Promise<NumberKind[]> {
  const codes = new Map<string, string>()
  const kinds: NumberKind[] = []
  let isInCells = false
  await parts.readWhole(part, {
    open(name, { numFmtId = '0', formatCode = '' }) {
      if (name === 'cellXfs') isInCells = true
      if (name === 'numFmt') codes.set(numFmtId, formatCode)
      if (name === 'xf' && isInCells) kinds.push(numberKind(numFmtId, codes.get(numFmtId)))
      bound(Math.max(kinds.length, codes.size), MOST_STYLES, part, 'style')
    },
    text: () => undefined,
    close(name) {
      if (name === 'cellXfs') isInCells = false
    },
  })
  return kinds
}

/** The text of a string that may be cut into formatted runs; how it is spoken (rPh) is not part of it. */
export class RichText {
  #value = ''
  #isText = false
  #isSpoken = false
  readonly #here: () => string

  constructor(here: () => string) {
    this.#here = here
  }

  get value(): string {
    // Excel writes what XML cannot hold, and carriage returns, as _x000D_.
    return this.#value.replace(/_x([0-9A-Fa-f]{4})_/g, (escaped, code: string) =>
      code === '0000' || /^d[89a-f]/i.test(code) ? escaped : String.fromCharCode(Number.parseInt(code, 16)),
    )
  }

  clear(): void {
    this.#value = ''
  }

  open(name: string): void {
    if (name === 'rPh') this.#isSpoken = true
    if (name === 't') this.#isText = !this.#isSpoken
  }

  add(text: string): void {
    if (!this.#isText) return
    this.#value += text
    if (this.#value.length > LONGEST_TEXT) throw new TechnicalError('file_hostile', `${this.#here()} is longer than 1 MiB`)
  }

  close(name: string): void {
    if (name === 'rPh') this.#isSpoken = false
    if (name === 't') this.#isText = false
  }
}

function bound(found: number, most: number, part: string, what: string): void {
  if (found > most) throw new TechnicalError('file_hostile', `${quoted(part)} names more than ${counted(most, what)}`)
}

const listening = (open: XmlHandlers['open']): XmlHandlers => ({ open, text: () => undefined, close: () => undefined })
