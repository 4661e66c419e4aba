import { ChevronLeft, ChevronRight } from 'lucide-react'
import { ButtonLink, Button } from './button.tsx'
import { useKept } from './filter-bar.tsx'

export type PaginationProps = {
  /** Null where there is nothing further that way. */
  newerHref: string | null
  olderHref: string | null
  newerLabel?: string
  olderLabel?: string
}

/** By key, not by number: a page stays the same page while new rows arrive. */
export function Pagination({ newerHref, olderHref, newerLabel = 'Newer', olderLabel = 'Older' }: PaginationProps) {
  const kept = useKept()
  if (!newerHref && !olderHref) return null
  return (
    <nav className="pager" aria-label="Pages">
      {newerHref ? (
        <ButtonLink href={kept(newerHref)} size="small" icon={ChevronLeft} rel="prev">
          {newerLabel}
        </ButtonLink>
      ) : (
        <Button size="small" icon={ChevronLeft} disabledReason="These are the first rows." reasonAlign="end">
          {newerLabel}
        </Button>
      )}
      {olderHref ? (
        <ButtonLink href={kept(olderHref)} size="small" rel="next">
          {olderLabel}
          <ChevronRight className="icon" aria-hidden />
        </ButtonLink>
      ) : (
        <Button size="small" disabledReason="These are the last rows." reasonAlign="end">
          {olderLabel}
          <ChevronRight className="icon" aria-hidden />
        </Button>
      )}
    </nav>
  )
}
