import { sql, type SQL } from 'drizzle-orm'
import type { MappedDimension } from '#server/domain/job.ts'
import type { Standing } from '#server/domain/mapping/change.ts'
import type { Queryable } from '../client.ts'
import { inScope } from './totals.ts'

/** amount: the larger side of debit and credit, a decimal string in units of the currency. */
export type EffectRow = { entity: string; period: string; currency: string; records: number; amount: string }

export type EffectOf = {
  readonly systemId: number
  readonly dimension: MappedDimension
  readonly sourceCode: string
  readonly standing: readonly Standing[]
  readonly scope: readonly string[]
}

/** Current lines of the system that carry what the code stands for now, in the time of the change. */
export async function sumLinesThatCarry(db: Queryable, { systemId, dimension, standing, scope }: EffectOf): Promise<EffectRow[]> {
  if (standing.length === 0) return []
  const column = COLUMNS[dimension]
  // As the reading dates a line that has no date of its own. Without a calendar in the tables periods are months.
  const on = sql`coalesce(l.effective_on, l.posted_on, p.ends_on, case when l.period ~ '^\\d{4}-\\d{2}' then (to_date(left(l.period, 7), 'YYYY-MM') + interval '1 month - 1 day')::date end)`
  const carries = standing.map(({ code, from, to }) =>
    sql.join(
      [
        sql`${column} = ${code}`,
        ...(from === '' ? [] : [sql`${on} >= ${from}::date`]),
        ...(to === '' ? [] : [sql`${on} <= ${to}::date`]),
      ],
      sql` and `,
    ),
  )
  const rows = await db.execute<EffectRow>(sql`
    select l.entity, l.period, l.currency, count(*)::int as records, greatest(sum(l.debit), sum(l.credit))::text as amount
    from lines l left join (
        select distinct on (code) code, attributes->>'calendar' as calendar from members
        where dimension = 'entity' and loaded_at_pub is not null and superseded_at_pub is null order by code, member_id desc) m on m.code = l.entity
      left join fiscal_periods p on p.calendar = coalesce(nullif(m.calendar, ''), 'months') and p.period = l.period
    where l.system_id = ${systemId} and l.superseded_at_pub is null and ${inScope(sql`l.entity`, scope)}
      and (${sql.join(
        carries.map((one) => sql`(${one})`),
        sql` or `,
      )})
    group by 1, 2, 3 order by 2, 1, 3`)
  return [...rows]
}

/** Records of the system that wait because of this code. */
export async function sumRecordsThatWait(
  db: Queryable,
  { systemId, dimension, sourceCode, scope }: Omit<EffectOf, 'standing'>,
): Promise<EffectRow[]> {
  const rows = await db.execute<EffectRow>(sql`
    select x.entity, x.period, x.currency, count(distinct x.rejected_id)::int as records,
      greatest(sum(abs(x.debit)), sum(abs(x.credit)))::text as amount
    from rejected_records x where ${waitsFor(systemId, dimension, sourceCode)} and ${inScope(sql`x.entity`, scope)}
    group by 1, 2, 3 order by 2, 1, 3`)
  return [...rows]
}

export type HoldingRun = { runId: number; job: string; status: string; records: number; finishedAt: string | null }

/** The runs that hold those records: a replay of them with today's rules judges the records again. */
export async function listHoldingRuns(
  db: Queryable,
  { systemId, dimension, sourceCode, scope }: Omit<EffectOf, 'standing'>,
  limit: number,
): Promise<HoldingRun[]> {
  const rows = await db.execute<HoldingRun>(sql`
    select r.run_id as "runId", j.name as job, r.status, count(*)::int as records, r.finished_at::text as "finishedAt"
    from rejected_records x join runs r on r.run_id = x.run_id join jobs j on j.job_id = r.job_id
    where ${waitsFor(systemId, dimension, sourceCode)} and ${inScope(sql`x.entity`, scope)}
    group by 1, 2, 3, 5 order by 1 desc limit ${limit}`)
  return [...rows]
}

/** Reasons that another code may mend. */
export const MAPPABLE_CODES = ['code_unmapped', 'member_inactive', 'member_not_yet_valid', 'member_no_longer_valid'] as const

const waitsFor = (systemId: number, dimension: MappedDimension, sourceCode: string): SQL => sql`exists (
  select from rejections r join exceptions e on e.exception_id = r.exception_id and e.closed_at is null
  join runs o on o.run_id = r.run_id join jobs oj on oj.job_id = o.job_id
  where r.rejected_id = x.rejected_id and r.replaced_by_run_id is null and r.code in ${MAPPABLE_CODES} and r.field = ${dimension}
    and r.value = ${sourceCode} and oj.system_id = ${systemId})`

const COLUMNS: Readonly<Record<MappedDimension, SQL>> = {
  entity: sql`l.entity`,
  account: sql`l.account`,
  cost_centre: sql`l.cost_centre`,
  project: sql`l.project`,
  counterparty: sql`l.counterparty`,
  currency: sql`l.currency`,
  version: sql`l.version`,
  accounting_status: sql`l.accounting_status`,
}
