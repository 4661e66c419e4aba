import { sql } from 'drizzle-orm'
import { TOWER_SYSTEM, type MemberType } from '#server/domain/member-correction.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { inScope } from './totals.ts'

export type DimensionSystem = { dimension: MemberType; system: string; systemName: string; members: number; isByHand: boolean }

/** Which systems carry which dimension, and how many members of it each. */
export async function listDimensionSystems(db: Queryable, scope: readonly string[]): Promise<DimensionSystem[]> {
  const rows = await db.execute<DimensionSystem>(sql`
    select m.dimension, s.code as system, s.name as "systemName", count(distinct (m.entity, m.code))::int as members, s.code = ${TOWER_SYSTEM} as "isByHand"
    from members m join systems s on s.system_id = m.system_id
    where m.loaded_at_pub is not null and m.superseded_at_pub is null and ${ofScope(scope)} group by 1, 2, 3 order by 1, 5, 3`)
  return [...rows]
}

/** Members however many systems state them. */
export async function countMembers(
  db: Queryable,
  scope: readonly string[],
): Promise<{ dimension: MemberType; members: number }[]> {
  return db.execute<{ dimension: MemberType; members: number }>(sql`
    select m.dimension, count(distinct (m.entity, m.code))::int as members from members m
    where m.loaded_at_pub is not null and m.superseded_at_pub is null and ${ofScope(scope)} group by 1`)
}

export async function countOpenDrift(
  db: Queryable,
  scope: readonly string[],
): Promise<{ dimension: MemberType; open: number }[]> {
  return db.execute<{ dimension: MemberType; open: number }>(sql`
    select e.subject->>'field' as dimension, count(*)::int as open from exceptions e where e.code = 'member_drift' and e.closed_at is null
      and (cardinality(e.entities) = 0 or exists (select from unnest(e.entities) x where ${inScope(sql`x`, scope)})) group by 1`)
}

export type Statement = {
  system: string
  systemName: string
  systemId: number
  name: string
  validFrom: string
  validTo: string
  isActive: boolean
}
export type MemberRow = { entity: string; code: string; statements: Statement[]; driftExceptionId: number | null }

export type MembersFilter = {
  readonly dimension: MemberType
  readonly publication: number
  readonly scope: readonly string[]
  readonly q?: string | undefined
  readonly entity?: string | undefined
  readonly system?: string | undefined
  readonly show?: 'drift' | 'by-hand' | 'inactive' | undefined
  readonly after?: { readonly entity: string; readonly code: string } | undefined
}

/** Members of a dimension as of a publication, one row a member with what every system says of it. */
export async function listMembers(db: Queryable, filter: MembersFilter, limit: number): Promise<MemberRow[]> {
  const { dimension, publication, after } = filter
  const parts = [sql`m.dimension = ${dimension}`, currentAt(publication), ofScope(filter.scope)]
  if (filter.entity) parts.push(dimension === 'entity' ? sql`m.code = ${filter.entity}` : sql`m.entity in (${filter.entity}, '')`)
  if (filter.system) parts.push(sql`s.code = ${filter.system}`)
  if (filter.q) parts.push(sql`(strpos(lower(m.code), lower(${filter.q})) > 0 or strpos(lower(m.name), lower(${filter.q})) > 0)`)
  if (filter.show === 'by-hand') parts.push(sql`s.code = ${TOWER_SYSTEM}`)
  if (filter.show === 'inactive') parts.push(sql`not m.is_active`)
  if (filter.show === 'drift') parts.push(sql`exists (select from exceptions e where ${driftOf})`)
  if (after) parts.push(sql`(m.entity, m.code) > (${after.entity}, ${after.code})`)
  const rows = await db.execute<MemberRow>(sql`
    with chosen as (
      select m.entity, m.code from members m join systems s on s.system_id = m.system_id where ${sql.join(parts, sql` and `)}
      group by 1, 2 order by 1, 2 limit ${limit})
    select m.entity, m.code, jsonb_agg(jsonb_build_object('system', s.code, 'systemName', s.name, 'systemId', s.system_id, 'name', m.name, 'validFrom', coalesce(m.valid_from::text, ''),
        'validTo', coalesce(m.valid_to::text, ''), 'isActive', m.is_active) order by s.system_id, m.valid_from nulls first) as statements,
      (select max(e.exception_id) from exceptions e where e.code = 'member_drift' and e.closed_at is null and e.subject->>'field' = ${dimension}
        and e.subject->>'value' = m.code and coalesce(e.subject->>'entity', '') = m.entity) as "driftExceptionId"
    from chosen c join members m on m.entity = c.entity and m.code = c.code and m.dimension = ${dimension} and ${currentAt(publication)}
    join systems s on s.system_id = m.system_id group by 1, 2 order by 1, 2`)
  return [...rows]
}

const driftOf = sql`e.code = 'member_drift' and e.closed_at is null and e.subject->>'field' = m.dimension and e.subject->>'value' = m.code and coalesce(e.subject->>'entity', '') = m.entity`

export type MemberHistoryRow = Statement & {
  fromPublication: number
  publishedAt: string
  untilPublication: number | null
  runId: number
  by: string
  reason: string | null
}

/** Everything that was ever published of one member, the newest first. */
export async function listMemberHistory(
  db: Queryable,
  { dimension, entity, code, scope }: { dimension: MemberType; entity: string; code: string; scope: readonly string[] },
  limit: number,
): Promise<MemberHistoryRow[]> {
  const rows = await db.execute<MemberHistoryRow>(sql`
    select s.code as system, s.name as "systemName", s.system_id as "systemId", m.name, coalesce(m.valid_from::text, '') as "validFrom", coalesce(m.valid_to::text, '') as "validTo",
      m.is_active as "isActive", m.loaded_at_pub as "fromPublication", ${iso(sql`p.published_at`)} as "publishedAt", m.superseded_at_pub as "untilPublication",
      p.run_id as "runId", r.requested_by as by, r.reason
    from members m join systems s on s.system_id = m.system_id join publications p on p.publication = m.loaded_at_pub join runs r on r.run_id = p.run_id
    where m.dimension = ${dimension} and m.entity = ${entity} and m.code = ${code} and ${ofScope(scope)} order by m.loaded_at_pub desc, m.member_id desc limit ${limit}`)
  return [...rows]
}

const currentAt = (publication: number) =>
  sql`m.loaded_at_pub <= ${publication} and (m.superseded_at_pub is null or m.superseded_at_pub > ${publication})`
/** Members of all entities are for everybody; an entity itself is a member of its own. */
const ofScope = (scope: readonly string[]) =>
  sql`(case when m.dimension = 'entity' then ${inScope(sql`m.code`, scope)} else m.entity = '' or ${inScope(sql`m.entity`, scope)} end)`
