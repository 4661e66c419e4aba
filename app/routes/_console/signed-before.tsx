import type { TouchedInScope } from '#app/.server/reads.ts'
import { counted } from './words.ts'

const NAMED_MAX = 3

/** For whoever confirms it: which signatures are lost. Counted whole, named as far as they are seen. */
export function SignedBefore({ certifications }: { certifications: TouchedInScope | null }) {
  const { named = [], outside = 0 } = certifications ?? {}
  const count = named.length + outside
  if (count === 0) return <p>It would supersede no certified reconciliation.</p>
  const shown = named.slice(0, NAMED_MAX)
  const others = count - shown.length
  return (
    <div>
      <p>
        {`It would supersede ${counted(count, 'certified reconciliation')}. ${count === 1 ? 'It is' : 'Each is'} compared again and needs a new signature:`}
      </p>
      <ul className="ms-4 list-disc">
        {shown.map(({ certificationId, title, entity, period, isAutomatic, signedBy }) => (
          <li key={certificationId}>
            {title}, <span className="mono">{entity}</span> {period}, signed by {isAutomatic ? 'its rule' : signedBy}
          </li>
        ))}
        {others > 0 && (
          <li>
            {shown.length === 0
              ? `${others.toLocaleString('en')} of entities you do not see`
              : `and ${others.toLocaleString('en')} more`}
          </li>
        )}
      </ul>
    </div>
  )
}
