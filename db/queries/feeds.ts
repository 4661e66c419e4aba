import { sql } from 'drizzle-orm'
import type { FeedRun } from '#server/domain/feed.ts'
import type { Expected, FeedState, Schedule } from '#server/domain/schedule.ts'
import type { Queryable, Transaction } from '../client.ts'
import { inForceSince, ms } from './ticks.ts'

export type ExpectingJob = {
  readonly jobId: number
  readonly name: string
  readonly title: string
  readonly owner: string
  readonly expected: Expected
  readonly schedule: Schedule | null
  /** Feeds are expected from then on: the newest there is, or when the expectation came into force. Milliseconds. */
  readonly since: number
}

export async function listExpectingJobs(db: Queryable, now: Date): Promise<ExpectingJob[]> {
  const rows = await db.execute<ExpectingJob>(sql`
    select j.job_id as "jobId", j.name, v.definition->>'title' as title, coalesce(v.definition->'expected'->>'owner', v.definition->>'owner') as owner,
      v.definition->'expected' as expected, v.definition->'schedule' as schedule,
      ${ms(sql`greatest(${inForceSince('expected')}, (select max(f.expected_by) from feeds f where f.job_id = j.job_id and f.expected_by <= ${now.toISOString()}::timestamptz))`)} as since
    from jobs j join job_versions v on v.job_id = j.job_id and v.version = j.current_version where v.definition ? 'expected' order by j.job_id`)
  return [...rows]
}

export type NewFeed = { readonly jobId: number; readonly expectedBy: Date; readonly countsFrom: Date; readonly owner: string }

/** Those that were not there yet. */
export async function insertFeeds(tx: Transaction, feeds: readonly NewFeed[]): Promise<number> {
  const rows = await tx.execute(sql`
    insert into feeds (job_id, expected_by, counts_from, owner, state)
    select f."jobId", f."expectedBy", f."countsFrom", f.owner, 'expected'
    from jsonb_to_recordset(${JSON.stringify(feeds)}::jsonb) as f ("jobId" int, "expectedBy" timestamptz, "countsFrom" timestamptz, owner text)
    on conflict (job_id, expected_by) do nothing returning 1`)
  return rows.length
}

export type FeedAhead = { readonly jobId: number; readonly expectedBy: number; readonly state: FeedState }

/** Feeds whose time is still to come. By state, for its index: feeds of years are not walked. */
export async function listFeedsAhead(db: Queryable, now: Date): Promise<FeedAhead[]> {
  const rows = await db.execute<FeedAhead>(sql`
    select f.job_id as "jobId", ${ms(sql`f.expected_by`)} as "expectedBy", f.state from feeds f
    where f.state in ('expected', 'arrived', 'late', 'missing') and f.expected_by > ${now.toISOString()}::timestamptz`)
  return [...rows]
}

export async function dropFeeds(tx: Transaction, feeds: readonly { jobId: number; expectedBy: number }[]): Promise<void> {
  for (const { jobId, expectedBy } of feeds)
    await tx.execute(
      sql`delete from feeds where job_id = ${jobId} and expected_by = ${new Date(expectedBy).toISOString()}::timestamptz and state = 'expected'`,
    )
}

export type OpenFeed = {
  readonly jobId: number
  readonly job: string
  readonly expectedBy: number
  readonly state: FeedState
  readonly records: number
  readonly exceptionId: number | null
  /** Null when the exception was closed, or there is none. */
  readonly exceptionCode: string | null
  /** The run that brought it, if one has. */
  readonly arrivedRunId: number | null
  readonly arrivedAt: number | null
  /** Without one that brought it: the runs in its time, newest first. */
  readonly runs: readonly FeedRun[]
  /** What stopped one of those runs, if that is an open exception already. */
  readonly causeId: number | null
}

/** What a run read: everything it judged, accepted or not. */
const recordsOf = (run: ReturnType<typeof sql>) => sql`(
  select coalesce(sum(n.value::int), 0)::int from (select * from jsonb_each_text(${run}.summary->'lines') union all select * from jsonb_each_text(${run}.summary->'members')) n where n.key <> 'removed')`

/** The time a run belongs to: what it was due for; a replay belongs to the time of the run it replays. */
const timeOf = (run: ReturnType<typeof sql>) => sql`coalesce(${run}.scheduled_for, (
  select coalesce(o.scheduled_for, o.queued_at) from runs o where o.run_id = ${run}.origin_run_id), ${run}.queued_at)`

