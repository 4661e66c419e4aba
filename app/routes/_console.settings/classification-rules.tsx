import { Link } from '#app/ui/navigation.tsx'
import type { ClassificationRulesView } from '#app/.server/reads.ts'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths } from '#app/paths.ts'
import { Badge } from '#app/ui/badge.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Time } from '#app/ui/time.tsx'

type Props = { readonly rules: ClassificationRulesView['rules']; readonly reason: string | null }

/** What IT said things are, who and when, and how often each rule named a failure since. */
export function ClassificationRules({ rules, reason }: Props) {
  return (
    <DataTable
      caption="Classification rules, those in force first"
      rows={rules}
      rowKey={({ ruleId }) => `${ruleId}`}
      columns={[
        { key: 'id', head: 'Rule', fit: true, cell: ({ ruleId }) => ruleId },
        {
          key: 'system',
          head: 'System',
          fit: true,
          cell: ({ system }) => (
            <Link href={paths.system(system)} className="link mono">
              {system}
            </Link>
          ),
        },
        {
          key: 'match',
          head: 'What it goes by',
          wrap: true,
          cell: ({ match, value }) => (
            <>
              {match === 'code' ? 'Code' : 'Sentence'} <span className="mono wrap-anywhere">{value}</span>
            </>
          ),
        },
        {
          key: 'name',
          head: 'What it is',
          wrap: true,
          cell: ({ failureClass, title }) => (
            <span className="grid gap-1">
              <FailureClassBadge failureClass={failureClass} />
              {title}
            </span>
          ),
        },
        { key: 'matched', head: 'Named', align: 'number', fit: true, cell: ({ matched }) => matched },
        {
          key: 'last',
          head: 'Last',
          fit: true,
          cell: ({ lastMatchedAt }) => (lastMatchedAt ? <Time at={lastMatchedAt} /> : <span className="text-ink-3">never</span>),
        },
        {
          key: 'by',
          head: 'Kept by',
          cell: ({ createdBy, createdAt, reason: why, exceptionId }) => (
            <span className="grid">
              <span>
                {createdBy}, <Time at={createdAt} />
              </span>
              <span className="text-ink-3">
                {why},{' '}
                <Link href={paths.exception(exceptionId)} className="link">
                  exception {exceptionId}
                </Link>
              </span>
            </span>
          ),
        },
        {
          key: 'state',
          head: 'State',
          fit: true,
          cell: ({ ruleId, withdrawnBy, withdrawnAt, withdrawnReason }) =>
            withdrawnAt !== null ? (
              <span title={withdrawnReason ?? undefined}>
                <Badge tone="past">Withdrawn</Badge> {withdrawnBy}, <Time at={withdrawnAt} />
              </span>
            ) : reason === null ? (
              <ButtonLink size="small" href={paths.settings({ view: 'classification', do: 'withdraw', rule: ruleId })} keepScroll>
                Withdraw<span className="visually-hidden"> rule {ruleId}</span>
              </ButtonLink>
            ) : (
              'in force'
            ),
        },
      ]}
      empty={
        <EmptyState title="No rule was kept">
          What systems say is named by what their vendors document. Where that is not enough, IT says what it is on the exception.
        </EmptyState>
      }
    />
  )
}
