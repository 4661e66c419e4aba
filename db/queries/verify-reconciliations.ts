import { sql } from 'drizzle-orm'
import type { Database } from '../client.ts'
import type { FigureRow } from './comparison-sides.ts'

const AT_MOST = 100

/** Of every comparison: the parts sum to what the side has more than the first, by account group and currency. */
export async function listUnevenComparisons(db: Database): Promise<string[]> {
  const rows = await db.execute<{ text: string }>(sql`
    with difference as (
      select f.comparison_id, s.side, f.account_group, f.currency, sum(case when f.side = s.side then f.amount else -f.amount end) as amount
      from comparison_figures f join (select distinct comparison_id, side from comparison_figures where side > 0
          union select comparison_id, side from comparison_parts) s on s.comparison_id = f.comparison_id and f.side in (0, s.side) group by 1, 2, 3, 4),
    parts as (select comparison_id, side, account_group, currency, sum(amount) as amount from comparison_parts group by 1, 2, 3, 4)
    select 'comparison ' || comparison_id || ', side ' || side || ', ' || account_group || ' ' || currency || ': the difference is ' || coalesce(d.amount, 0)
      || ', its parts sum to ' || coalesce(p.amount, 0) as text
    from difference d full join parts p using (comparison_id, side, account_group, currency)
    where coalesce(d.amount, 0) <> coalesce(p.amount, 0) order by comparison_id limit ${AT_MOST}`)
  return rows.map(({ text }) => text)
}

/** Seals whose text is not what was hashed, and signatures that do not fit how their reconciliation stands. */
export async function listBrokenSeals(db: Database): Promise<string[]> {
  const rows = await db.execute<{ text: string }>(sql`
    select 'certification ' || certification_id || ': its seal is not what was signed' as text from certifications
      where encode(sha256(convert_to(seal, 'UTF8')), 'hex') <> seal_hash
    union all select 'reconciliation ' || r.reconciliation_id || ' is ' || r.state || ', and certification ' || coalesce(c.certification_id::text, 'none') || ' stands'
      from reconciliations r left join certifications c on c.reconciliation_id = r.reconciliation_id and c.superseded_at is null
      where (r.state = 'certified') <> (c.certification_id is not null)
    union all select 'certification ' || c.certification_id || ' was made by ' || s.signed_by || ', who prepared it' from certifications c
      join sign_offs s on s.comparison_id = c.comparison_id and s.act = 'certified'
      where exists (select from sign_offs p where p.comparison_id = s.comparison_id and p.act = 'prepared' and p.signed_by = s.signed_by)
    union all select 'certification ' || c.certification_id || ' stands on a comparison that did not look into every difference'
      from certifications c join comparisons p using (comparison_id) where p.is_bounded and c.superseded_at is null
    limit ${AT_MOST}`)
  return rows.map(({ text }) => text)
}

export type Certified = {
  readonly certification_id: number
  readonly reconciliation_id: number
  readonly seal: string
  readonly definition_id: number
  readonly definition_version: number
  readonly entity: string
  readonly period: string
  readonly as_of: number
  readonly figures: readonly FigureRow[]
}

/** Every certification with the figures of its comparison. */
export async function listCertified(db: Database): Promise<Certified[]> {
  const rows = await db.execute<Certified>(sql`
    select x.certification_id, x.reconciliation_id, x.seal, r.definition_id, c.definition_version, r.entity, r.period, x.as_of, (
      select coalesce(json_agg(json_build_object('side', f.side, 'account_group', f.account_group, 'currency', f.currency, 'lines', f.lines, 'keys', f.keys, 'amount', f.amount::text)
        order by f.side, f.account_group, f.currency), '[]') from comparison_figures f where f.comparison_id = c.comparison_id) as figures
    from certifications x join comparisons c on c.comparison_id = x.comparison_id join reconciliations r on r.reconciliation_id = x.reconciliation_id
    order by x.certification_id`)
  return [...rows]
}

export async function countSealedRows(db: Database): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    sql`select (select count(*) from comparison_figures) + (select count(*) from comparison_parts) + (select count(*) from certifications) as n`,
  )
  return Number(row!.n)
}
