import { parse, stringify, YAMLParseError } from 'yaml'
import { Refusal, TechnicalError } from '#server/domain/errors.ts'
import { CHANGE_COLUMNS, CHANGES_MAX, changeFrom, type ChangeRow } from '#server/domain/mapping/change-list.ts'
import type { MappingEntry } from '#server/domain/mapping/code-mapping.ts'
import { CsvScanner } from '#server/formats/csv-scanner.ts'
import { csvSettings } from '#server/formats/csv.ts'
import { asItWas } from '#server/platform/harmless.ts'

/**
 * Proposed changes from a list: CSV with the columns of CHANGE_COLUMNS (a header may be left out), pasted cells separated by
 * tabs, or the YAML of an export. Throws Refusal (input_invalid).
 */
export function readChanges(text: string): ChangeRow[] {
  const rows = /^\s*(kind|system|entries)\s*:/m.test(text) ? rowsOfYaml(text) : rowsOfCsv(text)
  if (rows.length === 0) throw new Refusal('input_invalid', 'the list is empty')
  if (rows.length > CHANGES_MAX)
    throw new Refusal('input_invalid', `a list has at most ${CHANGES_MAX} rows; this one has ${rows.length}`)
  return rows.map(({ row, cells }) => ({ row, change: changeFrom(cells) }))
}

/** The entries of a mapping as YAML that readChanges takes. */
export const writeMappingYaml = (system: string, version: number, entries: readonly MappingEntry[]): string =>
  stringify(
    {
      kind: 'mapping',
      system,
      version,
      entries: entries.map((entry) => ({
        dimension: entry.dimension,
        source_code: entry.sourceCode,
        canonical_code: entry.canonicalCode,
        ...(entry.effectiveFrom && { effective_from: entry.effectiveFrom }),
        ...(entry.effectiveTo && { effective_to: entry.effectiveTo }),
      })),
    },
    { lineWidth: 120 },
  )

type Row = { readonly row: number; readonly cells: readonly string[] }

function rowsOfCsv(text: string): Row[] {
  const first = text.trimStart().split(/\r?\n/, 1)[0]!.toLowerCase()
  const hasHeader = first.includes('source_code')
  try {
    const scanner = new CsvScanner(csvSettings.parse(hasHeader ? {} : { header: columnsOf(first) }))
    scanner.push(text.trim(), true)
    const { columns, rows, positions } = scanner.take()
    const places = CHANGE_COLUMNS.map((column) => columns.findIndex((name) => name.trim().toLowerCase() === column))
    return rows.map((cells, i) => ({ row: positions[i]!, cells: places.map((at) => asItWas(cells[at] ?? '')) }))
  } catch (error) {
    if (error instanceof TechnicalError) throw new Refusal('input_invalid', error.detail)
    throw error
  }
}

/** Without a header the cells stand in the order of CHANGE_COLUMNS; trailing ones may be missing. */
const columnsOf = (first: string): string[] =>
  CHANGE_COLUMNS.slice(0, Math.min(CHANGE_COLUMNS.length, first.split(/[,;\t|]/).length))

function rowsOfYaml(text: string): Row[] {
  try {
    const value: unknown = parse(text, { maxAliasCount: 20 })
    const entries = typeof value === 'object' && value !== null && 'entries' in value ? value.entries : null
    if (!Array.isArray(entries)) throw new Refusal('input_invalid', 'the file has no list "entries"')
    return entries.map((entry: unknown, i) => ({ row: i + 1, cells: CHANGE_COLUMNS.map((column) => textOf(entry, column)) }))
  } catch (error) {
    if (error instanceof YAMLParseError) throw new Refusal('input_invalid', error.message.split('\n')[0])
    throw error
  }
}

function textOf(entry: unknown, column: string): string {
  const value = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>)[column] : undefined
  if (typeof value === 'string' || typeof value === 'number') return `${value}`
  return value instanceof Date ? value.toISOString().slice(0, 10) : ''
}
