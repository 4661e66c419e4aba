import { Amount } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import type { Certainty } from '#server/domain/certainty.ts'
import { counted } from './words.ts'

type Sum = {
  readonly currency: string
  readonly count: number
  readonly debit: string
  readonly credit: string
  readonly certainty?: Certainty
}

/** What a list must add up to, per currency. */
export function SumsLine({ sums, of }: { sums: readonly Sum[]; of: string }) {
  if (sums.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-x-8 gap-y-1">
      {sums.map(({ currency, count, debit, credit, certainty }) => (
        <li key={currency}>
          <span className="font-strong">{counted(count, of)}</span>
          {currency && (
            <span className="text-ink-2">
              : debit <Amount value={debit} currency={currency} withCurrency inline />, credit{' '}
              <Amount value={credit} currency={currency} withCurrency inline />{' '}
              {certainty && <CertaintyMark certainty={certainty} />}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
