import type { ReactNode } from 'react'
import { Amount } from '#app/components/amount.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { Delta } from '#app/ui/delta.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Figure } from '#app/ui/figure.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, EmptyRow, HeadCell, Table } from '#app/ui/table.tsx'
import { linesOf } from './published-table.tsx'
import { digitsOf, SliceCells, SliceGroups, type Slice } from './slice-groups.tsx'

const MEASURES = ['records', 'debit', 'credit', 'net'] as const
type Measure = (typeof MEASURES)[number]
type Figures = Readonly<Record<Measure, string>>
export type ChangedRow = Slice & { readonly before: Figures | null; readonly after: Figures | null; readonly difference: Figures }

type Props = {
  slices: readonly ChangedRow[]
  measure: Measure | null
  since: number
  publication: number
  names: Readonly<Record<string, string | null>>
  scope: Scope
  footer: ReactNode
}
const WORDS: Record<Measure, string> = { records: 'Lines', debit: 'Debit', credit: 'Credit', net: 'Net' }
const COLUMNS = { all: 8, one: 7 }

/** The totals that differ between two publications: every difference, or one measure before and after. */
export function ChangesTable({ slices, measure, since, publication, names, scope, footer }: Props) {
  const digits = digitsOf(slices.flatMap(({ before, after }) => [before?.debit, after?.debit]))
  const of = `publication ${publication} minus publication ${since}`
  const columns = measure ? COLUMNS.one : COLUMNS.all
  return (
    <Table
      caption={`${measure ? WORDS[measure] : 'Totals'}: ${of}`}
      captionShown={measure === null && slices.length > 0}
      footer={footer}
    >
      <thead>
        <tr>
          <HeadCell sticky>Period</HeadCell>
          <HeadCell>Version</HeadCell>
          <HeadCell>Kind</HeadCell>
          {measure ? (
            <>
              <HeadCell align="number">As of publication {since}</HeadCell>
              <HeadCell align="number">As of publication {publication}</HeadCell>
              <HeadCell align="number" title={of}>
                {publication} minus {since}
              </HeadCell>
            </>
          ) : (
            MEASURES.map((name) => (
              <HeadCell key={name} align="number" title={of}>
                {WORDS[name]}, {publication} − {since}
              </HeadCell>
            ))
          )}
          <HeadCell align="currency" hidden>
            Currency
          </HeadCell>
        </tr>
      </thead>
      {slices.length === 0 && (
        <tbody>
          <EmptyRow columns={columns}>
            <EmptyState
              title={since === publication ? 'Nothing to compare' : 'No total changed'}
              actions={
                since > 0 && (
                  <ButtonLink href={paths.totals({ ...scope, view: 'changes', since: 0 })}>
                    Compare with before the first publication
                  </ButtonLink>
                )
              }
            >
              {since === publication
                ? 'Both sides are the same publication.'
                : `What was published after publication ${since} left these totals as they were, to the last digit.`}
            </EmptyState>
          </EmptyRow>
        </tbody>
      )}
      <SliceGroups slices={slices} names={names} columns={columns}>
        {(slice) => (
          <>
            <SliceCells slice={slice} />
            {measure ? (
              <>
                <Cell align="number">
                  <Side slice={slice} value={slice.before?.[measure]} measure={measure} asOf={since} digits={digits} />
                </Cell>
                <Cell align="number">
                  <Side slice={slice} value={slice.after?.[measure]} measure={measure} asOf={publication} digits={digits} />
                </Cell>
                <Cell align="number">
                  <Delta value={slice.difference[measure]} of={of} alignTo={measure === 'records' ? 0 : digits} />
                </Cell>
              </>
            ) : (
              MEASURES.map((name) => (
                <Cell key={name} align="number">
                  <Link
                    href={paths.lines(linesOf(slice, { asOf: slice.after ? publication : since }))}
                    className="link-quiet"
                    title={slice.after ? undefined : `Gone since: opens the lines as of publication ${since}`}
                  >
                    <Delta value={slice.difference[name]} of={of} alignTo={name === 'records' ? 0 : digits} />
                  </Link>
                </Cell>
              ))
            )}
            <Cell align="currency">{measure === 'records' ? '' : slice.currency}</Cell>
          </>
        )}
      </SliceGroups>
    </Table>
  )
}

type SideProps = { slice: Slice; value: string | undefined; measure: Measure; asOf: number; digits: number }

/** One side of the comparison, opening its lines at its own as-of. */
function Side({ slice, value, measure, asOf, digits }: SideProps) {
  if (value === undefined) return <span className="text-ink-3">nothing published</span>
  return (
    <Link href={paths.lines(linesOf(slice, { asOf }))} className="link-quiet">
      {measure === 'records' ? <Figure value={value} /> : <Amount value={value} currency={slice.currency} alignTo={digits} />}
    </Link>
  )
}
