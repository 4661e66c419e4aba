import { groupedCount } from '#app/ui/decimal.ts'
import { Time } from '#app/ui/time.tsx'

export type FigureFooterProps = {
  /** Publication number; null before the first. */
  asOfPublication: number | null
  /** When these figures were computed, ISO. */
  computedAt: string
  rows: number
  /** What rows are, the plural first: 'lines', 'runs shown'. Of one row it is made one. */
  rowsAre?: string
  zone?: string
}

/** Under every figure: what it stands on. */
export function FigureFooter({ asOfPublication, computedAt, rows, rowsAre = 'rows', zone = 'UTC' }: FigureFooterProps) {
  return (
    <p className="figure-foot">
      <span>{asOfPublication === null ? 'Nothing published yet' : `As of publication ${groupedCount(asOfPublication)}`}</span>
      <span>
        Computed <Time at={computedAt} zone={zone} seconds showZone />
      </span>
      <span>
        {groupedCount(rows)} {rows === 1 ? singular(rowsAre) : rowsAre}
      </span>
    </p>
  )
}

const singular = (many: string): string =>
  many.replace(/^(\w+?)(ie)?s\b/, (_, stem: string, isY?: string) => (isY ? `${stem}y` : stem))
