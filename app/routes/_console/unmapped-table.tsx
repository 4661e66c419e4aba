import type { ReactNode } from 'react'
import type { UnmappedCode } from '#app/.server/reads.ts'
import { Amount, Count } from '#app/components/amount.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import { dimensionWords } from './mapping-words.ts'

type Props = { rows: readonly UnmappedCode[]; scope: Scope; empty: ReactNode; footer?: ReactNode }

/** Codes nothing here knows, each with what waits for it and the way to map it. */
export function UnmappedTable({ rows, scope, empty, footer }: Props) {
  return (
    <DataTable
      caption="Codes that wait for a mapping, the most records first"
      rows={rows}
      rowKey={({ system, dimension, code }) => [system, dimension, code].join('|')}
      href={({ system, dimension, code }) => paths.mapping(system, { ...scope, do: 'propose', dimension, code })}
      columns={[
        {
          key: 'code',
          head: 'Code',
          cell: ({ dimension, code }) => (
            <>
              {dimensionWords(dimension)} <span className="mono">{code}</span>
            </>
          ),
        },
        { key: 'system', head: 'From', cell: ({ systemName }) => systemName },
        { key: 'entities', head: 'Entities', cell: ({ entities }) => <span className="mono">{entities.join(', ')}</span> },
        {
          key: 'records',
          head: 'Records that wait',
          align: 'number',
          cell: ({ records, exceptionId }) => (
            <Link href={paths.exception(exceptionId, scope)} className="link">
              <Count value={records} />
            </Link>
          ),
        },
        {
          key: 'amount',
          head: 'Amount',
          align: 'number',
          cell: ({ amounts }) => (
            <span className="grid justify-items-end">
              {amounts.map(({ currency, amount }) => (
                <Amount key={currency} value={amount} currency={currency} withCurrency />
              ))}
            </span>
          ),
        },
        { key: 'since', head: 'Since', fit: true, cell: ({ firstSeenAt }) => <Time at={firstSeenAt} /> },
        {
          key: 'do',
          head: 'What to do',
          fit: true,
          cell: (row) => <WayOn row={row} scope={scope} />,
        },
      ]}
      empty={empty}
      footer={footer}
    />
  )
}

function WayOn({ row: { system, dimension, code, draftId, approvedId }, scope }: { row: UnmappedCode; scope: Scope }) {
  const [label, search] =
    draftId !== null
      ? [`See proposal ${draftId}`, { proposal: `${draftId}` }]
      : approvedId !== null
        ? ['Mapped: replay it', { proposal: `${approvedId}` }]
        : ['Map it', { do: 'propose' as const, dimension, code }]
  return (
    <ButtonLink size="small" href={paths.mapping(system, { ...scope, ...search })}>
      {label}
    </ButtonLink>
  )
}
