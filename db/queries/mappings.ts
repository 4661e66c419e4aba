import { sql } from 'drizzle-orm'
import type { MappingEntry } from '#server/domain/mapping/code-mapping.ts'
import type { Queryable } from '../client.ts'

/** What a system's mapping translates at a version; version 0 translates nothing. */
export async function readMapping(db: Queryable, systemId: number, version: number): Promise<MappingEntry[]> {
  const rows = await db.execute<MappingEntry>(sql`
    select dimension, source_code as "sourceCode", canonical_code as "canonicalCode",
      coalesce(effective_from::text, '') as "effectiveFrom", coalesce(effective_to::text, '') as "effectiveTo"
    from mapping_entries where system_id = ${systemId} and ${inForceAt(version)} order by entry_id`)
  return [...rows]
}

export const inForceAt = (version: number) =>
  sql`from_version <= ${version} and (until_version is null or until_version > ${version})`

/** 0 before anything was approved. */
export async function newestMappingVersion(db: Queryable, systemId: number): Promise<number> {
  const [row] = await db.execute<{ version: number }>(
    sql`select coalesce(max(version), 0)::int as version from mapping_versions where system_id = ${systemId}`,
  )
  return row!.version
}
