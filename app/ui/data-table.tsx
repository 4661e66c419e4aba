import { useRef, type ReactNode } from 'react'
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
  rows,
  rowKey,
  columns,
  href,
  selectedKey,
  actions,
  empty,
  totalLabel,
  select,
  ...frame
}: DataTableProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null)
  const width = columns.length + (select ? 1 : 0) + (actions ? 1 : 0)
  const [first, ...others] = columns
  return (
    <Table {...frame}>
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
              <Cell head sticky align={first.align ?? 'start'} fit={first.fit ?? false} wrap={first.wrap ?? false}>
                {to ? <RowLink href={to}>{first.cell(row)}</RowLink> : first.cell(row)}
              </Cell>
              {others.map((column) => (
                <Cell key={column.key} align={column.align ?? 'start'} fit={column.fit ?? false} wrap={column.wrap ?? false}>
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

function checkAll(body: HTMLElement | null, checked: boolean) {
  for (const box of body?.querySelectorAll<HTMLInputElement>('input.check') ?? []) {
    if (box.checked === checked) continue
    // A real click, so that whoever listens for changes of the form hears it.
    box.click()
  }
}
