import type { Buffer } from 'node:buffer'
import { TextDecoder } from 'node:util'

/**
 * The same files read a second time in the plainest way, character by character or with what the platform has, nothing of the
 * product's own: a mutation that the product accepts must say the same here, or it was misread.
 */
export type Reading =
  | { readonly rows: readonly (readonly string[])[]; readonly columns: readonly string[]; readonly positions?: readonly number[] }
  | 'refused'
  | 'no opinion'

const MIB = 1024 * 1024
const COLUMNS_MAX = 1_000

/** RFC 4180 with a comma, blank lines skipped, any line end. */
export function naiveCsv(bytes: Buffer): Reading {
  const text = strictUtf8(bytes)
  if (text === null || text.includes('\0') || text.trim() === '') return 'refused'
  const rows: string[][] = []
  const positions: number[] = []
  let at = 0
  let line = 1
  while (at < text.length) {
    const [begin, first] = [at, line]
    const row: string[] = []
    for (let isRow = true; isRow; ) {
      let cell = ''
      if (text[at] === '"') {
        for (at++; ; at++) {
          if (at >= text.length) return 'refused'
          if (text[at] === '"') {
            if (text[at + 1] !== '"') break
            at++
          } else if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) line++
          cell += text[at]
        }
        at++
        if (at < text.length && !',\r\n'.includes(text[at]!)) return 'refused'
      } else {
        while (at < text.length && !',\r\n'.includes(text[at]!)) {
          if (text[at] === '"') return 'refused'
          cell += text[at++]
        }
      }
      row.push(cell)
      isRow = text[at] === ','
      if (isRow) at++
    }
    if (at - begin > MIB) return 'refused'
    const raw = text.slice(begin, at)
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
    line++
    const isBlank = raw === '' || (raw.trim() === '' && raw.charCodeAt(0) <= 32 && !raw.includes(',') && rows[0]?.length !== 1)
    if (isBlank) continue
    rows.push(row)
    positions.push(first)
  }
  const [header, ...records] = rows
  const columns = header?.map((name) => name.trim())
  if (!columns || columns.includes('') || new Set(columns).size < columns.length || columns.length > COLUMNS_MAX) return 'refused'
  if (records.some((record) => record.length !== columns.length)) return 'refused'
  return { rows: records, columns, positions: positions.slice(1) }
}

/** What JSON.parse makes of the list at `lines`; the numbers in it have lost their notation, so they are compared as numbers. */
export function parsedJson(bytes: Buffer): readonly unknown[] | 'refused' {
  const text = strictUtf8(bytes)
  try {
    const page: unknown = JSON.parse(text ?? '')
    const lines = page !== null && typeof page === 'object' && 'lines' in page ? page.lines : null
    return Array.isArray(lines) && lines.every((line) => line !== null && typeof line === 'object' && !Array.isArray(line))
      ? lines
      : 'refused'
  } catch {
    return 'refused'
  }
}

/** Whether a cell says what stands at its dotted path in what JSON.parse made of the record. */
export function saysTheSame(cell: string, record: unknown, column: string): boolean {
  const found = atPath(record, column)
  if (found === undefined || found === null) return cell === ''
  if (typeof found === 'number') return cell !== '' && Object.is(Number(cell), found)
  if (typeof found === 'object') return JSON.stringify(JSON.parse(cell)) === JSON.stringify(found)
  return cell === String(found)
}

function atPath(value: unknown, path: string): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  if (Object.hasOwn(value, path)) {
    const own = Reflect.get(value, path) as unknown
    if (own === null || typeof own !== 'object' || Array.isArray(own)) return own
  }
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    const found = Object.hasOwn(value, head) ? atPath(Reflect.get(value, head), path.slice(dot + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** Journal lines of a SAF-T file without comments, CDATA or entities, by patterns alone. */
export function naiveSafT(bytes: Buffer): Reading {
  const text = strictUtf8(bytes)?.replace(/\r\n?/g, '\n') ?? null // as XML has it
  if (text === null || /<!|<\?|&/.test(text.replace(/^\s*<\?xml[^>]*\?>/, ''))) return 'no opinion'
  const columns = ['record', 'account', 'description', 'debit', 'credit']
  const blocks = [...text.matchAll(/<Line>(.*?)<\/Line\s*>/gs)].map(([, block]) => block!)
  // Whatever is written in another way than we write it is for somebody cleverer than this.
  const plain =
    /^\s*(?:<(RecordID|AccountID|Description)>[^<>]*<\/\1>\s*)*<(Debit|Credit)Amount><Amount>[^<>]*<\/Amount><\/\2Amount>\s*$/
  if (blocks.length !== text.split('<Line').length - 1 || !blocks.every((block) => plain.test(block))) return 'no opinion'
  const value = (block: string, pattern: RegExp) => (pattern.exec(block)?.[1] ?? '').trim()
  const rows = blocks.map((block) => [
    value(block, /<RecordID>([^<]*)</),
    value(block, /<AccountID>([^<]*)</),
    value(block, /<Description>([^<]*)</),
    value(block, /<DebitAmount><Amount>([^<]*)</),
    value(block, /<CreditAmount><Amount>([^<]*)</),
  ])
  return { rows, columns }
}

const ROW = /<row r="(\d+)">((?:<c r="[A-Z]\d+"(?: t="(?:str|s|n)")?><v>[^<>&]*<\/v><\/c>)*)<\/row>/g
const CELL = /<c r="([A-Z])\d+"(?: t="(str|s|n)")?><v>([^<>&]*)<\/v><\/c>/g

/** A sheet written as `sheetOf` writes it, by patterns alone. */
export function naiveSheet(text: string, strings: readonly string[]): Reading {
  const inner = /^<worksheet><sheetData>(.*)<\/sheetData><\/worksheet>$/s.exec(text)?.[1]
  if (inner === undefined || inner.replace(ROW, '') !== '') return 'no opinion'
  const rows = [...inner.matchAll(ROW)].map(([, , cells]) => {
    const row: string[] = []
    for (const [, letter, type, value] of cells!.matchAll(CELL)) {
      row[letter!.charCodeAt(0) - 65] = type === 's' ? (strings[Number(value)] ?? '?') : value!
    }
    return Array.from(row, (cell) => cell ?? '')
  })
  const [columns = [], ...records] = rows.filter((row) => row.some((cell) => cell.trim() !== ''))
  return { columns: columns.map((name) => name.trim()), rows: records }
}

/** Null where the bytes are not UTF-8 throughout. A byte-order mark at the beginning is no text. */
function strictUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
