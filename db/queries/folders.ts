import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'

/** Jobs that take a file as soon as it appears: those with a schedule take theirs when they are due, paused ones not at all. */
export async function listWatchedFolders(db: Queryable): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`
    select j.name from jobs j join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    where v.definition->'source'->>'type' = 'folder' and not v.definition ? 'schedule' and j.paused_at is null order by 1`)
  return rows.map((row) => row.name)
}

/** The newest run of a whole folder. isOpen: it has not ended, or what it ended in is an open exception. */
export async function findFolderRun(db: Queryable, job: string): Promise<{ runId: number; isOpen: boolean } | null> {
  const [row] = await db.execute<{ runId: number; isOpen: boolean }>(sql`
    select r.run_id as "runId", r.status in ('blocked', 'queued', 'running', 'waiting')
      or exists (select from exceptions e where e.last_run_id = r.run_id and e.closed_at is null and e.state not in ('rejected', 'done_outside')) as "isOpen"
    from runs r join jobs j on j.job_id = r.job_id where j.name = ${job} and r.slice = '*' and not r.is_preview order by r.run_id desc limit 1`)
  return row ?? null
}
