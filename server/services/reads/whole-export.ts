import { Refusal } from '#server/domain/errors.ts'

/** Rows of a list in one file, at most, and where members and rates are many. */
export const EXPORT_ROWS_MAX = 10_000
export const EXPORT_REFERENCE_ROWS_MAX = 50_000

/** All rows of a view, for a file. Throws Refusal (input_invalid) for more than `max`: a file that is cut reads as a whole one. */
export async function wholeExport<Row>(max: number, list: (limit: number) => Promise<Row[]>): Promise<Row[]> {
  const rows = await list(max + 1)
  if (rows.length <= max) return rows
  const most = max.toLocaleString('en')
  throw new Refusal('input_invalid', `this view has more than ${most} rows, and one file of it holds ${most}: narrow the filters`)
}
