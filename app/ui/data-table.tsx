import { useRef, type CSSProperties, type ReactNode } from 'react'
import { NO_CHOICE, useColumnChoice } from './column-choice.ts'
import { ColumnEdge } from './column-edge.tsx'
import { ColumnsMenu } from './columns-menu.tsx'
import { useHydrated } from './use-hydrated.ts'
import { Cell, EmptyRow, HeadCell, Row, RowActions, RowLink, Table, type Align, type Sort, type TableProps } from './table.tsx'

export type Column<T> = {
  readonly key: string
  readonly head: ReactNode
  /** For the ear only; so it is without asking where align is 'currency'. */
  readonly headHidden?: boolean
  readonly cell: (row: T) => ReactNode
  readonly align?: Align
  readonly fit?: boolean
  readonly wrap?: boolean
  readonly sort?: Sort | undefined
  /** In the last line: a total of this column. */
  readonly total?: ReactNode
}

export type DataTableProps<T> = Omit<TableProps, 'children'> & {
  /** Letters only. With it a person chooses which columns are shown and how wide; remembered under this name. */
  name?: string
  rows: readonly T[]
  rowKey: (row: T) => string
  /** The first column names the row, sticks to the left and, with `href`, is its link. */
  columns: readonly [Column<T>, ...Column<T>[]]
  href?: (row: T) => string | undefined
  selectedKey?: string | null
  actions?: (row: T) => ReactNode
  /** Instead of rows: an <EmptyState>. */
  empty: ReactNode
  /** Names the last line, which shows the totals of the columns. */
  totalLabel?: ReactNode
  /** Check boxes named `name`, belonging to the form with the id `form`, wherever that stands. */
  select?: { readonly name: string; readonly form: string; readonly label: (row: T) => string }
}

/** The usual table in one call. For anything unusual, the parts in table.tsx. */
export function DataTable<T>({
  name,
  rows,
  rowKey,
  columns: given,
  href,
  selectedKey,
  actions,
  empty,
  totalLabel,
  select,
  pages,
  ...frame
}: DataTableProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null)
  const isHydrated = useHydrated()
  const { choice, choose } = useColumnChoice(name ?? '')
  const { hidden, widths } = name ? choice : NO_CHOICE
  const columns = given.filter(({ key }, index) => index === 0 || !hidden.includes(key)) as [Column<T>, ...Column<T>[]]
  const menu = name && isHydrated && (
    <ColumnsMenu
      columns={given.map(({ key, head }, index) => ({ key, head, fixed: index === 0 }))}
      choice={choice}
      choose={choose}
    />
  )
  const width = columns.length + (select ? 1 : 0) + (actions ? 1 : 0)
  const [first, ...others] = columns
  return (
    <Table
      {...frame}
      pages={
        menu ? (
          <div className="ms-auto flex items-center gap-2">
            {menu}
            {pages}
          </div>
        ) : (
          pages
        )
      }
    >
      <thead>
        <tr>
          {select && (
            <HeadCell fit>
              <input
                type="checkbox"
                className="check"
                aria-label="Select all rows shown"
                onChange={(event) => checkAll(body.current, event.currentTarget.checked)}
              />
            </HeadCell>
          )}
          {columns.map((column, index) => (
            <HeadCell
              key={column.key}
              align={column.align ?? 'start'}
              sticky={index === 0}
              fit={column.fit ?? false}
              sort={column.sort}
              hidden={column.headHidden ?? column.align === 'currency'}
              {...sized(widths[column.key])}
              edge={
                name ? (
                  <ColumnEdge onResize={(pixels) => choose({ ...choice, widths: { ...widths, [column.key]: pixels } })} />
                ) : null
              }
            >
              {column.head}
            </HeadCell>
          ))}
          {actions && (
            <HeadCell className="row-actions-cell" hidden>
              Actions
            </HeadCell>
          )}
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.length === 0 && <EmptyRow columns={width}>{empty}</EmptyRow>}
        {rows.map((row) => {
          const to = href?.(row)
          const key = rowKey(row)
          return (
            <Row key={key} href={to} selected={selectedKey === key}>
              {select && (
                <Cell fit>
                  <input
                    type="checkbox"
                    className="check"
                    name={select.name}
                    value={key}
                    form={select.form}
                    aria-label={select.label(row)}
                  />
                </Cell>
              )}
              <Cell
                head
                sticky
                align={first.align ?? 'start'}
                fit={first.fit ?? false}
                wrap={first.wrap ?? false}
                {...sized(widths[first.key])}
              >
                {to ? <RowLink href={to}>{first.cell(row)}</RowLink> : first.cell(row)}
              </Cell>
              {others.map((column) => (
                <Cell
                  key={column.key}
                  align={column.align ?? 'start'}
                  fit={column.fit ?? false}
                  wrap={column.wrap ?? false}
                  {...sized(widths[column.key])}
                >
                  {column.cell(row)}
                </Cell>
              ))}
              {actions && <RowActions>{actions(row)}</RowActions>}
            </Row>
          )
        })}
      </tbody>
      {totalLabel && rows.length > 0 && (
        <tfoot>
          <tr>
            {select && <Cell fit />}
            <Cell head sticky>
              {totalLabel}
            </Cell>
            {others.map((column) => (
              <Cell key={column.key} align={column.align ?? 'start'}>
                {column.total}
              </Cell>
            ))}
            {actions && <Cell className="row-actions-cell" />}
          </tr>
        </tfoot>
      )}
    </Table>
  )
}

/** A width that was chosen holds whatever the cells hold. */
function sized(pixels: number | undefined): { style?: CSSProperties; 'data-sized'?: true } {
  return pixels === undefined ? {} : { style: { width: pixels, minWidth: pixels, maxWidth: pixels }, 'data-sized': true }
}

function checkAll(body: HTMLElement | null, checked: boolean) {
  for (const box of body?.querySelectorAll<HTMLInputElement>('input.check') ?? []) {
    if (box.checked === checked) continue
    // A real click, so that whoever listens for changes of the form hears it.
    box.click()
  }
}
