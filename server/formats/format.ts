import type { Mark, ObjectType, Parsed } from '#server/domain/record.ts'
import type { z } from 'zod'

/** Bytes of one artifact, in order, in pieces of any size. */
export type ByteStream = AsyncIterable<Uint8Array>

export type FormatRequest<Settings> = {
  readonly bytes: ByteStream
  readonly settings: Settings
  /** What the job says the file holds. Formats that carry several kinds (SAF-T) say so themselves. */
  readonly objectType: ObjectType
}

/**
 * Turns the bytes of one artifact into records and claims, as a stream, in bounded memory.
 * Throws TechnicalError (file_empty, file_malformed, file_encoding_wrong, file_too_large,
 * file_columns_wrong, file_hostile) with the position in the detail, in words the sender of the file
 * understands ("line 8,114 has 3 columns, the header has 12"). Never drops a record silently.
 */
export interface Format<Settings> {
  readonly name: string
  readonly settings: z.ZodType<Settings>
  read(request: FormatRequest<Settings>): AsyncIterable<Parsed>
  /**
   * The source record at a position, for people: its own text as it stands in the artifact (at most
   * 20,000 characters) and its cells. Null when there is no record at that position. Of a mark at or before
   * the position a format that makes marks reads from there on, and of `bytes` no more than the head.
   */
  locate(request: LocateRequest<Settings>): Promise<LocatedRecord | null>
}

export type LocateRequest<Settings> = FormatRequest<Settings> & {
  readonly position: number
  /** A mark that the same reading made, and the bytes from there on. */
  readonly near?: { readonly mark: Mark; readonly bytes: ByteStream } | undefined
}

export type LocatedRecord = {
  readonly position: number
  /** Text of the source as received: the CSV line, the XML element, the JSON object, the cells of the row. */
  readonly text: string
  readonly cells: readonly { readonly column: string; readonly value: string }[]
}
