import { Amount } from '#app/components/amount.tsx'

type Part = { readonly currency: string; readonly amount: string; readonly occurrences: number }

/** One line a currency; a count of records, which has none, is no amount. */
export function AtStake({ amounts, isRedacted, signed = false }: { amounts: readonly Part[]; isRedacted: boolean; signed?: boolean }) {
  if (isRedacted) return <span className="text-ink-3" title="It covers entities outside your scope">outside your scope</span>
  const money = amounts.filter(({ currency, amount }) => currency !== '' && !/^-?[0.]+$/.test(amount))
  const counts = amounts.filter(({ currency, amount }) => currency === '' && signed && !/^-?[0.]+$/.test(amount))
  if (money.length === 0 && counts.length === 0) return <span className="text-ink-3">no amount</span>
  return (
    <span className="grid justify-items-end">
      {money.map(({ currency, amount }) => (
        <Amount key={currency} value={amount} currency={currency} withCurrency signed={signed} />
      ))}
      {counts.map(({ amount }) => (
        <span key={amount} className="tabular">{amount.startsWith('-') ? `(${amount.slice(1)})` : `+${amount}`} records or sums without currency</span>
      ))}
    </span>
  )
}
