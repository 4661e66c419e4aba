import { ArrowDown, ArrowUp } from 'lucide-react'
import type { KeyboardEvent, MouseEvent, ReactNode, TdHTMLAttributes, ThHTMLAttributes } from 'react'
import { cx } from './cx.ts'
import { useKept } from './filter-bar.tsx'
import { Link, type LinkProps } from './navigation.tsx'

export type Align = 'start' | 'number' | 'centre' | 'currency'

export type TableProps = {
  /** What the table holds. Shown with `captionShown`, otherwise for the ear. */
  caption: ReactNode
  captionShown?: boolean
  /** 'page': the window scrolls and the head sticks under the bar. 'own': for wide tables, scrolls inside both ways. */
  scroll?: 'page' | 'own'
  /** Under the table: the footer line at the left, pages at the right. */
  footer?: ReactNode
  pages?: ReactNode
  className?: string
  children: ReactNode
}

/** The frame of a table. Arrow keys and j/k move between rows that are links, while the focus is in the table. */
export function Table({ caption, captionShown = false, scroll = 'page', footer, pages, className, children }: TableProps) {
  return (
    <div className={cx('table-frame', className)}>
      <div
        className="table-scroll"
        data-scroll={scroll}
        {...(scroll === 'own' ? { tabIndex: 0, role: 'region', 'aria-label': regionName(caption) } : {})}
      >
        <table className="table" onKeyDown={moveBetweenRows}>
          <caption className={captionShown ? 'shown' : 'visually-hidden'}>{caption}</caption>
          {children}
        </table>
      </div>
      {(footer || pages) && (
        <div className="table-foot">
          {footer}
          {pages}
        </div>
      )}
    </div>
  )
}

export type Sort = { readonly href: string; readonly direction: 'ascending' | 'descending' | null }
export type HeadCellProps = Omit<ThHTMLAttributes<HTMLTableCellElement>, 'align'> & {
  align?: Align
  sticky?: boolean
  /** As narrow as its content. */
  fit?: boolean
  sort?: Sort | undefined
  /** For the ear only: for columns of check boxes and actions. */
  hidden?: boolean
  /** At the right edge, over it: what one takes hold of to move it. */
  edge?: ReactNode
}

export function HeadCell({ align = 'start', sticky, fit, sort, hidden, edge, children, ...rest }: HeadCellProps) {
  const kept = useKept()
  const Arrow = sort?.direction === 'descending' ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      {...rest}
      data-align={align === 'start' ? undefined : align}
      data-sticky={sticky || undefined}
      data-fit={fit || undefined}
      aria-sort={sort ? (sort.direction ?? 'none') : undefined}
    >
      {hidden ? (
        <span className="visually-hidden">{children}</span>
      ) : sort ? (
        <Link href={kept(sort.href)} keepScroll className="sort" data-sorted={sort.direction ?? undefined}>
          {children}
          <Arrow className="icon" aria-hidden />
        </Link>
      ) : (
        children
      )}
      {edge}
    </th>
  )
}

export type RowProps = {
  children: ReactNode
  /** The whole row opens this; a <RowLink> inside makes the same reachable by keyboard. */
  href?: string | undefined
  selected?: boolean
}

export function Row({ children, href, selected = false }: RowProps) {
  return (
    <tr data-href={href} data-selected={selected || undefined} onClick={href ? followRow : undefined}>
      {children}
    </tr>
  )
}

export type CellProps = Omit<TdHTMLAttributes<HTMLTableCellElement>, 'align'> & {
  align?: Align
  /** Names its row: rendered as a row header. */
  head?: boolean
  sticky?: boolean
  fit?: boolean
  /** May run over several lines. */
  wrap?: boolean
}

export function Cell({ align = 'start', head, sticky, fit, wrap, children, ...rest }: CellProps) {
  const marks = {
    'data-align': align === 'start' ? undefined : align,
    'data-sticky': sticky || undefined,
    'data-fit': fit || undefined,
    'data-wrap': wrap || undefined,
  }
  return head ? (
    <th scope="row" {...rest} {...marks}>
      {children}
    </th>
  ) : (
    <td {...rest} {...marks}>
      {children}
    </td>
  )
}

/** The link of a row, in its first cell. */
export function RowLink({ className, ...rest }: LinkProps) {
  return <Link {...rest} className={cx('row-link', className)} data-row-link="" />
}

/** The last cell: lies over the row's end on hover and while the focus is in the row, so it costs no width. */
export function RowActions({ children }: { children: ReactNode }) {
  return (
    <td className="row-actions-cell">
      <div className="row-actions">{children}</div>
    </td>
  )
}

export function EmptyRow({ columns, children }: { columns: number; children: ReactNode }) {
  return (
    <tr>
      <td className="table-empty" colSpan={columns}>
        {children}
      </td>
    </tr>
  )
}

function moveBetweenRows(event: KeyboardEvent<HTMLTableElement>) {
  if (event.metaKey || event.ctrlKey || event.altKey) return
  const down = event.key === 'ArrowDown' || event.key === 'j'
  if (!down && event.key !== 'ArrowUp' && event.key !== 'k') return
  if (!(event.target instanceof HTMLElement) || event.target.matches('input:not([type=checkbox]), select, textarea')) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')]
  const here = links.findIndex((link) => link.closest('tr')?.contains(event.target as Node))
  const next = here === -1 ? links[0] : links[here + (down ? 1 : -1)]
  if (!next) return
  event.preventDefault()
  next.focus()
}

/** A click anywhere in the row is a click on its link, unless it meant something else: a control, or marking text. */
function followRow(event: MouseEvent<HTMLTableRowElement>) {
  const target = event.target as HTMLElement
  if (target.closest('a, button, input, select, label, summary, [role=tooltip]')) return
  if (document.getSelection()?.isCollapsed === false) return
  const link = event.currentTarget.querySelector<HTMLAnchorElement>('[data-row-link]')
  if (!link) return
  const { metaKey, ctrlKey, shiftKey } = event
  link.dispatchEvent(new globalThis.MouseEvent('click', { bubbles: true, cancelable: true, metaKey, ctrlKey, shiftKey }))
}

const regionName = (caption: ReactNode): string => (typeof caption === 'string' ? caption : 'Table')
