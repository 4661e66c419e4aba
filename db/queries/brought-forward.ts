import { sql } from 'drizzle-orm'
import type { ExplanationType } from '#server/domain/reconciliation/state.ts'
import type { Queryable } from '../client.ts'
import type { Reconciliation } from './reconciliations.ts'

/** What earlier periods of the same reconciliation differed in and no period has set right since. Amounts in units of the currency, side minus first. */
export type OpenItem = {
  readonly side: number
  readonly account_group: string
  readonly currency: string
  readonly key: string
  /** Of all earlier periods together. */
  readonly amount: string
  /** The first and the last period that it differs in, and the reconciliation of the last. */
  readonly since: string
  readonly last: string
  readonly lastReconciliationId: number
  /** What the period itself differs in under this key: the opposite of `amount` sets it right. */
  readonly movedNow: string
  readonly isCleared: boolean
  /** What was said of it last. */
  readonly type: ExplanationType | null
  readonly text: string | null
  readonly explainedBy: string | null
}

/**
 * Items brought forward into a period, the oldest first. By the newest comparison of each earlier period. What a rule accepted as small is no
 * item, nor what sets right a period before the first that is compared. Periods come in the order of their names.
 */
export async function listBroughtForward(
  db: Queryable,
  { definitionId, entity, period, version, comparisonId }: Reconciliation,
): Promise<OpenItem[]> {
  const rows = await db.execute<OpenItem>(sql`
    with begun as (
      select min(r.period collate "C") as period from reconciliations r where r.definition_id = ${definitionId} and (r.entity, r.version) = (${entity}, ${version})),
    earlier as (
      select p.side, p.account_group, p.currency, p.key, sum(p.amount) as amount, min(r.period collate "C") as since, max(r.period collate "C") as last
      from reconciliations r join comparison_parts p on p.comparison_id = r.comparison_id
      where r.definition_id = ${definitionId} and (r.entity, r.version) = (${entity}, ${version}) and r.period collate "C" < ${period} and ${isItem}
        and not (p.because ->> 'kind' = 'other_period' and p.because ->> 'period' collate "C" < (select period from begun))
      group by 1, 2, 3, 4 having sum(p.amount) <> 0),
    own as (
      select p.side, p.account_group, p.currency, p.key, sum(p.amount) as amount
      from comparison_parts p where p.comparison_id = ${comparisonId} and ${isItem} group by 1, 2, 3, 4)
    select e.side, e.account_group, e.currency, e.key, e.amount::text as amount, e.since, e.last, r.reconciliation_id as "lastReconciliationId",
      coalesce(o.amount, 0)::text as "movedNow", e.amount + coalesce(o.amount, 0) = 0 as "isCleared",
      x.type, x.text, x.explained_by as "explainedBy"
    from earlier e join reconciliations r on r.definition_id = ${definitionId} and (r.entity, r.version) = (${entity}, ${version}) and r.period = e.last
      left join own o using (side, account_group, currency, key)
      left join lateral (
        select x.type, x.text, x.explained_by from explanations x join reconciliations y using (reconciliation_id)
        where y.definition_id = ${definitionId} and (y.entity, y.version) = (${entity}, ${version}) and y.period collate "C" < ${period} and x.withdrawn_at is null
          and (x.side, x.account_group, x.currency, x.key) = (e.side, e.account_group, e.currency, e.key)
        order by x.explanation_id desc limit 1) x on true
    order by e.since, abs(e.amount) desc, e.key, e.side`)
  return [...rows]
}

const isItem = sql`coalesce(p.because ->> 'kind', '') not in ('rounding', 'matched')`

export const stillOpen = (items: readonly OpenItem[]): OpenItem[] => items.filter(({ isCleared }) => !isCleared)
