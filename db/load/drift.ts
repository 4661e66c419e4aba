import { sql } from 'drizzle-orm'
import { TOWER_SYSTEM } from '#server/domain/member-correction.ts'
import type { Drift } from '#server/domain/drift.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable, Transaction } from '../client.ts'
import { textArray } from '../text-array.ts'
import type { ClosedException } from './exceptions.ts'

/** The dimensions a publication brought members of, or took them from. */
export async function listDimensionsOf(db: Queryable, publication: number): Promise<ObjectType[]> {
  const rows = await db.execute<{ dimension: ObjectType }>(
    sql`select distinct dimension from members where loaded_at_pub = ${publication} or superseded_at_pub = ${publication}`,
  )
  // Two sources of rates that differ are no drift: which one counts is said where it is used.
  return rows.map(({ dimension }) => dimension).filter((dimension) => dimension !== 'fx_rate')
}

/**
 * Members of a dimension of which systems say different things now. Compared are systems that keep the same list: of one
 * dimension and entity, with at least half of the shorter one in common; two ledgers with charts of their own are no drift.
 * Each system's newest statement counts; that a system has no member which is of no use any more is no difference; validity only where both lists state any; a name without regard to case and spaces.
 * Corrections by hand are no system's word.
 */
export async function findDrift(db: Queryable, dimension: ObjectType, limit: number): Promise<Drift[]> {
  const rows = await db.execute<Drift>(sql`
    with said as materialized (
      select distinct on (m.entity, m.code, m.system_id) m.entity, m.code, m.system_id, s.name as system, m.name, m.is_active, m.valid_from, m.valid_to,
        lower(regexp_replace(trim(m.name), '\\s+', ' ', 'g')) as plain, m.is_active and coalesce(m.valid_to >= current_date, true) as counts
      from members m join systems s on s.system_id = m.system_id
      where m.dimension = ${dimension} and m.loaded_at_pub is not null and m.superseded_at_pub is null and s.code <> ${TOWER_SYSTEM}
      order by m.entity, m.code, m.system_id, m.valid_from desc nulls last, m.member_id desc),
    lists as (
      select entity, system_id, system, count(*) as size, bool_or(valid_from is not null or valid_to is not null) as has_validity from said group by 1, 2, 3),
    common as (
      select a.entity, a.system_id as one, b.system_id as other, count(*) as size
      from said a join said b on b.entity = a.entity and b.code = a.code and a.system_id < b.system_id group by 1, 2, 3),
    pairs as (
      select c.entity, c.one, c.other, a.has_validity and b.has_validity as has_validity from common c
      join lists a on a.entity = c.entity and a.system_id = c.one join lists b on b.entity = c.entity and b.system_id = c.other
      where 2 * c.size >= least(a.size, b.size)),
    differing as (
      select distinct p.entity, coalesce(x.code, y.code) as code from pairs p
      join lateral (select code from said where entity = p.entity and system_id in (p.one, p.other) group by code) c on true
      left join said x on x.entity = p.entity and x.code = c.code and x.system_id = p.one
      left join said y on y.entity = p.entity and y.code = c.code and y.system_id = p.other
      where x.code is null and y.counts or y.code is null and x.counts or x.plain <> y.plain or x.is_active <> y.is_active
        or p.has_validity and (x.valid_from is distinct from y.valid_from or x.valid_to is distinct from y.valid_to))
    select ${dimension}::text as dimension, d.entity, d.code, jsonb_agg(jsonb_build_object('system', l.system, 'isThere', w.code is not null, 'name', w.name,
        'isActive', w.is_active, 'validFrom', coalesce(w.valid_from::text, ''), 'validTo', coalesce(w.valid_to::text, ''), 'hasValidity', l.has_validity) order by l.system) as said
    from differing d
    join lists l on l.entity = d.entity and exists (select from pairs p where p.entity = d.entity and l.system_id in (p.one, p.other))
    left join said w on w.entity = d.entity and w.code = d.code and w.system_id = l.system_id
    group by d.entity, d.code order by d.entity, d.code limit ${limit}`)
  return [...rows]
}

/** Drift of a dimension that is there no longer. */
export async function closeSettledDrift(
  tx: Transaction,
  { dimension, runId, standing }: { dimension: ObjectType; runId: number; standing: readonly string[] },
): Promise<ClosedException[]> {
  return tx.execute<ClosedException>(sql`
    update exceptions set closed_at = now(), closed_by_run_id = ${runId}
    where code = 'member_drift' and subject->>'field' = ${dimension} and closed_at is null and not array[fingerprint] <@ ${textArray(standing)}
    returning exception_id, code, title`)
}
