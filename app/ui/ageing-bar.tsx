import type { CSSProperties, ReactNode } from 'react'
import { groupedCount } from './decimal.ts'
import { Link } from './navigation.tsx'
import type { Tone } from './tone.tsx'

export type AgeBucket = {
  /** '0–1 d'. */
  readonly label: string
  readonly count: number
  /** The list of exactly these. */
  readonly href?: string
  readonly tone?: Tone
}

/** How old things are: one bar a bucket, from the youngest, with its figure above and its words below. */
export function AgeingBar({ label, buckets }: { label: string; buckets: readonly AgeBucket[] }) {
  const most = Math.max(1, ...buckets.map(({ count }) => count))
  return (
    <ul className="ageing" aria-label={label} style={{ '--buckets': buckets.length } as CSSProperties}>
      {buckets.map(({ label: name, count, href, tone }) => (
        <li key={name} data-tone={count > 0 ? tone : undefined}>
          <div className="ageing-bar">
            <span style={{ height: `${(count / most) * 100}%` }} data-empty={count === 0 || undefined} aria-hidden />
          </div>
          <Opens href={count > 0 ? href : undefined}>
            <span className="ageing-count">{count === 0 ? '–' : groupedCount(count)}</span> <span className="meta">{name}</span>
          </Opens>
        </li>
      ))}
    </ul>
  )
}

function Opens({ href, children }: { href: string | undefined; children: ReactNode }) {
  return href ? (
    <Link href={href} className="link-quiet">
      {children}
    </Link>
  ) : (
    <span>{children}</span>
  )
}
