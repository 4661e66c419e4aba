/**
 * text: somebody's words, which a spreadsheet must not run. plain: codes, instants and dates of ours. count: whole numbers.
 * amount: decimal text, exact.
 */
export type ExportColumn = { readonly head: string; readonly kind: 'text' | 'plain' | 'count' | 'amount' }
export type ExportCell = string | number | null

/** A list as one sees it: the same filters in the same order, all pages of it; one too long is refused and never cut. */
export type Export = {
  /** 'Runs': the sheet, and the beginning of the name of the file. */
  readonly title: string
  /** 'newest first' */
  readonly order: string
  readonly columns: readonly ExportColumn[]
  readonly rows: AsyncIterable<readonly ExportCell[]> | Iterable<readonly ExportCell[]>
}

/** What a workbook says above its rows. */
export type Provenance = readonly (readonly [label: string, value: string])[]
