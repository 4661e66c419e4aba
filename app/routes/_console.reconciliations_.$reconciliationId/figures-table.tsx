import { Amount, Count } from '#app/components/amount.tsx'
import { Badge } from '#app/ui/badge.tsx'
import { Delta } from '#app/ui/delta.tsx'
import { Cell, HeadCell, Table } from '#app/ui/table.tsx'
import { subtractDecimals } from '#server/domain/money.ts'
import type { Screen } from './screen.ts'

/** What each side has, and what the others differ in from the first: one row an account group, currency and side. */
export function FiguresTable({ screen }: { screen: Screen }) {
  const { figures, definition, rests } = screen
  const groups = [...new Map(figures.map((figure) => [`${figure.account_group} ${figure.currency}`, figure])).values()]
  return (
    <Table caption="What each side has" scroll="own">
      <thead>
        <tr>
          <HeadCell>Account group</HeadCell>
          <HeadCell fit>Side</HeadCell>
          <HeadCell align="number">Lines</HeadCell>
          <HeadCell align="number">Keys</HeadCell>
          <HeadCell align="number">Amount</HeadCell>
          <HeadCell align="number">Difference to {definition.sides[0]!.name}</HeadCell>
          <HeadCell align="number">Unexplained</HeadCell>
          <HeadCell align="number">Tolerance</HeadCell>
          <HeadCell align="currency" hidden>
            Currency
          </HeadCell>
          <HeadCell fit>Verdict</HeadCell>
        </tr>
      </thead>
      <tbody>
        {groups.map(({ account_group, currency }) =>
          definition.sides.map(({ name }, side) => {
            const own = figures.find((f) => f.side === side && f.account_group === account_group && f.currency === currency)
            const first = figures.find((f) => f.side === 0 && f.account_group === account_group && f.currency === currency)
            const rest = rests.find((r) => r.side === side && r.accountGroup === account_group && r.currency === currency)
            const difference = side === 0 ? null : subtractDecimals(own?.amount ?? '0', first?.amount ?? '0')
            return (
              <tr key={`${account_group} ${currency} ${name}`}>
                <Cell head>{side === 0 ? account_group : <span className="visually-hidden">{account_group}</span>}</Cell>
                <Cell fit>{name}</Cell>
                <Cell align="number">
                  <Count value={own?.lines ?? 0} />
                </Cell>
                <Cell align="number">
                  <Count value={own?.keys ?? 0} />
                </Cell>
                <Cell align="number">
                  <Amount value={own?.amount ?? '0'} currency={currency} />
                </Cell>
                <Cell align="number">
                  {difference !== null && <Delta value={difference} of={`${name} minus ${definition.sides[0]!.name}`} />}
                </Cell>
                <Cell align="number">{side > 0 && <Amount value={rest?.unexplained ?? '0'} currency={currency} />}</Cell>
                <Cell align="number">{side > 0 && <Amount value={rest?.tolerance ?? '0'} currency={currency} />}</Cell>
                <Cell align="currency">{currency}</Cell>
                <Cell fit>{side > 0 && <Verdict difference={difference ?? '0'} rest={rest} />}</Cell>
              </tr>
            )
          }),
        )}
      </tbody>
    </Table>
  )
}

type VerdictProps = { difference: string; rest: Screen['rests'][number] | undefined }

function Verdict({ difference, rest }: VerdictProps) {
  if (!rest) return <Badge tone="fine">{/[1-9]/.test(difference) ? 'Explained' : 'Ties'}</Badge>
  if (rest.isAccepted) return <Badge tone="fine">{/[1-9]/.test(rest.unexplained) ? 'Within tolerance' : 'Explained'}</Badge>
  if (rest.isBounded) return <Badge tone="broken">Too many to list</Badge>
  return (
    <Badge tone="broken" title={rest.missing > 0 ? 'A tolerance never excuses a missing record' : undefined}>
      {rest.missing > 0 ? 'Records missing' : 'Unexplained'}
    </Badge>
  )
}
