import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

/** One click deeper: technical words under finance words. */
export function Disclosure({ summary, open = false, children }: { summary: ReactNode; open?: boolean; children: ReactNode }) {
  return (
    <details className="disclosure" open={open}>
      <summary>
        <ChevronRight className="icon" aria-hidden />
        {summary}
      </summary>
      <div className="disclosure-body">{children}</div>
    </details>
  )
}
