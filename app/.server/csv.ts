import { createReadableStreamFromReadable } from '@remix-run/node'
import { Readable } from 'node:stream'

type Cell = string | number | null

/** A download of rows. Text that a spreadsheet would run as a formula is kept from it by an apostrophe. */
export function csvResponse(fileName: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Response {
  const text = `${[head, ...rows].map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`
  return new Response(text, { headers: { 'Content-Type': 'text/csv; charset=utf-8', ...asDownload(fileName) } })
}

/** A download of bytes as they are: never opened in the browser, whatever they hold. */
export function bytesResponse(fileName: string, bytes: AsyncIterable<Uint8Array>, byteCount: number): Response {
  return new Response(createReadableStreamFromReadable(Readable.from(bytes)), {
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': `${byteCount}`, ...asDownload(fileName) },
  })
}

export function asDownload(fileName: string): Record<string, string> {
  const plain = fileName.replace(/[^\w. -]/g, '_')
  return {
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    'Cache-Control': 'private, no-store',
  }
}

function cellText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return `${cell}`
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
