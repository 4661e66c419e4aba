import { sql } from 'drizzle-orm'
import type { Database } from '../client.ts'

const AT_MOST = 100

/**
 * Every document still adds up to the lines it names, every confirmed delivery to what was read back, and every publication of a job
 * with targets was put down for each of them.
 */
export async function checkDeliveries(db: Database): Promise<{ name: string; rowsChecked: number; differences: string[] }> {
  const documents = await db.execute<{ text: string }>(sql`
    select 'delivery ' || i.delivery_id || ' document ' || i.natural_key || ': it says ' || i.count || ' lines, debit ' || i.debit || ', credit ' || i.credit
      || '; the lines have ' || l.count || ', ' || l.debit || ', ' || l.credit as text
    from delivery_items i cross join lateral (
      select count(*)::int as count, coalesce(sum(l.debit), 0) as debit, coalesce(sum(l.credit), 0) as credit from lines l where l.line_id = any(i.line_ids)) l
    where (i.count, i.debit, i.credit) is distinct from (l.count, l.debit, l.credit) limit ${AT_MOST}`)
  const confirmed = await db.execute<{ text: string }>(sql`
    select 'delivery ' || d.delivery_id || ' is confirmed, and ' || concat_ws(' ', t.entity, t.period, t.version, t.currency) || ' was read back as ' || coalesce(c.count, 0) || ' lines, debit '
      || coalesce(c.debit, 0) || ', credit ' || coalesce(c.credit, 0) || ' instead of ' || t.count || ', ' || t.debit || ', ' || t.credit as text
    from deliveries d join delivery_totals t on t.delivery_id = d.delivery_id and t.checkpoint = 'delivered'
      left join delivery_totals c on c.delivery_id = d.delivery_id and c.checkpoint = 'confirmed' and (c.entity, c.period, c.version, c.currency) = (t.entity, t.period, t.version, t.currency)
    where d.status = 'confirmed' and (t.count, t.debit, t.credit) is distinct from (c.count, c.debit, c.credit) limit ${AT_MOST}`)
  const missing = await db.execute<{ text: string }>(sql`
    select 'publication ' || p.publication || ' was never put down for the target ' || (x->>'name') as text
    from publications p join runs r on r.run_id = p.run_id join job_versions v on v.job_id = r.job_id and v.version = r.job_version
      cross join lateral jsonb_array_elements(v.definition->'targets') as x
    where p.withdraws is null and not exists (select from deliveries d where d.publication = p.publication and d.target = x->>'name') limit ${AT_MOST}`)
  const [n] = await db.execute<{ n: number }>(sql`select count(*)::int as n from delivery_items`)
  return { name: 'deliveries', rowsChecked: n!.n, differences: [...documents, ...confirmed, ...missing].map(({ text }) => text) }
}
