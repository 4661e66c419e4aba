import type { MoneyRow } from '#app/.server/reads.ts'
import { Amount } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { Opens, type OpenFigure } from '#app/components/open-figure.tsx'
import type { Scope } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import type { Certainty } from '#server/domain/certainty.ts'
import { Nothing } from './nothing.tsx'
import { moneyFigures, type MoneyFigures } from './figures.ts'

type Row = MoneyRow & { readonly figures: MoneyFigures }

/** Money that is not where it should be: three kinds, one row a currency, nothing added up. */
export function MoneyTable({ rows, scope }: { rows: readonly MoneyRow[]; scope: Scope }) {
  if (rows.length === 0) return <Nothing>No amount is unexplained, waits or is held.</Nothing>
  return (
    <DataTable
      caption="Amounts that are unexplained, wait or are held, per currency"
      rows={rows.map((row): Row => ({ ...row, figures: moneyFigures(row, scope) }))}
      rowKey={({ currency }) => currency}
      columns={[
        { key: 'currency', head: 'Currency', fit: true, cell: ({ currency }) => <span className="mono">{currency}</span> },
        column('unexplained', 'Unexplained', 'Stated minus found, without its sign', ({ unexplained }) =>
          unexplained ? counted(unexplained.count, 'control') : '',
        ),
        column('waiting', 'Waits behind causes', 'Records that did not pass: the larger of debit and credit', ({ waiting }) =>
          waiting ? counted(waiting.count, 'record') : '',
        ),
        column('held', 'Held back', 'Records that passed in loads that are held: the larger of debit and credit', ({ held }) =>
          held ? counted(held.count, 'record') : '',
        ),
      ]}
      empty={null}
    />
  )
}

function column(key: keyof MoneyFigures, head: string, title: string, note: (row: MoneyRow) => string): Column<Row> {
  return {
    key,
    head: <span title={title}>{head}</span>,
    align: 'number',
    cell: (row) => <Money figure={row.figures[key]} currency={row.currency} note={note(row)} certainty={row[key]?.certainty} />,
  }
}

type MoneyProps = { figure: OpenFigure | null; currency: string; note: string; certainty: Certainty | undefined }

function Money({ figure, currency, note, certainty }: MoneyProps) {
  if (!figure) return <Amount value="0" currency={currency} alignTo={2} />
  return (
    <Opens figure={figure} className="link-quiet grid justify-items-end py-1">
      <Amount value={figure.value} currency={currency} alignTo={2} />
      <span className="meta pe-1">
        {note}
        {certainty && (
          <>
            {' '}
            <CertaintyMark certainty={certainty} />
          </>
        )}
      </span>
    </Opens>
  )
}
