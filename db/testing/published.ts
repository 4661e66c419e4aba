import { sql } from 'drizzle-orm'
import type { Queryable } from '#db/client.ts'

/**
 * One hash over what is current: every line without its ids and places, and every total. Equal hashes, equal figures. Of one
 * system it leaves out whose they are, so that two systems can be compared.
 */
export async function publishedHash(db: Queryable, system?: string): Promise<string> {
  const code = system === undefined ? sql`s.code` : sql`''`
  const ofSystem = system === undefined ? sql`true` : sql`s.code = ${system}`
  const [row] = await db.execute<{ hash: string }>(sql`
    with parts as (
      select concat_ws('|', 'line', ${code}, l.object_type, l.source_key, l.content_hash, l.entity, l.period, l.version, l.currency, l.debit, l.credit, l.account,
        l.cost_centre, l.project, l.counterparty, l.accounting_status, l.document, l.description, l.effective_on, l.posted_on) as part
      from lines l join systems s on s.system_id = l.system_id where l.superseded_at_pub is null and ${ofSystem}
      union all
      select concat_ws('|', 'total', ${code}, t.object_type, t.entity, t.period, t.version, t.currency, t.count, t.debit, t.credit)
      from slice_totals t join systems s on s.system_id = t.system_id where t.superseded_at_pub is null and ${ofSystem})
    select encode(sha256(convert_to(coalesce(string_agg(part, E'\n' order by part collate "C"), ''), 'UTF8')), 'hex') as hash from parts`)
  return row!.hash
}

/** Tables of loads that belong to no run any more. Held loads keep theirs on purpose. */
export async function orphanPlaces(db: Queryable): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'load' and c.relkind = 'r' and not exists (select from pg_inherits i where i.inhrelid = c.oid)
      and not exists (select from loads l join runs r on r.run_id = l.run_id where l.load_id = substr(c.relname, 2)::int and l.has_own_place and r.status = 'held')
    order by 1`)
  return rows.map((row) => row.name)
}
