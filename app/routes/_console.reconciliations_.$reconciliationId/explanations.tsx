import { Form } from '@remix-run/react'
import { Amount } from '#app/components/amount.tsx'
import { PageIntent } from '#app/routes/_console/dialog-parts.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Time } from '#app/ui/time.tsx'
import { EXPLANATION_WORDS } from './explanation-words.ts'
import { keyWords } from './part-words.ts'
import type { Screen } from './screen.ts'

/** What people said of it, still in force. */
export function Explanations({ screen }: { screen: Screen }) {
  const { explanations, definition, reasons } = screen
  return (
    <DataTable
      caption="Explanations"
      rows={explanations}
      rowKey={({ explanationId }) => `${explanationId}`}
      columns={[
        { key: 'key', head: 'Of', cell: ({ key }) => <span className="mono">{keyWords(key)}</span> },
        { key: 'side', head: 'Side', fit: true, cell: ({ side }) => definition.sides[side]!.name },
        { key: 'type', head: 'Type', fit: true, cell: ({ type }) => EXPLANATION_WORDS[type] },
        { key: 'text', head: 'Explanation', wrap: true, cell: ({ text }) => text },
        {
          key: 'amount',
          head: 'Amount',
          align: 'number',
          cell: ({ amount, currency }) => <Amount value={amount} currency={currency} />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        {
          key: 'who',
          head: 'Who',
          fit: true,
          cell: ({ explainedBy, explainedAt }) => (
            <span>
              {explainedBy}, <Time at={explainedAt} />
            </span>
          ),
        },
      ]}
      actions={({ explanationId }) =>
        reasons.explain ? null : (
          <Form method="post" preventScrollReset>
            <PageIntent screen={screen} intent="withdraw" />
            <input type="hidden" name="explanation" value={explanationId} />
            <Button type="submit" size="small" kind="ghost">
              Withdraw
            </Button>
          </Form>
        )
      }
      empty={
        <EmptyState title="Nobody explained anything">
          What ties needs no explanation; what does not has Explain beside it.
        </EmptyState>
      }
    />
  )
}
