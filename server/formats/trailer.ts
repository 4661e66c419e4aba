import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Claim, ObjectType } from '#server/domain/record.ts'
import { plainDecimal } from '#server/formats/decimal.ts'
import { quoted } from '#server/formats/words.ts'

const column = z.int().min(1).max(1_000)

/** A control trailer: the last row of a file, which states totals instead of holding a record. */
export const trailerSettings = z.strictObject({
  /** Text of the first cell by which the row is known. */
  match: z.string().min(1),
  /** In which column of that row, counted from 1, a total stands. */
  fields: z.strictObject({
    records: column.optional(),
    documents: column.optional(),
    debit: column.optional(),
    credit: column.optional(),
    net: column.optional(),
    currency: column.optional(),
  }),
  /** Where the row does not say it itself. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  decimal: z.enum(['.', ',']).default('.'),
})
export type TrailerSettings = z.output<typeof trailerSettings>

const MEASURES = ['records', 'documents', 'debit', 'credit', 'net'] as const

export const isTrailer = (settings: TrailerSettings, cells: readonly string[]): boolean => cells[0]?.trim() === settings.match

/** The claims of a trailer row. `place` is where it stands: "line 8,114". */
export function trailerClaims(
  settings: TrailerSettings,
  cells: readonly string[],
  { objectType, place }: { objectType: ObjectType; place: string },
): Claim[] {
  const { fields } = settings
  const cell = (name: keyof typeof fields) => (cells[(fields[name] ?? 0) - 1] ?? '').trim()
  const currency = (fields.currency ? cell('currency') : settings.currency) || null
  if (currency !== null && currency.length > 3) {
    throw new TechnicalError('file_malformed', `the control trailer on ${place} states ${quoted(currency)} as its currency`)
  }
  return MEASURES.filter((measure) => fields[measure] !== undefined).map((measure) => {
    const isCount = measure === 'records' || measure === 'documents'
    const value = isCount ? wholeCount(cell(measure)) : decimalAmount(cell(measure), settings.decimal)
    if (value === null) {
      const stated = `states ${quoted(cell(measure))} as its ${measure} (column ${fields[measure]})`
      throw new TechnicalError('file_malformed', `the control trailer on ${place} ${stated}`)
    }
    return { kind: 'total', measure, objectType, value, currency: isCount ? null : currency, statedAs: 'control trailer' }
  })
}

export const trailerMissing = (settings: TrailerSettings, records: string): TechnicalError =>
  new TechnicalError(
    'file_malformed',
    `the control trailer ${quoted(settings.match)} is missing after ${records}; was the file cut short?`,
  )

export const rowAfterTrailer = (place: string): TechnicalError =>
  new TechnicalError('file_malformed', `${place} stands after the control trailer, where the file should end`)

const wholeCount = (text: string): string | null => (/^\d{1,15}$/.test(text) ? text : null)

/** Fixed-width exports pad with zeros, set a sign behind and group digits; the claim is a plain decimal. */
function decimalAmount(text: string, decimal: '.' | ','): string | null {
  const groups = decimal === '.' ? /(?<=\d)[,\s'](?=\d{3}(?:\D|$))/g : /(?<=\d)[.\s'](?=\d{3}(?:\D|$))/g
  const plain = text.replace(groups, '').replace(/^(.*\d)([+-])$/, '$2$1')
  if (decimal === ',' && plain.includes('.')) return null
  return plainDecimal(plain.replace(',', decimal === ',' ? '.' : ','))
}
