import writeXlsxFile, { type SheetData } from 'write-excel-file/node'
import { readExceptionsForExport } from '#server/services/reads/exceptions-view.ts'
import { SHEET_ROWS_MAX } from '#server/services/work-sheet/read-sheet.ts'
import { SEAL_COLUMN, TOLD_COLUMNS, WRITTEN_COLUMNS } from '#server/domain/work-sheet.ts'
import { Refusal } from '#server/domain/errors.ts'
import { seal } from '#server/platform/seal.ts'
import { asDownload } from '../csv.ts'
import { readExceptionsView } from '../exceptions-search.ts'
import type { Given } from '../guarded.ts'
import { harmless } from '#server/platform/harmless.ts'

const WIDTHS = [10, 60, 26, 20, 30, 10, 16, 18, 12, 14, 40, 40, 24]

/** The exceptions of the view as a sheet to work on: what may be written stands apart, and each row is sealed as it leaves. */
export async function workSheet(given: Given): Promise<Response> {
  const { request } = readExceptionsView(given)
  const { db, now } = given.services.context
  const rows = await readExceptionsForExport(db, request, now())
  if (rows.length > SHEET_ROWS_MAX)
    throw new Refusal('input_invalid', `a sheet has at most ${SHEET_ROWS_MAX} rows: narrow the filters`)
  const text = (value: string | null) => (value ? { value: harmless(value), type: String } : null)
  const data: SheetData = [
    [...TOLD_COLUMNS, ...WRITTEN_COLUMNS, SEAL_COLUMN].map((head) => ({
      value: head,
      type: String,
      fontWeight: 'bold' as const,
      ...((WRITTEN_COLUMNS as readonly string[]).includes(head) && { backgroundColor: '#FFF4D6' }),
    })),
    ...rows.map((row) => [
      { value: row.exceptionId, type: Number },
      text(row.title),
      text(row.job),
      text(row.entities.join(' ')),
      // Currencies are not added, so it is text: one amount after the other.
      text(row.amounts.map(({ currency, amount }) => `${amount} ${currency}`.trim()).join('; ')),
      { value: row.age, type: Number },
      text(row.closedAt === null ? row.state : 'fixed'),
      text(row.assignee),
      text(row.severity),
      null,
      null,
      null,
      {
        value: seal(given.context.sessionSecret, [row.exceptionId, row.revision, row.assignee, row.severity]),
        type: String,
        textColor: '#999999',
      },
    ]),
  ]
  const bytes = await writeXlsxFile(data, {
    sheet: 'Exceptions',
    columns: WIDTHS.map((width) => ({ width })),
    stickyRowsCount: 1,
    orientation: 'landscape',
  }).toBuffer()
  return new Response(new Uint8Array(bytes), {
    headers: {
      'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'Content-Length': `${bytes.byteLength}`,
      ...asDownload(`exceptions to work on ${request.group}.xlsx`),
    },
  })
}
