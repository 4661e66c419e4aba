import type { Command } from 'commander'
import type { RunReport } from '#server/services/reads/run-report.ts'
import { EXIT } from './exit.ts'

export type Output = { readonly json: boolean; readonly as: string | undefined }

export const outputOf = (command: Command): Output => {
  const options = command.optsWithGlobals<{ json?: boolean; as?: string }>()
  return { json: options.json ?? false, as: options.as }
}

export const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
export const printLine = (text: string): void => void process.stdout.write(`${text}\n`)
/** Beside the result, for people who wait; never in the way of a pipe. */
export const note = (text: string): void => void process.stderr.write(`${text}\n`)

/** A table for a terminal; columns named in `right` are set flush right. */
export function printTable<Row extends object>(
  rows: readonly Row[],
  columns: readonly (keyof Row & string)[],
  right: readonly string[] = [],
): void {
  const text = (row: Row, column: keyof Row) => String(row[column] ?? '')
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => text(row, column).length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (right.includes(columns[i]!) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  printLine(line(columns))
  for (const row of rows) printLine(line(columns.map((column) => text(row, column))))
}

/** Prints a run and returns the exit code that says how it ended. */
export function printRun(report: RunReport, { json }: Output): number {
  if (json) printJson(report)
  else {
    printLine(
      `Run ${report.runId} (${report.job}): ${report.outcome}${report.publication ? `, publication ${report.publication}` : ''}${report.isPreview ? ' (preview)' : ''}`,
    )
    printLine(report.sentence)
    if (report.totals.length > 0) {
      printLine('')
      printTable(
        report.totals,
        ['checkpoint', 'objectType', 'entity', 'period', 'version', 'currency', 'count', 'debit', 'credit', 'net'],
        ['count', 'debit', 'credit', 'net'],
      )
    }
    if (report.exceptions.length > 0) {
      printLine('')
      printTable(report.exceptions, ['class', 'code', 'occurrences', 'amount', 'currency', 'detail'], ['occurrences', 'amount'])
    }
  }
  return report.outcome === 'succeeded' ? EXIT.succeeded : report.outcome === 'held' ? EXIT.held : EXIT.failed
}
