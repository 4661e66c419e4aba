import { TechnicalError } from '#server/domain/errors.ts'
import type { ObjectType, Parsed } from '#server/domain/record.ts'
import { ENTRY_COLUMNS, type OnRecord, type StatementWriter } from '#server/formats/bank/statement-writer.ts'
import { textLines, type TextLine } from '#server/formats/bank/text-lines.ts'
import type { TextEncoding } from '#server/formats/decode.ts'
import type { FormatRequest, LocatedRecord, LocateRequest } from '#server/formats/format.ts'
import { LONGEST_SHOWN } from '#server/formats/words.ts'

/** Reads a bank file line by line. */
export type LineReader = {
  readonly writer: StatementWriter
  /** Of the entry that is being handed on, as it stands in the file. */
  readonly entryText: string
  line(line: TextLine): void
  end(): void
}
type MakeReader<Settings> = (settings: Settings, objectType: ObjectType, onRecord?: OnRecord) => LineReader
type Encoded = { readonly encoding: TextEncoding }

export const readLines = <Settings extends Encoded>(make: MakeReader<Settings>) =>
  async function* read({ bytes, settings, objectType }: FormatRequest<Settings>): AsyncGenerator<Parsed> {
    const reader = make(settings, objectType)
    for await (const lines of textLines(bytes, settings.encoding)) {
      for (const line of lines) reader.line(line)
      yield* reader.writer.take(false)
    }
    reader.end()
    yield* reader.writer.take(true)
  }

export const locateLine = <Settings extends Encoded>(make: MakeReader<Settings>) =>
  async function locate({ bytes, settings, objectType, position }: LocateRequest<Settings>): Promise<LocatedRecord | null> {
    let located: LocatedRecord | null = null
    const reader = make(settings, objectType, (at, cells) => {
      if (at === position) located = locatedOf(at, reader.entryText, cells)
    })
    try {
      for await (const lines of textLines(bytes, settings.encoding)) {
        for (const line of lines) {
          reader.line(line)
          if (located) return located
        }
        reader.writer.take(false)
      }
      reader.end()
    } catch (error) {
      // What is wrong behind the record was told when the file was read.
      if (!(error instanceof TechnicalError)) throw error
    }
    return located
  }

export const locatedOf = (position: number, text: string, cells: readonly string[]): LocatedRecord => ({
  position,
  text: text.slice(0, LONGEST_SHOWN),
  cells: ENTRY_COLUMNS.map((column, i) => ({ column, value: cells[i] ?? '' })),
})
