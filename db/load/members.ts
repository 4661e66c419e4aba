import { sql } from 'drizzle-orm'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable, Transaction } from '../client.ts'

export type MemberRow = {
  artifact_id: number
  position: number
  dimension: ObjectType
  entity: string
  code: string
  name: string
  valid_from: string | null
  valid_to: string | null
  is_active: boolean
  currency: string | null
  attributes: Readonly<Record<string, string>>
  source_key: string
  content_hash: string
}

/** Members of a load, not yet current. */
export async function insertMembers(db: Queryable, loadId: number, systemId: number, rows: readonly MemberRow[]): Promise<void> {
  await db.execute(sql`
    insert into members (load_id, system_id, artifact_id, position, dimension, entity, code, name, valid_from, valid_to, is_active, currency,
      attributes, source_key, content_hash)
    select ${loadId}, ${systemId}, r.artifact_id, r.position, r.dimension, r.entity, r.code, r.name, r.valid_from, r.valid_to, r.is_active,
      r.currency, r.attributes, r.source_key, r.content_hash
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (artifact_id int, position int, dimension text, entity text, code text,
      name text, valid_from date, valid_to date, is_active boolean, currency text, attributes jsonb, source_key text, content_hash uuid)`)
}

/**
 * Sorts the members of a load: a record that equals an earlier one of the load is a duplicate (identical or not: of one
 * file the last word about a member counts), one that equals the current member is unchanged. Both leave the load.
 */
export async function settleMembers(db: Queryable, loadId: number, systemId: number): Promise<void> {
  await db.execute(sql`
    with ranked as (
      select member_id, row_number() over (partition by dimension, source_key order by artifact_id desc, position desc) as n
      from members where load_id = ${loadId}),
    gone as (delete from members using ranked where members.member_id = ranked.member_id and n > 1 returning members.*)
    insert into repeats (load_id, object_type, outcome, artifact_id, position, source_key, entity, period, version, currency, debit, credit)
    select ${loadId}, dimension, 'duplicate', artifact_id, position, source_key, entity, '', '', '', 0, 0 from gone`)
  await db.execute(sql`
    with gone as (
      delete from members using members old
      where members.load_id = ${loadId} and old.system_id = ${systemId} and old.dimension = members.dimension
        and old.source_key = members.source_key and old.content_hash = members.content_hash
        and old.loaded_at_pub is not null and old.superseded_at_pub is null
      returning members.*)
    insert into repeats (load_id, object_type, outcome, artifact_id, position, source_key, entity, period, version, currency, debit, credit)
    select ${loadId}, dimension, 'unchanged', artifact_id, position, source_key, entity, '', '', '', 0, 0 from gone`)
}

/** The members of a load become current; those they replace end. */
export async function publishMembers(tx: Transaction, loadId: number, systemId: number, publication: number): Promise<void> {
  await tx.execute(sql`
    with fresh as (update members set loaded_at_pub = ${publication} where load_id = ${loadId} returning member_id, dimension, source_key)
    update members old set superseded_at_pub = ${publication}
    from fresh
    where old.system_id = ${systemId} and old.dimension = fresh.dimension and old.source_key = fresh.source_key
      and old.loaded_at_pub is not null and old.superseded_at_pub is null`)
}
