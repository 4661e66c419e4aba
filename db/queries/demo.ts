import { sql } from 'drizzle-orm'
import type { Role } from '#server/domain/actor.ts'
import type { RecordCounts } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'

/** The named people, if the demonstration put its job into this database; empty where real people work. */
export async function listDemoPeople(
  db: Queryable,
  signIns: readonly string[],
): Promise<{ signIn: string; name: string; role: Role }[]> {
  const rows = await db.execute<{ signIn: string; name: string; role: Role }>(sql`
    select sign_in as "signIn", name, role from people where disabled_at is null and sign_in in ${signIns}
      and exists (select from job_versions v join jobs j on j.job_id = v.job_id where j.name = 'aldermoor-entities' and v.version = 1 and v.created_by = 'service:seed')
    order by person_id`)
  return [...rows]
}

export type DemoRun = {
  runId: number
  job: string
  status: string
  attempts: number
  failedWith: string[]
  lines: RecordCounts | null
  sentence: string | null
}

/** Ended runs of these jobs, newest first, with the codes their attempts failed with. */
export async function listDemoRuns(db: Queryable, jobs: readonly string[]): Promise<DemoRun[]> {
  const rows = await db.execute<DemoRun>(sql`
    select r.run_id as "runId", j.name as job, r.status, r.attempt as attempts, r.summary->'lines' as lines, r.summary->>'sentence' as sentence,
      array(select a.failure_code from attempts a where a.run_id = r.run_id and a.failure_code is not null order by a.attempt) as "failedWith"
    from runs r join jobs j on j.job_id = r.job_id where j.name in ${jobs} and not r.is_preview and r.finished_at is not null order by r.run_id desc`)
  return [...rows]
}
