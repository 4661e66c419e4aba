import { Amount } from '#app/components/amount.tsx'
import { counted } from '#app/routes/_console/words.ts'
import type { Focus } from '#server/domain/release-order.ts'

/** How far the first of the list come: what nobody has to add up in their head. Each currency for itself. */
export function FocusLine({ focus }: { focus: Focus }) {
  const { count, of, released, heldLoads, ofHeldLoads } = focus
  if (count === 0)
    return <p className="text-ink-2">None of these {of} releases anything by itself: other causes hold the same records.</p>
  return (
    <p>
      <strong className="font-strong">
        {count === of ? `All ${of}` : `The first ${count} of ${of}`} {count === 1 ? 'releases' : 'release'}
      </strong>{' '}
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
      .
    </p>
  )
}
