import { sql } from 'drizzle-orm'
import type { RunStatus } from '#server/domain/run.ts'
import type { FeedState, TickOutcome } from '#server/domain/schedule.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { jobSeenIn, matchesFeed, type FeedsFilter } from './feed-figures.ts'

export type FeedRow = {
  job: string
  title: string
  system: string
  process: string
  owner: string
  expectedBy: string
  countsFrom: string
  state: FeedState
  runId: number | null
  arrivedAt: string | null
  /** Open exceptions only. */
  exceptionId: number | null
  exceptionTitle: string | null
}

/** Feeds: what is still to come or missing first, the most urgent on top; then what has come, newest first. */
export async function listFeedRows(db: Queryable, filter: FeedsFilter, limit: number): Promise<FeedRow[]> {
  const rows = await db.execute<FeedRow>(sql`
    select j.name as job, v.definition->>'title' as title, v.definition->'system'->>'name' as system, v.definition->>'process' as process, f.owner,
      ${iso(sql`f.expected_by`)} as "expectedBy", ${iso(sql`f.counts_from`)} as "countsFrom", f.state, f.run_id as "runId", ${iso(sql`f.arrived_at`)} as "arrivedAt",
      e.exception_id as "exceptionId", e.title as "exceptionTitle"
    from feeds f join jobs j on j.job_id = f.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
      left join exceptions e on e.exception_id = f.exception_id and e.closed_at is null
    where ${matchesFeed(filter)}
    order by f.state not in ('missing', 'expected'), f.state <> 'missing', case when f.state in ('missing', 'expected') then f.expected_by end, f.expected_by desc, j.name limit ${limit}`)
  return [...rows]
}

/** runIds: one, or one for each new file of a folder. */
export type TickRow = {
  dueAt: string
  outcome: TickOutcome
  decidedAt: string
  decidedBy: string
  runs: { runId: number; status: RunStatus; startedAt: string | null }[]
}

/** The due times of a job that were decided, newest first. */
export async function listTickRows(db: Queryable, job: string, limit: number): Promise<TickRow[]> {
  const rows = await db.execute<TickRow>(sql`
    select ${iso(sql`t.due_at`)} as "dueAt", t.outcome, ${iso(sql`t.decided_at`)} as "decidedAt", t.decided_by as "decidedBy",
      coalesce((select jsonb_agg(jsonb_build_object('runId', r.run_id, 'status', r.status, 'startedAt', ${iso(sql`r.started_at`)}) order by r.run_id)
        from runs r where r.job_id = t.job_id and r.scheduled_for = t.due_at), '[]') as runs
    from ticks t join jobs j on j.job_id = t.job_id where j.name = ${job} order by t.due_at desc limit ${limit}`)
  return [...rows]
}

export type BlockedRow = {
  runId: number
  job: string
  title: string
  since: string
  /** The jobs it waits for, each with how its newest run stands. */
  waitsFor: WaitsForRow[]
}
export type WaitsForRow = {
  job: string
  title: string | null
  runId: number | null
  status: RunStatus | null
  isPaused: boolean
}

/** Runs that wait for other jobs, oldest first; one run only, if it is named. */
export async function listBlockedRows(
  db: Queryable,
  scope: readonly string[],
  { runId, limit }: { runId?: number | undefined; limit: number },
): Promise<BlockedRow[]> {
  const rows = await db.execute<BlockedRow>(sql`
    select b.run_id as "runId", j.name as job, v.definition->>'title' as title, ${iso(sql`coalesce(b.scheduled_for, b.queued_at)`)} as since,
      (select coalesce(jsonb_agg(jsonb_build_object('job', w.name, 'title', wv.definition->>'title', 'runId', n.run_id, 'status', n.status, 'isPaused', wj.paused_at is not null) order by w.position), '[]')
        from unnest(b.waits_for) with ordinality as w (name, position)
        left join jobs wj on wj.name = w.name left join job_versions wv on wv.job_id = wj.job_id and wv.version = wj.current_version
        left join lateral (select run_id, status from runs r where r.job_id = wj.job_id and not r.is_preview order by r.run_id desc limit 1) n on true) as "waitsFor"
    from runs b join jobs j on j.job_id = b.job_id join job_versions v on v.job_id = b.job_id and v.version = b.job_version
    where b.status = 'blocked' and ${runId === undefined ? sql`true` : sql`b.run_id = ${runId}`} and ${jobSeenIn(scope)} order by b.run_id limit ${limit}`)
  return [...rows]
}
