import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Mark, Parsed } from '#server/domain/record.ts'
import { pieces } from '#server/formats/bytes.ts'
import { CsvScanner } from '#server/formats/csv-scanner.ts'
import { byteLengthIn, textDecoding } from '#server/formats/decode.ts'
import type { ByteStream, Format, FormatRequest, LocateRequest } from '#server/formats/format.ts'
import { trailerClaims, trailerMissing, trailerSettings } from '#server/formats/trailer.ts'
import { atLine, counted, LONGEST_SHOWN } from '#server/formats/words.ts'

const columnNames = z
  .array(z.string().trim().min(1))
  .min(1)
  .refine((names) => new Set(names).size === names.length, 'two columns have the same name')

export const csvSettings = z.strictObject({
  delimiter: z.enum(['auto', ',', ';', '\t', '|']).default('auto'),
  encoding: z.enum(['utf-8', 'windows-1252', 'iso-8859-1', 'utf-16le']).default('utf-8'),
  /** '' for files that never quote and use the character as text (a 24" screen). */
  quote: z.enum(['"', "'", '']).default('"'),
  /** true: the first row names the columns. A list: there is no such row, these are the columns. */
  header: z.union([z.literal(true), columnNames]).default(true),
  /** Lines before the header, whatever they hold. */
  skipLines: z.int().min(0).max(1_000).default(0),
  trailer: trailerSettings.optional(),
})
export type CsvSettings = z.output<typeof csvSettings>

/** Small, so that a batch dies young: at 5,000 rows the collector copied it, and a load took a fifth longer. */
const BATCH_ROWS = 1_000

export const csv: Format<CsvSettings> = { name: 'csv', settings: csvSettings, read, locate }

async function* read({ bytes, settings, objectType }: FormatRequest<CsvSettings>): AsyncGenerator<Parsed> {
  const scanner = new CsvScanner(settings)
  // A piece is bounded, so a batch is too: at most BATCH_ROWS rows and what one piece added.
  for await (const { isLast, next } of scanned(bytes, settings, scanner)) {
    // A header alone is handed on too: cut short in the middle of its names it is no empty delivery but a wrong file.
    const isDue = isLast ? scanner.rows.length > 0 || scanner.recordCount === 0 : scanner.rows.length >= BATCH_ROWS
    if (isDue) yield { kind: 'records', objectType, ...scanner.take(), next }
  }
  const { trailer } = settings
  if (!trailer) return
  if (!scanner.trailerRow) throw trailerMissing(trailer, counted(scanner.recordCount, 'record'))
  const { cells, line } = scanner.trailerRow
  yield { kind: 'claims', claims: trailerClaims(trailer, cells, { objectType, place: atLine(line) }) }
}

async function locate({ bytes, settings, position, near }: LocateRequest<CsvSettings>) {
  const after = near && { head: await readHead(bytes, settings), line: near.mark.position }
  const scanner = new CsvScanner(settings, position, after)
  for await (const _ of scanned(near?.bytes ?? bytes, settings, scanner, near?.mark.byteOffset)) {
    scanner.take()
    if (scanner.located || scanner.line > position) break
  }
  if (!scanner.located) return null
  const { text, cells } = scanner.located
  return {
    position,
    text: text.slice(0, LONGEST_SHOWN),
    cells: cells.map((value, index) => ({ column: scanner.columns[index] ?? `column ${index + 1}`, value })),
  }
}

/** Columns and delimiter: what a mark does not tell. */
async function readHead(bytes: ByteStream, settings: CsvSettings): Promise<CsvScanner> {
  const head = new CsvScanner(settings)
  for await (const _ of scanned(bytes, settings, head)) if (head.canHandOver) break
  return head
}

type Progress = { readonly isLast: boolean; readonly next?: Mark | undefined }

/** Feeds the scanner; yields after every piece, and after the last. `from`: how many bytes were left out before. */
async function* scanned(bytes: ByteStream, settings: CsvSettings, scanner: CsvScanner, from = 0): AsyncGenerator<Progress> {
  const { encoding } = settings
  const decoding = textDecoding(encoding, (text) => scanner.lineAfter(text), from)
  for await (const piece of pieces(bytes)) {
    scanner.push(decoding.write(piece), false)
    const byteOffset = decoding.bytesRead() - byteLengthIn(encoding, scanner.unread)
    yield { isLast: false, next: scanner.canHandOver ? { position: scanner.line, byteOffset } : undefined }
  }
  scanner.push(decoding.end(), true)
  if (!scanner.sawText) throw new TechnicalError('file_empty', 'there is no text in it')
  if (!scanner.isComplete) {
    throw new TechnicalError('file_malformed', `the file ends on ${atLine(scanner.line)}, before the header`)
  }
  yield { isLast: true }
}
