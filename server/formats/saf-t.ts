import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Parsed } from '#server/domain/record.ts'
import type { Format, FormatRequest, LocatedRecord } from '#server/formats/format.ts'
import { COLUMNS, SECTION_OF } from '#server/formats/saf-t-layout.ts'
import { SafTReader } from '#server/formats/saf-t-reader.ts'
import { XmlExcerpt, XmlReader, xmlText } from '#server/formats/xml.ts'

export const safTSettings = z.strictObject({
  /** Which AnalysisType of the file means which dimension. */
  analysis: z
    .strictObject({ cost_centre: z.string().min(1).default('A'), project: z.string().min(1).default('P') })
    .prefault({})
    .refine(({ cost_centre, project }) => cost_centre !== project, 'one analysis type cannot be both dimensions'),
})
export type SafTSettings = z.output<typeof safTSettings>

/** SAF-T Financial. The file says itself what it holds, so the object type of the job is not looked at. */
export const safT: Format<SafTSettings> = { name: 'saf-t', settings: safTSettings, read, locate }

async function* read({ bytes, settings }: FormatRequest<SafTSettings>): AsyncGenerator<Parsed> {
  const reader: SafTReader = new SafTReader({ analysis: settings.analysis, lineNow: () => xml.line })
  const xml: XmlReader = new XmlReader(reader)
  for await (const text of xmlText(bytes, () => xml.line)) {
    xml.write(text)
    yield* reader.take(false)
  }
  if (xml.isBlank) throw new TechnicalError('file_empty', 'there is no text in it')
  xml.end()
  yield* reader.take(true)
}

async function locate({
  bytes,
  settings,
  objectType,
  position,
}: FormatRequest<SafTSettings> & { readonly position: number }): Promise<LocatedRecord | null> {
  const excerpt = new XmlExcerpt()
  let located: LocatedRecord | null = null
  const reader: SafTReader = new SafTReader({
    analysis: settings.analysis,
    lineNow: () => xml.line,
    onOpen(section) {
      if (!located && section === SECTION_OF[objectType]) excerpt.open(xml.position)
    },
    onRecord(type, found, values) {
      if (type !== objectType || found !== position) return
      const cells = COLUMNS[type].map((column, index) => ({ column, value: values[index] ?? '' }))
      located = { position, text: excerpt.close(xml.position), cells }
    },
  })
  const xml: XmlReader = new XmlReader(reader)
  for await (const text of xmlText(bytes, () => xml.line)) {
    excerpt.append(text)
    xml.write(text)
    excerpt.trim()
    reader.take(false)
    if (located) return located
  }
  return null
}
