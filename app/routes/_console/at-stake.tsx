import { Amount } from '#app/components/amount.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Delta } from '#app/ui/delta.tsx'

type Part = { readonly currency: string; readonly amount: string; readonly occurrences: number }
type Props = {
  amounts: readonly Part[]
  isRedacted: boolean
  /** Of a control: the difference keeps its sign. What was measured says what it is where it is no money. */
  control?: { readonly measure: string | undefined } | null
}

/** One line a currency. */
export function AtStake({ amounts, isRedacted, control = null }: Props) {
  if (isRedacted)
    return (
      <span className="text-ink-3" title="It covers entities outside your scope">
        outside your scope
      </span>
    )
  const parts = amounts.filter(({ currency, amount }) => (currency !== '' || control) && !/^-?[0.]+$/.test(amount))
  if (parts.length === 0) return <span className="text-ink-3">no amount</span>
  return (
    <span className="grid justify-items-end">
      {parts.map(({ currency, amount }) =>
        currency === '' ? (
          <span key={currency}>
            <Delta value={amount} of="stated minus found" inline /> {unitOf(control?.measure, amount)}
          </span>
        ) : (
          <Amount key={currency} value={amount} currency={currency} withCurrency signed={control !== null} />
        ),
      )}
    </span>
  )
}

/** A sum stated without a currency runs over all of them: a hash total. */
function unitOf(measure: string | undefined, amount: string): string {
  if (measure !== 'records' && measure !== 'documents') return 'in a hash total'
  const size = Number.parseInt(amount.replace('-', ''), 10)
  return counted(size, measure.slice(0, -1)).replace(/^\S+ /, '')
}
