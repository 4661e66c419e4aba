import { z } from 'zod'
import type { ObjectType } from '#server/domain/record.ts'
import { Bai2Reader } from '#server/formats/bank/bai2-reader.ts'
import { locateLine, readLines } from '#server/formats/bank/line-reading.ts'
import type { OnRecord } from '#server/formats/bank/statement-writer.ts'
import type { Format } from '#server/formats/format.ts'

export const bai2Settings = z.strictObject({
  encoding: z.enum(['utf-8', 'windows-1252', 'iso-8859-1']).default('utf-8'),
  /** What the type codes of loans and those the bank defines for itself (700 to 999) mean. */
  types: z.record(z.string().regex(/^[789]\d\d$/), z.enum(['credit', 'debit'])).default({}),
})
export type Bai2Settings = z.output<typeof bai2Settings>

const readerOf = ({ types }: Bai2Settings, objectType: ObjectType, onRecord?: OnRecord) =>
  new Bai2Reader(objectType, types, onRecord)

/** BAI2 version 2, cash management reports. A position is the line on which a record 16 begins. */
export const bai2: Format<Bai2Settings> = {
  name: 'bai2',
  settings: bai2Settings,
  read: readLines(readerOf),
  locate: locateLine(readerOf),
}
