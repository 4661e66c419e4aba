import type { Row } from '../mapping/columns.ts'
import type { Line, Report } from '../line.ts'

/** A record rule compiled for one job: pure, told the date on which members must be valid. */
export type RecordRule = (line: Line, row: Row, on: string, report: Report) => void
