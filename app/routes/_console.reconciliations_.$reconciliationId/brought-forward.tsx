import { Link } from '@remix-run/react'
import { Amount } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EXPLANATION_WORDS } from './explanation-words.ts'
import { keyWords } from './part-words.ts'
import type { Screen } from './screen.ts'

/** Items of earlier periods: they come along until a period sets them right. */
export function BroughtForward({ screen }: { screen: Screen }) {
  const { broughtForward, definition, scope } = screen
  return (
    <DataTable
      caption="Brought forward"
      rows={broughtForward}
      rowKey={({ side, account_group, currency, key }) => `${side} ${account_group} ${currency} ${key}`}
      columns={[
        { key: 'key', head: 'Of', cell: ({ key }) => <span className="mono">{keyWords(key)}</span> },
        { key: 'side', head: 'Side', fit: true, cell: ({ side }) => definition.sides[side]!.name },
        {
          key: 'since',
          head: 'Since',
          fit: true,
          cell: ({ since, last, lastReconciliationId }) => (
            <Link to={paths.reconciliation(lastReconciliationId, scope)}>{since === last ? since : `${since} to ${last}`}</Link>
          ),
        },
        {
          key: 'said',
          head: 'What was said of it',
          wrap: true,
          cell: ({ type, text, explainedBy }) =>
            type ? `${EXPLANATION_WORDS[type]}: ${text} (${explainedBy})` : 'Nothing by hand',
        },
        {
          key: 'amount',
          head: 'Amount',
          align: 'number',
          cell: ({ amount, currency }) => <Amount value={amount} currency={currency} />,
        },
        {
          key: 'now',
          head: 'This period',
          align: 'number',
          cell: ({ movedNow, currency }) => <Amount value={movedNow} currency={currency} />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        {
          key: 'state',
          head: 'State',
          fit: true,
          cell: ({ isCleared }) => <Badge tone={isCleared ? 'fine' : 'attention'}>{isCleared ? 'Cleared here' : 'Open'}</Badge>,
        },
      ]}
      empty={null}
    />
  )
}
