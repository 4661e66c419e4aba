import { Readable } from 'node:stream'
import { createReadableStreamFromReadable } from '@remix-run/node'
import { asDownload } from './csv.ts'
import { harmless, harmlessCode } from '#server/platform/harmless.ts'

/** `plain`: an amount, a date or a code of ours, which must arrive letter by letter. Everything else that is text may be somebody's formula. */
export type StreamedCell = string | number | null | { readonly plain: string | null }

const FLUSH_CHARS = 64 * 1024

/** A download of any number of rows, written as they come: what is not asked for yet is not read yet. */
export function csvStream(fileName: string, head: readonly string[], rows: AsyncIterable<readonly StreamedCell[]>): Response {
  return textStream(fileName, 'text/csv; charset=utf-8', csvText(head, rows))
}

/** A download of any length, written as it comes. */
export function textStream(fileName: string, type: string, text: AsyncIterable<string>): Response {
  const bytes = Readable.from(text, { objectMode: false })
  return new Response(createReadableStreamFromReadable(bytes), {
    headers: { 'Content-Type': type, ...asDownload(fileName) },
  })
}

async function* csvText(head: readonly string[], rows: AsyncIterable<readonly StreamedCell[]>): AsyncGenerator<string> {
  let text = `${head.join(',')}\r\n`
  for await (const row of rows) {
    text += `${row.map(cellText).join(',')}\r\n`
    if (text.length < FLUSH_CHARS) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

/** Text that a spreadsheet would run is kept from it by an apostrophe; so is a plain cell that is no number. */
export function cellText(cell: StreamedCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return `${cell}`
  if (typeof cell === 'object') return cell.plain === null ? '' : quoted(harmlessCode(cell.plain))
  return quoted(harmless(cell))
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
