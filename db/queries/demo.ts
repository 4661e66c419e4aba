import { sql } from 'drizzle-orm'
import type { Role } from '#server/domain/actor.ts'
import type { Queryable } from '../client.ts'

/** The named people, if the demonstration put its job into this database; empty where real people work. */
export async function listDemoPeople(
  db: Queryable,
  signIns: readonly string[],
): Promise<{ signIn: string; name: string; role: Role }[]> {
  const rows = await db.execute<{ signIn: string; name: string; role: Role }>(sql`
    select sign_in as "signIn", name, role from people where disabled_at is null and sign_in in ${signIns}
      and exists (select from job_versions v join jobs j on j.job_id = v.job_id where j.name = 'northgate-journals' and v.version = 1 and v.created_by = 'service:seed')
    order by person_id`)
  return [...rows]
}
