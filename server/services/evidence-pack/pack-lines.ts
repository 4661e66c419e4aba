import type { Database } from '#db/client.ts'
import { KEY_SEPARATOR } from '#db/queries/comparison-sides.ts'
import { eachPackLine, type PackLine } from '#db/queries/pack-lines.ts'
import { XLSX_CELLS_MAX } from '#server/platform/xlsx-cell.ts'
import type { Pack } from './gather-pack.ts'

/** A line with the name of its side. */
export type SheetLine = { readonly side: string; readonly line: PackLine }

/** What was seen while lines went by. */
export type LinesSeen = { readonly rows: Record<string, number>; readonly sheet: SheetLine[] }

const FIXED = ['side', 'account_group', 'currency', 'amount'] as const
const MORE = [
  'line_id',
  'source_key',
  'account',
  'date',
  'reference',
  'status',
  'run',
  'publication',
  'artifact_sha256',
  'position',
] as const

/** Key fields stand under names of their own: a key of account and document is two columns. */
export const lineColumns = ({ known }: Pack): string[] => [
  ...FIXED,
  ...known.definition.key.map((field) => `key_${field}`),
  ...MORE,
]

export const cellsOf = ({ side, line }: SheetLine): string[] => [
  side,
  line.account_group,
  line.currency,
  line.amount,
  ...line.key.split(KEY_SEPARATOR),
  `${line.line_id}`,
  line.source_key,
  line.account,
  line.on ?? '',
  line.reference ?? '',
  line.status,
  `${line.run_id}`,
  `${line.publication}`,
  line.sha256,
  `${line.position}`,
]

/** As many as a workbook is put together of: it stands in memory. */
export const sheetLinesMax = (pack: Pack): number => Math.floor(XLSX_CELLS_MAX / lineColumns(pack).length)

/** Every line of every side as of the publication, as CSV, written as it is read. Notes what went by. */
export async function* linesCsv(db: Database, pack: Pack, seen: LinesSeen): AsyncGenerator<string> {
  const max = sheetLinesMax(pack)
  yield `${lineColumns(pack).join(',')}\r\n`
  for (const [side, { name }] of pack.known.definition.sides.entries()) {
    seen.rows[name] = 0
    const currencies = pack.figuresNow.filter((figure) => figure.side === side).map(({ currency }) => currency)
    for (const currency of new Set(currencies)) {
      for await (const page of eachPackLine(db, pack.compared, { side, currency, asOf: pack.body.asOfPublication })) {
        seen.rows[name] += page.length
        for (const line of page) if (seen.sheet.length < max) seen.sheet.push({ side: name, line })
        yield page.map((line) => `${cellsOf({ side: name, line }).map(csvCell).join(',')}\r\n`).join('')
      }
    }
  }
}

/**
 * A spreadsheet would run what begins like a formula, so an apostrophe stands before it; and before what begins with an apostrophe, so
 * that taking one off gives every text back as it was. Amounts are numbers and stay as they are.
 */
function csvCell(text: string, column: number): string {
  const safe = column !== FIXED.indexOf('amount') && /^['\s]*[=+\-@＝＋－＠\t\r']/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
