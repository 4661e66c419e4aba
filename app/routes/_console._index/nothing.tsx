import type { ReactNode } from 'react'

/** Good news takes one line: an empty part of the first page must not push the rest away. */
export const Nothing = ({ children }: { children: ReactNode }) => (
  <p className="border-y border-hairline px-2 py-2 text-ink-3">{children}</p>
)
