import { Download } from 'lucide-react'
import { exportHref } from '#app/paths.ts'
import { Popover } from '#app/ui/popover.tsx'

/** Lists that can be taken along. */
const EXPORTED = [
  '/totals',
  '/lines',
  '/exceptions',
  '/reconciliations',
  '/close',
  '/runs',
  '/replays',
  '/corrections',
  '/deliveries',
  '/jobs',
  '/periods',
  '/rates',
  '/audit',
]

export const isExported = (screen: string): boolean => EXPORTED.includes(screen)

/** The list exactly as it is seen, all pages of it. Plain links: the router would look for a screen at these addresses. */
export function ExportMenu({ screen, search }: { screen: string; search: string }) {
  return (
    <Popover label="Export" panelLabel="Export this view" icon={Download} kind="ghost">
      <a href={exportHref(screen, 'csv', search)} className="menu-item">
        <span className="flex-1">CSV</span>
        <span className="meta">every row, amounts to the last digit</span>
      </a>
      <a href={exportHref(screen, 'xlsx', search)} className="menu-item">
        <span className="flex-1">Excel</span>
        <span className="meta">with who, when and which filters; up to 240,000 cells</span>
      </a>
    </Popover>
  )
}
