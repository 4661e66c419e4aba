import { Download } from 'lucide-react'
import type { ReactNode } from 'react'

type DownloadLinkProps = { href: string; children: ReactNode; size?: 'normal' | 'small'; kind?: 'secondary' | 'ghost' }

/** A file, not a page: a plain link, because the router would look for a screen at this address. */
export function DownloadLink({ href, children, size = 'normal', kind = 'secondary' }: DownloadLinkProps) {
  return (
    <a href={href} download className="button" data-kind={kind} data-size={size}>
      <Download className="icon" aria-hidden />
      {children}
    </a>
  )
}