/**
 * Feeds that have not come, of each job the newest; oldest first, each with the run that has brought it since or with those that did
 * not. A run that a person or a file started and that came late for an earlier feed is not taken for the next one as well.
 */
export async function listOpenFeeds(db: Queryable, now: Date, limitOfJob: number): Promise<OpenFeed[]> {
  const ofFeed = sql`r.job_id = f.job_id and not r.is_preview and r.trigger <> 'rollback' and ${timeOf(sql`r`)} > f.counts_from`
  const rows = await db.execute<OpenFeed>(sql`
    select f.job_id as "jobId", j.name as job, ${ms(sql`f.expected_by`)} as "expectedBy", f.state, n.records, f.exception_id as "exceptionId", e.code as "exceptionCode",
      a.run_id as "arrivedRunId", ${ms(sql`a.finished_at`)} as "arrivedAt", coalesce(w.runs, '[]') as runs,
      (select min(x.exception_id) from exceptions x where x.closed_at is null and x.code not like 'feed\\_%' and (x.last_run_id in (select (value->>'runId')::int from jsonb_array_elements(w.runs))
        or j.name = any(string_to_array(x.subject->>'jobs', ', ')) and w.runs @> '[{"status": "failed"}]')) as "causeId"
    from (
      select *, row_number() over (partition by job_id order by expected_by desc) as place from feeds
      where state = 'missing' or state = 'expected' and least(expected_by, counts_from) <= ${now.toISOString()}::timestamptz) f
    join jobs j on j.job_id = f.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    cross join lateral (select coalesce((v.definition->'expected'->>'records')::int, 1) as records) n
    left join exceptions e on e.exception_id = f.exception_id and e.closed_at is null
    left join lateral (
      select r.run_id, r.finished_at from runs r where ${ofFeed} and r.status = 'succeeded' and ${recordsOf(sql`r`)} >= n.records
        and not (r.scheduled_for is null and r.finished_at <= f.expected_by and exists (select from feeds k where k.job_id = f.job_id and k.expected_by < r.finished_at
          and (k.run_id = r.run_id or k.run_id is null and k.counts_from < ${timeOf(sql`r`)})))
      order by r.finished_at limit 1) a on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('runId', s.run_id, 'status', s.status, 'records', s.records)) as runs from (
        select r.run_id, r.status, ${recordsOf(sql`r`)} as records from runs r where ${ofFeed} and not (r.status = 'succeeded' and ${recordsOf(sql`r`)} >= n.records)
        order by r.run_id desc limit 20) s) w on a.run_id is null
    where f.place <= ${limitOfJob} order by f.expected_by, f.job_id`)
  return [...rows]
}

export type FeedChange = {
  readonly state: FeedState
  readonly runId?: number | null
  readonly arrivedAt?: Date | null
  readonly exceptionId?: number | null
}

/** False when somebody else has judged it since. */
export async function changeFeed(
  tx: Transaction,
  feed: Pick<OpenFeed, 'jobId' | 'expectedBy' | 'state' | 'exceptionId'>,
  change: FeedChange,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update feeds set state = ${change.state}, run_id = ${change.runId ?? null}, arrived_at = ${change.arrivedAt?.toISOString() ?? null}::timestamptz, exception_id = ${change.exceptionId ?? null}
    where job_id = ${feed.jobId} and expected_by = ${new Date(feed.expectedBy).toISOString()}::timestamptz and state = ${feed.state}
      and exception_id is not distinct from ${feed.exceptionId}::int returning 1`)
  return rows.length > 0
}

/** Findings about feeds of a job that no open feed refers to any more. */
export async function closeSettledFeeds(tx: Transaction, jobId: number, runId: number | null): Promise<number[]> {
  const rows = await tx.execute<{ id: number }>(sql`
    update exceptions e set closed_at = now(), closed_by_run_id = ${runId}
    where e.job_id = ${jobId} and e.closed_at is null and e.code in ('feed_missing', 'feed_empty', 'feed_unpublished')
      and not exists (select from feeds f where f.exception_id = e.exception_id and f.state in ('expected', 'missing')) returning exception_id as id`)
  return rows.map(({ id }) => id)
}
