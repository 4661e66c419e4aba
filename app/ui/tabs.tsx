import type { ReactNode } from 'react'
import { Link } from './navigation.tsx'
import { groupedCount } from './decimal.ts'
import type { Tone } from './tone.tsx'

export type Tab = {
  readonly href: string
  readonly label: ReactNode
  readonly current?: boolean
  readonly count?: number | null
  /** At the far end: of another kind than the others. */
  readonly apart?: boolean
  /** What it means that there are any. */
  readonly tone?: Tone
}

/** Tabs are links: the address says which one is open, and each can be opened beside the others. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          keepScroll
          className="tab"
          data-apart={tab.apart || undefined}
          aria-current={tab.current ? 'page' : undefined}
        >
          {tab.label}
          {tab.count != null && (
            <span className="tab-count" data-tone={tab.count > 0 ? tab.tone : undefined}>
              {groupedCount(tab.count)}
            </span>
          )}
        </Link>
      ))}
    </nav>
  )
}
