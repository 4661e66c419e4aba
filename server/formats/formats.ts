import { bai2 } from '#server/formats/bai2.ts'
import { camt053 } from '#server/formats/camt053.ts'
import { csv } from '#server/formats/csv.ts'
import { ecbRates } from '#server/formats/ecb-rates.ts'
import type { Format } from '#server/formats/format.ts'
import { json } from '#server/formats/json.ts'
import { mt940 } from '#server/formats/mt940.ts'
import { safT } from '#server/formats/saf-t.ts'
import { xlsx } from '#server/formats/xlsx.ts'

export const FORMAT_NAMES = ['csv', 'xlsx', 'saf-t', 'json', 'camt053', 'mt940', 'bai2', 'ecb-rates'] as const
export type FormatName = (typeof FORMAT_NAMES)[number]

/** Every file format, each taking the settings a job gives it and checking them itself. */
export const formats: Readonly<Record<FormatName, Format<unknown>>> = {
  csv: checked(csv),
  xlsx: checked(xlsx),
  'saf-t': checked(safT),
  json: checked(json),
  camt053: checked(camt053),
  mt940: checked(mt940),
  bai2: checked(bai2),
  'ecb-rates': checked(ecbRates),
}

/** Null when there is no such format. */
export function findFormat(name: string): Format<unknown> | null {
  const known = FORMAT_NAMES.find((format) => format === name)
  return known ? formats[known] : null
}

/** A format whose settings the compiler does not know parses them before it uses them. */
function checked<Settings>(format: Format<Settings>): Format<unknown> {
  const parsed = (settings: unknown): Settings => format.settings.parse(settings)
  return {
    name: format.name,
    settings: format.settings,
    read: (request) => format.read({ ...request, settings: parsed(request.settings) }),
    locate: (request) => format.locate({ ...request, settings: parsed(request.settings) }),
  }
}
