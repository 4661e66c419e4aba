import { CircleCheck } from 'lucide-react'
import type { CloseBoardRow } from '#app/.server/reads.ts'
import { paths, type Scope } from '#app/paths.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { blockWords, type NotReady } from '#server/domain/close.ts'

const SHOWN = 2
const NAMES_SHOWN = 2

/** What stands first in the way, with its names; the page of the period has all of it. */
export function BlockedBy({ row, scope }: { row: CloseBoardRow; scope: Pick<Scope, 'version'> }) {
  const { entity, period, state, notReady, closedOver, reopening } = row
  const page = (search = {}) => paths.closePeriod(entity, period, { version: scope.version, ...search })
  return (
    <span className="grid gap-0.5">
      {reopening && (
        <Link href={page({ do: 'decide' })} className="link">
          {reopening.requestedBy} asks to reopen it
        </Link>
      )}
      {state === 'closed' ? (
        <span className="meta">
          {closedOver.length === 0
            ? 'Closed; nothing known was in the way'
            : `Closed over what was not ready: ${closedOver.map(blockWords).join(', ')}`}
          {notReady.length > 0 && `. Not ready now: ${blockWords(notReady[0]!)}`}
          {notReady.length > 1 && ` and ${(notReady.length - 1).toLocaleString('en')} more`}
        </span>
      ) : notReady.length === 0 ? (
        <span>
          <Badge tone="fine" icon={CircleCheck}>
            Ready to close
          </Badge>
        </span>
      ) : (
        <>
          {notReady.slice(0, SHOWN).map((block) => (
            <span key={block.what}>{withNames(block, 1)}</span>
          ))}
          {notReady.length > SHOWN && (
            <Link href={page()} className="link-quiet meta leading-6!">
              and {(notReady.length - SHOWN).toLocaleString('en')} more
            </Link>
          )}
        </>
      )}
    </span>
  )
}

/** '1 feed is missing: Bank statements' */
export function withNames(block: NotReady, namesShown = NAMES_SHOWN): string {
  const { names, count } = block
  const shown = names.slice(0, namesShown)
  if (shown.length === 0) return blockWords(block)
  const more = count - shown.length
  return `${blockWords(block)}: ${shown.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`
}
