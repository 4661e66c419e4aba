import { SEVERITIES, type Severity } from './severity.ts'

/** The columns of the sheet on which exceptions are worked outside: what is told, what may be written, and the seal of the row. */
export const TOLD_COLUMNS = ['exception', 'cause', 'job', 'entities', 'at_stake', 'business_days', 'state'] as const
export const WRITTEN_COLUMNS = ['assignee', 'severity', 'waive_until', 'note', 'reason'] as const
export const SEAL_COLUMN = 'seal'
/** Of the columns that are told: it says whose row it is. */
export const EXCEPTION_COLUMN = 'exception' satisfies (typeof TOLD_COLUMNS)[number]
export type WrittenColumn = (typeof WRITTEN_COLUMNS)[number]

/** What the row said when it left. */
export type Sealed = {
  readonly exceptionId: number
  readonly revision: number
  readonly assignee: string | null
  readonly severity: Severity
}

/** What somebody wrote into a row. Only what is another thing than when it left. */
export type Written = {
  readonly assignee?: string | null
  readonly severity?: Severity
  readonly waiveUntil?: string
  readonly note?: string | undefined
  readonly reason?: string
}

/** A row as it was brought: whose it is and what was written into it, or why it is refused. `row`: of the sheet, as a person counts them. */
export type SheetRow = {
  readonly row: number
  readonly sealed: Sealed | null
  readonly written: Written | string
}

export type SheetOutcome = 'done' | 'nothing' | 'refused'
/** What became of a row, or what would become of it. */
export type SheetResult = {
  readonly row: number
  readonly exceptionId: number | null
  readonly outcome: SheetOutcome
  readonly words: string
}

/** What a row asks for, or a text that says why it cannot be read. */
export function readWritten(sealed: Sealed, cells: Readonly<Record<WrittenColumn, string>>): Written | string {
  const severity = cells.severity.trim().toLowerCase()
  if (!isSeverity(severity)) return `${cells.severity || 'nothing'} is no severity: write ${SEVERITIES.join(', ')}`
  const assignee = cells.assignee.trim() || null
  const [waiveUntil, note, reason] = [dayOf(cells.waive_until), cells.note.trim(), cells.reason.trim()]
  if (waiveUntil === null) return `${cells.waive_until} is no date: write 2026-11-30`
  const asks: Written = {
    ...(assignee !== sealed.assignee && { assignee }),
    ...(severity !== sealed.severity && { severity }),
    ...(waiveUntil && { waiveUntil }),
    ...(note && { note }),
  }
  const needsReason = asks.severity !== undefined || asks.waiveUntil !== undefined
  if (needsReason && reason.length < 5) return 'a severity and a waiver need a reason of at least 5 characters'
  if (reason.length > REASON_CHARACTERS_MAX)
    return `a reason has at most ${REASON_CHARACTERS_MAX.toLocaleString('en')} characters`
  return needsReason ? { ...asks, reason } : asks
}

/** As in the forms. */
const REASON_CHARACTERS_MAX = 1_000

const isSeverity = (text: string): text is Severity => (SEVERITIES as readonly string[]).includes(text)

/** '' where nothing is written, null where it is no date. A spreadsheet may have added a time to it. */
function dayOf(text: string): string | null {
  const [, day] = /^(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$/.exec(text.trim()) ?? []
  return text.trim() === '' ? '' : (day ?? null)
}

export const SHEET_OUTCOMES = ['done', 'refused', 'nothing'] as const satisfies readonly SheetOutcome[]

export function countOutcomes(results: readonly SheetResult[]): Record<SheetOutcome, number> {
  const counts = { done: 0, refused: 0, nothing: 0 }
  for (const { outcome } of results) counts[outcome] += 1
  return counts
}
