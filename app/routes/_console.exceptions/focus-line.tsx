import { Amount } from '#app/components/amount.tsx'
import { counted } from '#app/routes/_console/words.ts'
import type { Focus } from '#server/domain/release-order.ts'

/**
 * How far the first of the list come: what nobody has to add up in their head. Each currency for itself. `isAhead`: it counts what the list
 * below does not show yet.
 */
export function FocusLine({ focus, isAhead }: { focus: Focus; isAhead: boolean }) {
  const { count, of, released, heldLoads, ofHeldLoads, unsigned, ofUnsigned } = focus
  if (count === 0)
    return <p className="text-ink-2">None of these {of} releases anything by itself: other causes hold the same records.</p>
  return (
    <p>
      <strong className="font-strong">
        {count === of ? `All ${of}` : `The first ${count} of ${of}`} {count === 1 ? 'releases' : 'release'}
      </strong>{' '}
      {isAhead && <span className="text-ink-2">(with what is new, once it is shown) </span>}
      {released.map(({ currency, amount, percent }, index) => (
        <span key={currency}>
          {index > 0 && '; '}
          {percent}% of what waits in {currency}, <Amount value={amount} currency={currency} inline />
        </span>
      ))}
      {ofHeldLoads > 0 && (
        <>
          {released.length > 0 && '; '}
          {heldLoads} of {counted(ofHeldLoads, 'held load')}
        </>
      )}
      {ofUnsigned > 0 && (
        <>
          , and {count === 1 ? 'takes' : 'take'} the rejected records out of {unsigned} of{' '}
          {counted(ofUnsigned, 'reconciliation that waits', 'reconciliations that wait')} to be signed
        </>
      )}
      .
    </p>
  )
}
