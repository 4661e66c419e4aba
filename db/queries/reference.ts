import { sql } from 'drizzle-orm'
import type { CalendarDefinition } from '#server/domain/calendar.ts'
import type { Dimension } from '#server/domain/job.ts'
import type { Member } from '#server/domain/line.ts'
import { TOWER_SYSTEM } from '#server/domain/member-correction.ts'
import { BY_HAND, RECORD, Reference } from '#server/domain/reference.ts'
import type { Queryable } from '../client.ts'
import { calendars } from '../schema/calendars.ts'

/**
 * Members of these dimensions as of a publication, and all calendars. Entities always come along: they have the calendars.
 * `systemId` is the system whose load will bring members of its own.
 */
export async function readReference(
  db: Queryable,
  dimensions: readonly Dimension[],
  asOf: number,
  systemId = 0,
): Promise<Reference> {
  const definitions = await db.select({ definition: calendars.definition }).from(calendars)
  const records = await readSystemsOfRecord(db)
  const rankOf = (dimension: string, system: number) => (records.has(`${dimension} ${system}`) ? RECORD : RECORD + system)
  const reference = new Reference(
    definitions.map((row) => row.definition as CalendarDefinition),
    (dimension) => rankOf(dimension, systemId),
  )
  const names = ['entity', ...dimensions.flatMap((d) => (d === 'counterparty' ? ['supplier', 'customer'] : [d]))]
  const rows = await db.execute<MemberRow>(sql`
    select dimension, entity, code, name, coalesce(valid_from::text, '') as valid_from, coalesce(valid_to::text, '') as valid_to,
      is_active, coalesce(currency, '') as currency, attributes, system_id, system_id = (select system_id from systems where code = ${TOWER_SYSTEM}) as by_hand
    from members
    where dimension in ${names} and loaded_at_pub <= ${asOf} and (superseded_at_pub is null or superseded_at_pub > ${asOf})
    order by member_id`)
  for (const row of rows) {
    const rank = row.by_hand ? BY_HAND : rankOf(row.dimension, row.system_id)
    reference.addMember(row.dimension, memberOf(row), rank)
  }
  return reference
}

/** `dimension system` of every system of record, as the jobs stand. Without one the system that was connected first counts. */
export async function readSystemsOfRecord(db: Queryable): Promise<Set<string>> {
  const rows = await db.execute<{ key: string }>(sql`
    select v.definition->>'objectType' || ' ' || j.system_id as key from jobs j
    join job_versions v on v.job_id = j.job_id and v.version = j.current_version where v.definition->>'systemOfRecord' = 'true'`)
  return new Set(rows.map((row) => row.key))
}

type MemberRow = {
  dimension: string
  entity: string
  code: string
  name: string
  valid_from: string
  valid_to: string
  is_active: boolean
  currency: string
  attributes: Record<string, string>
  system_id: number
  by_hand: boolean | null
}

const memberOf = (row: MemberRow): Member => ({
  entity: row.entity,
  code: row.code,
  name: row.name,
  validFrom: row.valid_from,
  validTo: row.valid_to,
  isActive: row.is_active,
  currency: row.currency,
  attributes: row.attributes,
})

/** `entity period` of every closed period, for the rule that looks at records which fail anyway. */
export async function readClosedPeriods(db: Queryable, states: readonly string[]): Promise<Set<string>> {
  const rows = await db.execute<{ key: string }>(
    sql`select entity || ' ' || period as key from period_states where state in ${states}`,
  )
  return new Set(rows.map((row) => row.key))
}
