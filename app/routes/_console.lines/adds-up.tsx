import { CircleCheck, CircleX } from 'lucide-react'
import { Amount, Count } from '#app/components/amount.tsx'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, HeadCell, Row, Table } from '#app/ui/table.tsx'
import type { ObjectType } from '#server/domain/record.ts'

type Sum = { readonly count: number; readonly debit: string; readonly credit: string; readonly net: string }
type Total = {
  readonly objectType: ObjectType
  readonly currency: string
  readonly stated: Sum | null
  readonly found: Sum | null
  readonly ties: boolean | null
}

type Props = { totals: readonly Total[]; isAddedUp: boolean; addUpHref: string; publication: number }

/** The total the list must add up to, one line a currency and kind, and whether its rows do. */
export function AddsUp({ totals, isAddedUp, addUpHref, publication }: Props) {
  const digits = Math.max(0, ...totals.map(({ stated, found }) => fractionOf((found ?? stated)!.debit)))
  return (
    <div className="border-y border-hairline bg-canvas">
      <Table caption="What the lines add up to">
        <thead>
          <tr>
            <HeadCell>All lines of this view</HeadCell>
            <HeadCell align="number">Lines</HeadCell>
            <HeadCell align="number">Debit</HeadCell>
            <HeadCell align="number">Credit</HeadCell>
            <HeadCell align="number" title="Debit minus credit">
              Net
            </HeadCell>
            <HeadCell align="currency" hidden>
              Currency
            </HeadCell>
            <HeadCell>Check</HeadCell>
          </tr>
        </thead>
        <tbody>
          {totals.map(({ objectType, currency, stated, found, ties }) => {
            const sum = (found ?? stated)!
            return (
              <Row key={`${objectType} ${currency}`}>
                <Cell head>{OBJECT_WORDS[objectType][1]}</Cell>
                <Cell align="number">
                  <Count value={sum.count} />
                </Cell>
                <Cell align="number">
                  <Amount value={sum.debit} currency={currency} alignTo={digits} />
                </Cell>
                <Cell align="number">
                  <Amount value={sum.credit} currency={currency} alignTo={digits} />
                </Cell>
                <Cell align="number">
                  <Amount value={sum.net} currency={currency} alignTo={digits} />
                </Cell>
                <Cell align="currency">{currency}</Cell>
                <Cell>
                  <Check
                    ties={ties}
                    stated={stated}
                    found={found}
                    currency={currency}
                    isAddedUp={isAddedUp}
                    addUpHref={addUpHref}
                    publication={publication}
                  />
                </Cell>
              </Row>
            )
          })}
        </tbody>
      </Table>
    </div>
  )
}

type CheckProps = { ties: boolean | null; stated: Sum | null; found: Sum | null; currency: string } & Omit<Props, 'totals'>

function Check({ ties, stated, found, currency, isAddedUp, addUpHref, publication }: CheckProps) {
  if (ties === true) {
    return (
      <span className="inline-flex items-center gap-1.5 text-ink-2">
        <CircleCheck className="icon" aria-hidden />
        The rows add up to the total of publication {publication}
      </span>
    )
  }
  if (ties === false) {
    return (
      <span className="inline-flex items-center gap-1.5 font-strong text-broken">
        <CircleX className="icon" aria-hidden />
        <span>
          The published total says {stated?.count ?? 0} lines, net{' '}
          <Amount value={stated?.net ?? '0'} currency={currency} inline />; the rows have {found?.count ?? 0}, net{' '}
          <Amount value={found?.net ?? '0'} currency={currency} inline />. Tell IT to run Verify.
        </span>
      </span>
    )
  }
  if (!isAddedUp) {
    return (
      <span className="text-ink-2">
        The published total.{' '}
        <Link href={addUpHref} className="link">
          Add up the rows
        </Link>
      </span>
    )
  }
  return <span className="text-ink-3">The sum of these rows, a part of the published totals</span>
}

const fractionOf = (amount: string) => (amount.includes('.') ? amount.length - amount.indexOf('.') - 1 : 0)
