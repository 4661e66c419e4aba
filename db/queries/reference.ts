import { sql } from 'drizzle-orm'
import type { CalendarDefinition } from '#server/domain/calendar.ts'
import type { Dimension } from '#server/domain/job.ts'
import type { Member } from '#server/domain/line.ts'
import { Reference } from '#server/domain/reference.ts'
import type { Queryable } from '../client.ts'
import { calendars } from '../schema/calendars.ts'

/** Members of these dimensions as of a publication, and all calendars. Entities always come along: they have the calendars. */
export async function readReference(db: Queryable, dimensions: readonly Dimension[], asOf: number): Promise<Reference> {
  const definitions = await db.select({ definition: calendars.definition }).from(calendars)
  const reference = new Reference(definitions.map((row) => row.definition as CalendarDefinition))
  const names = ['entity', ...dimensions.flatMap((d) => (d === 'counterparty' ? ['supplier', 'customer'] : [d]))]
  const rows = await db.execute<MemberRow>(sql`
    select dimension, entity, code, name, coalesce(valid_from::text, '') as valid_from, coalesce(valid_to::text, '') as valid_to,
      is_active, coalesce(currency, '') as currency, attributes
    from members
    where dimension in ${names} and loaded_at_pub <= ${asOf} and (superseded_at_pub is null or superseded_at_pub > ${asOf})
    order by member_id`)
  for (const row of rows) reference.addMember(row.dimension, memberOf(row))
  return reference
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
