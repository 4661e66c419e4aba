import { z } from 'zod'
import { locateLine, readLines } from '#server/formats/bank/line-reading.ts'
import { Mt940Reader } from '#server/formats/bank/mt940-reader.ts'
import type { OnRecord } from '#server/formats/bank/statement-writer.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { Format } from '#server/formats/format.ts'

export const mt940Settings = z.strictObject({
  encoding: z.enum(['utf-8', 'windows-1252', 'iso-8859-1']).default('utf-8'),
})
export type Mt940Settings = z.output<typeof mt940Settings>

const readerOf = (_: Mt940Settings, objectType: ObjectType, onRecord?: OnRecord) => new Mt940Reader(objectType, onRecord)

/** SWIFT MT940, customer statements. A position is the line on which :61: begins. */
export const mt940: Format<Mt940Settings> = {
  name: 'mt940',
  settings: mt940Settings,
  read: readLines(readerOf),
  locate: locateLine(readerOf),
}
