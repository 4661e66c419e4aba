import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from './navigation.tsx'

export type Crumb = { readonly label: ReactNode; readonly href?: string }

/** The way here; the last one is this page and is no link. */
export function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="breadcrumb">
        {crumbs.map((crumb, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a crumb is its place in the way here
          <li key={index}>
            {index > 0 && <ChevronRight className="icon" aria-hidden />}
            {crumb.href ? <Link href={crumb.href}>{crumb.label}</Link> : <span aria-current="page">{crumb.label}</span>}
          </li>
        ))}
      </ol>
    </nav>
  )
}
