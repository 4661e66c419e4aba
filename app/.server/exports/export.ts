import { formatInstant } from '#app/ui/time.tsx'
import { Refusal } from '#server/domain/errors.ts'
import { viewQuery } from '#server/domain/saved-view.ts'
import { csvStream, type StreamedCell } from '../csv-stream.ts'
import type { Given } from '../guarded.ts'
import type { Export, ExportCell, ExportColumn, Provenance } from './shape.ts'
import { XLSX_CELLS_MAX } from '#server/platform/xlsx-cell.ts'
import { xlsxAnswer } from './xlsx.ts'

export type { Export, ExportCell, ExportColumn }

export const columns = (kind: ExportColumn['kind'], ...heads: readonly string[]): ExportColumn[] =>
  heads.map((head) => ({ head, kind }))

export function csvAnswer(given: Given, { title, columns: shown, rows }: Export): Response {
  const cells = async function* (): AsyncGenerator<StreamedCell[]> {
    for await (const row of rows) yield row.map((cell, index) => streamed(cell, shown[index]!.kind))
  }
  return csvStream(
    `${fileName(given, title)}.csv`,
    shown.map(({ head }) => head),
    cells(),
  )
}

const streamed = (cell: ExportCell, kind: ExportColumn['kind']): StreamedCell =>
  typeof cell === 'string' && kind !== 'text' ? { plain: cell } : cell

/** A workbook is put together in memory, so it has a bound; a CSV is written as it is read and has none of ours. */
export async function xlsxAnswerOf(given: Given, asked: Export): Promise<Response> {
  const rows: (readonly ExportCell[])[] = []
  const rowsMax = Math.floor(XLSX_CELLS_MAX / asked.columns.length)
  for await (const row of asked.rows) {
    if (rows.length === rowsMax)
      throw new Refusal(
        'input_invalid',
        `an Excel file of this list holds ${rowsMax.toLocaleString('en')} rows: narrow the filters, or take the CSV`,
      )
    rows.push(row)
  }
  return xlsxAnswer(`${fileName(given, asked.title)}.xlsx`, {
    ...asked,
    rows,
    provenance: provenanceOf(given, asked, rows.length),
  })
}

function provenanceOf({ personName, actor, services, url, scope }: Given, { order }: Export, rows: number): Provenance {
  const filters = [...new URLSearchParams(viewQuery(url.search))].map(([name, value]) => `${name} = ${value}`)
  return [
    ['Exported by', `${personName} (${actor.name})`],
    ['On', `${formatInstant(services.context.now().toISOString(), 'UTC', true)} UTC`],
    ['As of publication', `${scope.publication}${scope.isPast ? ` (the newest is ${scope.newestPublication})` : ''}`],
    ['Filters', filters.length === 0 ? 'none' : filters.join('; ')],
    ['Order', order],
    ['Rows', rows.toLocaleString('en')],
    ['Entities', actor.entityScope.includes('*') ? 'all' : actor.entityScope.join(', ')],
  ]
}

const FILTER_CHARS_MAX = 80

/** 'runs status-held as-of-8 2026-11-21T1133Z fiona': who, when, what of. */
export function fileName({ actor, services, url, scope }: Given, title: string): string {
  const filters = [...new URLSearchParams(viewQuery(url.search))].map(([name, value]) => `${name}-${value}`).join('_')
  const at = services.context.now().toISOString().slice(0, 16).replace(':', '')
  return [title.toLowerCase(), filters.slice(0, FILTER_CHARS_MAX), `as-of-${scope.publication}`, `${at}Z`, actor.name]
    .filter(Boolean)
    .map((part) => part.replace(/[^\w.-]+/g, '-'))
    .join('_')
}
