import { sql } from 'drizzle-orm'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable } from '../client.ts'

/** What one system says of a member. Dates are ISO or ''. */
export type MemberFacts = {
  system: string
  systemName: string
  name: string
  validFrom: string
  validTo: string
  isActive: boolean
  currency: string
  attributes: Record<string, string>
}

/** What every system says of one member now, the oldest statement first. */
export async function listMemberFacts(
  db: Queryable,
  { dimension, code, entity }: { dimension: ObjectType; code: string; entity: string },
): Promise<MemberFacts[]> {
  const rows = await db.execute<MemberFacts>(sql`
    select s.code as system, s.name as "systemName", m.name, coalesce(m.valid_from::text, '') as "validFrom", coalesce(m.valid_to::text, '') as "validTo",
      m.is_active as "isActive", coalesce(m.currency, '') as currency, m.attributes
    from members m join systems s on s.system_id = m.system_id
    where m.dimension = ${dimension} and m.code = ${code} and m.entity = ${entity} and m.loaded_at_pub is not null and m.superseded_at_pub is null
    order by m.loaded_at_pub, m.member_id`)
  return [...rows]
}
