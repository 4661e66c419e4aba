import { CircleCheck, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import { groupedCount, groupedDecimal } from '#app/ui/decimal.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, HeadCell, Table } from '#app/ui/table.tsx'
import { Amount, Count } from './amount.tsx'
import { waterfallOf, type Conservation, type WaterfallPart, type WaterfallRow } from './conservation.ts'

export type ConservationWaterfallProps = {
  /** What the amounts are: Debit, Net amount. */
  measure: string
  given: Conservation
  currency: string
  /** The rows behind a figure: every number opens its list. */
  hrefs?: Partial<Record<WaterfallPart, string>>
  /** What it is about, for the ear and above the table: 'DE01 2026-11 EUR'. */
  caption: ReactNode
  footer?: ReactNode
}

const LABEL: Record<WaterfallPart, string> = {
  extracted: 'Extracted',
  corrected: 'Corrected',
  accepted: 'Accepted',
  new: 'New',
  changed: 'Changed',
  unchanged: 'Unchanged',
  duplicate: 'Duplicate',
  rejected: 'Rejected',
  missing: 'Not accounted for',
}
const INDENTED: readonly WaterfallPart[] = ['new', 'changed', 'unchanged', 'duplicate']

/** What became of every record extracted. Table and picture are one, so that neither can say what the other does not. */
export function ConservationWaterfall({ given, currency, measure, hrefs = {}, caption, footer }: ConservationWaterfallProps) {
  const { rows, holds, missing } = waterfallOf(given)
  const whole = Math.max(1, ...rows.map(({ from, length }) => from + length))
  return (
    <div className="waterfall">
      <Table caption={caption} captionShown>
        <thead>
          <tr>
            <HeadCell fit>What became of the records</HeadCell>
            <HeadCell hidden>Share of the records extracted</HeadCell>
            <HeadCell align="number">Records</HeadCell>
            <HeadCell align="number">{measure}</HeadCell>
            <HeadCell align="currency" hidden>
              Currency
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={row.part}
              data-level={INDENTED.includes(row.part) ? 2 : 1}
              data-quiet={row.count === 0 && row.part !== 'missing' && row.part !== 'corrected'}
            >
              <Cell head fit>
                {LABEL[row.part]}
              </Cell>
              <td className="waterfall-plot">
                <Bar row={row} next={rows[index + 1]} whole={whole} />
              </td>
              <Cell align="number">
                <Opens href={row.count === 0 && row.part !== 'corrected' ? undefined : hrefs[row.part]}>
                  <Count value={row.count} />
                </Opens>
              </Cell>
              <Cell align="number">
                <Amount value={row.amount} currency={currency} />
              </Cell>
              <Cell align="currency">{currency}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
      <p className="waterfall-verdict" data-holds={holds}>
        {holds ? <CircleCheck className="icon text-ink-3" aria-hidden /> : <CircleX className="icon" aria-hidden />}
        {holds && missing.amount === null
          ? 'Every record is accounted for. The money cannot be proved, because some amounts could not be read.'
          : holds
            ? `Every record is accounted for: extracted${given.corrected ? ' + corrected' : ''} = new + changed + unchanged + duplicate + rejected.`
            : `The equation does not hold: ${groupedCount(missing.count)} records and ${
                missing.amount === null ? 'an unknown amount' : `${currency} ${groupedDecimal(missing.amount)}`
              } are not accounted for (extracted${given.corrected ? ' and corrected' : ''} minus all the others).`}
      </p>
      {footer && <div className="pt-1">{footer}</div>}
    </div>
  )
}

const WHOLE_PERCENT = 100
/** So that one record among a million can still be seen. */
const SHORTEST_PERCENT = 0.4

/** Percentages instead of a viewBox: the bars stretch with the column, the hairlines stay one pixel wide. */
function Bar({ row, next, whole }: { row: WaterfallRow; next: WaterfallRow | undefined; whole: number }) {
  const percent = (records: number) => (records / whole) * WHOLE_PERCENT
  const width = row.length === 0 ? 0 : Math.max(percent(row.length), SHORTEST_PERCENT)
  const x = Math.min(percent(row.from), WHOLE_PERCENT - width)
  // Down to the next bar: accepted hands over where its first part begins, each part where it ends.
  const seam = row.part === 'extracted' || !next ? null : percent(row.part === 'accepted' ? 0 : row.from + row.length)
  return (
    <svg aria-hidden focusable="false">
      {seam !== null && <line x1={`${seam}%`} x2={`${seam}%`} y1={row.part === 'accepted' ? 20 : 7} y2={27} />}
      {row.from > 0 && <line x1={`${percent(row.from)}%`} x2={`${percent(row.from)}%`} y1={0} y2={20} />}
      <rect data-part={row.part} x={`${x}%`} y={8} width={`${width}%`} height={12} rx={1} />
    </svg>
  )
}

function Opens({ href, children }: { href: string | undefined; children: ReactNode }) {
  return href ? (
    <Link href={href} className="link-quiet">
      {children}
    </Link>
  ) : (
    children
  )
}
