import { decimalParts } from './decimal.ts'

export type FigureProps = {
  /** Decimal text, '-1234.50', or null for missing, which is not zero. */
  value: string | null
  /** A plus before what is positive: for differences. */
  signed?: boolean
  /** In a sentence: no space is kept for a bracket. */
  inline?: boolean
  /** The most fraction digits in this column, so that the points of JPY 5, EUR 5.00 and KWD 5.000 stand in one line. */
  alignTo?: number
}

/**
 * One figure, in the accounting form: (1,234.50) below zero with the bracket's place kept on the others, an en dash
 * for zero, n/a for missing. The ear hears a minus; copying gives the plain text (copy-plain.ts).
 */
export function Figure({ value, signed = false, inline = false, alignTo = 0 }: FigureProps) {
  if (value === null) return <Shown plain="" shown="n/a" after={inline ? '' : keptWidth('', alignTo, ')')} quiet />
  const parts = decimalParts(value)
  // Text that is no decimal is shown as it came: hiding or guessing would be worse.
  if (!parts) return <Shown plain={value} shown={value} after="" />
  if (parts.zero)
    return (
      <Shown
        plain={value}
        shown="–"
        spoken="zero"
        after={inline ? '' : parts.fraction + keptWidth(parts.fraction, alignTo, ')')}
        quiet
      />
    )
  const digits = parts.whole + parts.fraction
  if (parts.negative)
    return (
      <Shown
        plain={value}
        shown={`(${digits})`}
        spoken={`minus ${digits}`}
        after={inline ? '' : keptWidth(parts.fraction, alignTo, '')}
      />
    )
  return (
    <Shown plain={value} shown={signed ? `+${digits}` : digits} after={inline ? '' : keptWidth(parts.fraction, alignTo, ')')} />
  )
}

/** What stands unseen after a figure: the digits that others in the column have more, and the place of a bracket. */
function keptWidth(fraction: string, alignTo: number, bracket: string): string {
  const digits = Math.max(0, alignTo - Math.max(0, fraction.length - 1))
  return `${digits > 0 && fraction === '' ? '.' : ''}${'0'.repeat(digits)}${bracket}`
}

type ShownProps = { plain: string; shown: string; spoken?: string; after: string; quiet?: boolean }

function Shown({ plain, shown, spoken, after, quiet = false }: ShownProps) {
  return (
    <span className="amount" data-plain={plain} data-after={after || undefined} data-quiet={quiet || undefined}>
      {spoken ? (
        <>
          <span aria-hidden>{shown}</span>
          <span className="visually-hidden">{spoken}</span>
        </>
      ) : (
        shown
      )}
    </span>
  )
}
