import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Parsed } from '#server/domain/record.ts'
import { CamtReader } from '#server/formats/bank/camt-reader.ts'
import { locatedOf } from '#server/formats/bank/line-reading.ts'
import type { Format, FormatRequest, LocatedRecord, LocateRequest } from '#server/formats/format.ts'
import { XmlExcerpt, XmlReader, xmlText } from '#server/formats/xml.ts'

export const camt053Settings = z.strictObject({})
export type Camt053Settings = z.output<typeof camt053Settings>

/** ISO 20022 camt.053, bank to customer statements, versions 2 to 13. A position is the ordinal of a record. */
export const camt053: Format<Camt053Settings> = { name: 'camt053', settings: camt053Settings, read, locate }

async function* read({ bytes, objectType }: FormatRequest<Camt053Settings>): AsyncGenerator<Parsed> {
  const reader: CamtReader = new CamtReader(objectType, () => xml.line)
  const xml: XmlReader = new XmlReader(reader.fields)
  for await (const text of xmlText(bytes, () => xml.line)) {
    xml.write(text)
    yield* reader.writer.take(false)
  }
  if (xml.isBlank) throw new TechnicalError('file_empty', 'there is no text in it')
  xml.end()
  reader.end()
  yield* reader.writer.take(true)
}

async function locate({ bytes, objectType, position }: LocateRequest<Camt053Settings>): Promise<LocatedRecord | null> {
  const excerpt = new XmlExcerpt()
  let located: LocatedRecord | null = null
  let entry = ''
  const reader: CamtReader = new CamtReader(objectType, () => xml.line, {
    record(at, cells) {
      if (at === position) located = locatedOf(position, entry, cells)
    },
    entryOpened: () => excerpt.open(xml.position),
    entryClosed: () => {
      entry = excerpt.close(xml.position)
    },
  })
  const xml: XmlReader = new XmlReader(reader.fields)
  for await (const text of xmlText(bytes, () => xml.line)) {
    excerpt.append(text)
    xml.write(text)
    excerpt.trim()
    reader.writer.take(false)
    if (located) return located
  }
  return null
}
