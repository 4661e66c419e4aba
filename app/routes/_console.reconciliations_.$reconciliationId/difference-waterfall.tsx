import { Amount, Count } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Cell, HeadCell, Table } from '#app/ui/table.tsx'
import { BUCKET_WORDS, BUCKETS } from '#server/domain/reconciliation/state.ts'
import { stepsOf, type Step } from './steps.ts'
import type { Screen } from './screen.ts'

/** What each difference is made of: one for each side and currency that has any. */
export function DifferenceWaterfalls({ screen }: { screen: Screen }) {
  const { buckets, definition } = screen
  const shown = [...new Map(buckets.map((sum) => [`${sum.side} ${sum.currency}`, sum])).values()]
  if (shown.length === 0) return null
  return (
    <Section title="What the difference is made of" note="Each part opens its lines. The parts sum to the difference exactly.">
      <div className="grid gap-4">
        {shown.map(({ side, currency }) => (
          <Waterfall
            key={`${side} ${currency}`}
            screen={screen}
            side={side}
            currency={currency}
            caption={`${definition.sides[side]!.name} minus ${definition.sides[0]!.name}, ${currency}`}
          />
        ))}
      </div>
    </Section>
  )
}

type WaterfallProps = { screen: Screen; side: number; currency: string; caption: string }

/** Table and picture are one, so that neither can say what the other does not. */
function Waterfall({ screen, side, currency, caption }: WaterfallProps) {
  const { buckets, reconciliation, scope } = screen
  const own = BUCKETS.map((bucket) => {
    const sums = buckets.filter((sum) => sum.side === side && sum.currency === currency && sum.bucket === bucket)
    return { bucket, amounts: sums.map(({ amount }) => amount), parts: sums.reduce((all, { parts }) => all + parts, 0) }
  }).filter(({ parts }) => parts > 0)
  const { steps, total } = stepsOf(own.map(({ amounts }) => amounts))
  return (
    <div className="waterfall">
      <Table caption={caption} captionShown>
        <thead>
          <tr>
            <HeadCell fit>Part</HeadCell>
            <HeadCell hidden>How far it moves the difference</HeadCell>
            <HeadCell align="number">Parts</HeadCell>
            <HeadCell align="number">Amount</HeadCell>
            <HeadCell align="currency" hidden>
              Currency
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {own.map(({ bucket, parts }, i) => (
            <tr key={bucket} data-level={2}>
              <Cell head fit>
                {BUCKET_WORDS[bucket]}
              </Cell>
              <td className="waterfall-plot">
                <Bar step={steps[i]!} part={bucket === 'unexplained' ? 'missing' : 'accepted'} />
              </td>
              <Cell align="number">
                <Link
                  href={paths.reconciliation(reconciliation.reconciliationId, { ...scope, bucket })}
                  className="link-quiet"
                  keepScroll
                >
                  <Count value={parts} />
                </Link>
              </Cell>
              <Cell align="number">
                <Amount value={steps[i]!.amount} currency={currency} />
              </Cell>
              <Cell align="currency">{currency}</Cell>
            </tr>
          ))}
          <tr data-level={1}>
            <Cell head fit>
              Difference
            </Cell>
            <td className="waterfall-plot">
              <Bar step={total} part="extracted" />
            </td>
            <Cell align="number">
              <Count value={own.reduce((all, { parts }) => all + parts, 0)} />
            </Cell>
            <Cell align="number">
              <Amount value={total.amount} currency={currency} />
            </Cell>
            <Cell align="currency">{currency}</Cell>
          </tr>
        </tbody>
      </Table>
    </div>
  )
}

/** So that the smallest part can still be seen. */
const SHORTEST_PERCENT = 0.4

function Bar({ step: { from, length, zero }, part }: { step: Step; part: string }) {
  const width = Math.max(length, SHORTEST_PERCENT)
  return (
    <svg aria-hidden focusable="false">
      <line x1={`${zero}%`} x2={`${zero}%`} y1={0} y2={27} />
      <rect data-part={part} x={`${Math.min(from, 100 - width)}%`} y={8} width={`${width}%`} height={12} rx={1} />
    </svg>
  )
}
