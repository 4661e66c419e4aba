import { and, desc, eq, sql } from 'drizzle-orm'
import type { JobDefinition } from '#server/domain/job.ts'
import type { Said } from '#server/domain/failure-names/said.ts'
import type { RunOutcomeSummary, RunStatus, StageName } from '#server/domain/run.ts'
import type { Queryable, Transaction } from '../client.ts'
import { runArtifacts, runs } from '../schema/runs.ts'
import { jobs, jobVersions, systems } from '../schema/systems.ts'
import { lane } from './queue.ts'

export type Run = typeof runs.$inferSelect
export type NewRun = typeof runs.$inferInsert
export type RunWithJob = { run: Run; job: JobDefinition; systemId: number }

export async function insertRun(tx: Transaction, run: NewRun): Promise<Run> {
  const [inserted] = await tx.insert(runs).values(run).returning()
  return inserted!
}

/** In the order given. */
export async function insertRuns(tx: Transaction, rows: readonly NewRun[]): Promise<Run[]> {
  return rows.length === 0
    ? []
    : tx
        .insert(runs)
        .values([...rows])
        .returning()
}

export async function findRun(db: Queryable, runId: number): Promise<RunWithJob | null> {
  const [row] = await db
    .select({ run: runs, job: jobVersions.definition, systemId: jobs.systemId })
    .from(runs)
    .innerJoin(jobs, eq(jobs.jobId, runs.jobId))
    .innerJoin(jobVersions, and(eq(jobVersions.jobId, runs.jobId), eq(jobVersions.version, runs.jobVersion)))
    .where(eq(runs.runId, runId))
  return row ?? null
}

export type JobRow = {
  jobId: number
  name: string
  systemId: number
  version: number
  definition: JobDefinition
  pausedAt: Date | null
}

export async function findJob(db: Queryable, name: string): Promise<JobRow | null> {
  const [row] = await db
    .select({
      jobId: jobs.jobId,
      name: jobs.name,
      systemId: jobs.systemId,
      version: jobs.currentVersion,
      definition: jobVersions.definition,
      pausedAt: jobs.pausedAt,
    })
    .from(jobs)
    .innerJoin(jobVersions, and(eq(jobVersions.jobId, jobs.jobId), eq(jobVersions.version, jobs.currentVersion)))
    .where(eq(jobs.name, name))
  return row ?? null
}

export async function listJobs(db: Queryable): Promise<JobRow[]> {
  return db
    .select({
      jobId: jobs.jobId,
      name: jobs.name,
      systemId: jobs.systemId,
      version: jobs.currentVersion,
      definition: jobVersions.definition,
      pausedAt: jobs.pausedAt,
    })
    .from(jobs)
    .innerJoin(jobVersions, and(eq(jobVersions.jobId, jobs.jobId), eq(jobVersions.version, jobs.currentVersion)))
    .orderBy(jobs.name)
}

export async function findSystem(db: Queryable, code: string) {
  const [row] = await db.select().from(systems).where(eq(systems.code, code))
  return row ?? null
}

export async function findSystemById(db: Queryable, systemId: number) {
  const [row] = await db.select().from(systems).where(eq(systems.systemId, systemId))
  return row ?? null
}

/**
 * Takes a run for this worker if it is due and no other run of the same job and lane is active, nor an earlier one still to
 * come: the older delivery, tried again after a failure, would otherwise undo the newer one. Null otherwise. The attempt is
 * counted at this moment, so a worker that dies cannot forget it.
 */
export async function claimRun(db: Queryable, runId: number, workerId: string): Promise<RunWithJob | null> {
  const [claimed] = await db.execute(sql`
    with claimed as (update runs r set status = 'running', attempt = attempt + 1, worker_id = ${workerId}, started_at = coalesce(started_at, now()), progress_at = now(),
      as_of_publication = coalesce(as_of_publication, (select coalesce(max(publication), 0) from publications)),
      mapping_version = coalesce(mapping_version, (select coalesce(max(m.version), 0) from mapping_versions m join jobs j on j.system_id = m.system_id where j.job_id = r.job_id))
    where run_id = ${runId} and status in ('queued', 'waiting') and due_at <= now()
      and (is_preview or (
        not exists (select from runs o where o.job_id = r.job_id and ${lane(sql`o`)} = ${lane(sql`r`)} and o.status = 'running' and not o.is_preview)
        and not exists (select from runs o where o.job_id = r.job_id and ${lane(sql`o`)} = ${lane(sql`r`)} and o.run_id < r.run_id and o.status in ('queued', 'waiting') and not o.is_preview)))
    returning run_id, attempt)
    insert into attempts (run_id, attempt, worker_id) select run_id, attempt, ${workerId} from claimed returning 1`)
  return claimed ? findRun(db, runId) : null
}

/**
 * True while this attempt still owns the run. Locks the run until the transaction ends: a worker that was declared dead
 * and comes back can no longer write.
 */
export async function holdsRun(tx: Transaction, run: Pick<Run, 'runId' | 'attempt' | 'workerId'>): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from runs where run_id = ${run.runId} and status = 'running' and attempt = ${run.attempt} and worker_id = ${run.workerId} for update`)
  return rows.length > 0
}

/** Ended now, not when the transaction began: publishing is most of what it does. */
export async function endAttempt(
  tx: Transaction,
  run: Pick<Run, 'runId' | 'attempt'>,
  outcome: {
    outcome: string
    failureClass?: string
    failureCode?: string
    failureDetail?: string
    retryAt?: Date | null
    said?: Said | undefined
    ruleId?: number | undefined
  },
): Promise<void> {
  await tx.execute(sql`
    with ended as (
      update attempts set ended_at = clock_timestamp(), outcome = ${outcome.outcome}, failure_class = ${outcome.failureClass ?? null}, failure_code = ${outcome.failureCode ?? null},
        failure_detail = ${outcome.failureDetail ?? null}, retry_at = ${outcome.retryAt?.toISOString() ?? null},
        said = ${outcome.said ? JSON.stringify(outcome.said) : null}::jsonb, rule_id = ${outcome.ruleId ?? null}
      where run_id = ${run.runId} and attempt = ${run.attempt} and ended_at is null)
    update stages set ended_at = clock_timestamp(), outcome = ${outcome.outcome === 'succeeded' ? 'done' : outcome.outcome}
    where run_id = ${run.runId} and attempt = ${run.attempt} and ended_at is null`)
}

export async function endRun(
  tx: Transaction,
  runId: number,
  status: RunStatus,
  summary: RunOutcomeSummary | null,
  publication: number | null,
): Promise<void> {
  await tx
    .update(runs)
    .set({ status, summary, publication, finishedAt: sql`clock_timestamp()`, progress: null, workerId: null })
    .where(eq(runs.runId, runId))
}

export async function delayRun(tx: Transaction, runId: number, dueAt: Date): Promise<void> {
  await tx.update(runs).set({ status: 'waiting', dueAt, progress: null, workerId: null }).where(eq(runs.runId, runId))
}

type Progress = NonNullable<Run['progress']>
export type EndedStage = { readonly stage: StageName; readonly records: number }

/**
 * For a statement that is for people's eyes only: its commit does not wait for the disk. Of what a power cut takes with it nothing
 * else depends: the attempt is over then as well.
 */
const unhurried = sql`unhurried as materialized (select set_config('synchronous_commit', 'off', true))`

/**
 * Progress for people. Returns false when this attempt no longer owns the run: it was cancelled or taken over. While the row is locked, as
 * for as long as it is published, nobody is told: a report that waited would keep a connection, and whatever is sent down it, waiting.
 */
export async function reportProgress(db: Queryable, run: Run, progress: Progress): Promise<boolean> {
  const ours = sql`run_id = ${run.runId} and status = 'running' and attempt = ${run.attempt} and worker_id = ${run.workerId}`
  const rows = await db.execute(sql`
    with ${unhurried}, free as (select run_id from runs where ${ours} for no key update skip locked),
      told as (update runs r set progress = ${JSON.stringify(progress)}::jsonb, progress_at = now() from unhurried, free where r.run_id = free.run_id)
    select 1 from runs where ${ours}`)
  return rows.length > 0
}

/** The beginning of a stage is the end of the one before. */
export async function enterStage(
  db: Queryable,
  { runId, attempt }: Pick<Run, 'runId' | 'attempt'>,
  stage: StageName,
  before: EndedStage | null,
): Promise<void> {
  await db.execute(sql`
    with ${unhurried}, ended as (
      update stages set ended_at = clock_timestamp(), outcome = 'done', records = ${before?.records ?? null}
      where run_id = ${runId} and attempt = ${attempt} and stage = ${before?.stage ?? null})
    insert into stages (run_id, attempt, stage, started_at) select ${runId}, ${attempt}, ${stage}, clock_timestamp() from unhurried
    on conflict (run_id, attempt, stage) do update set started_at = excluded.started_at, ended_at = null, outcome = null`)
}

export type RunArtifact = typeof runArtifacts.$inferSelect

export async function listRunArtifacts(db: Queryable, runId: number): Promise<RunArtifact[]> {
  return db.select().from(runArtifacts).where(eq(runArtifacts.runId, runId)).orderBy(runArtifacts.seq)
}

/** Bytes of all deliveries of a run, unpacked. */
export async function sumArtifactBytes(db: Queryable, runId: number): Promise<number> {
  const [row] = await db.execute<{ bytes: number }>(sql`
    select coalesce(sum(a.byte_count), 0)::float8 as bytes from run_artifacts d join artifacts a on a.artifact_id = d.artifact_id where d.run_id = ${runId}`)
  return row!.bytes
}

export async function addRunArtifact(
  tx: Transaction,
  row: { runId: number; seq: number; artifactId: number; name: string; cursor: string | null },
): Promise<void> {
  await tx.insert(runArtifacts).values(row)
}

/** A replay reads what its origin stored. */
export async function copyRunArtifacts(tx: Transaction, from: number, to: number): Promise<number> {
  const rows = await tx.execute(sql`
    insert into run_artifacts (run_id, seq, artifact_id, name, cursor, received_at)
    select ${to}, seq, artifact_id, name, cursor, received_at from run_artifacts where run_id = ${from} returning 1`)
  return rows.length
}

export async function markExtracted(db: Queryable, runId: number): Promise<void> {
  await db.update(runs).set({ extractedAt: sql`now()` }).where(eq(runs.runId, runId))
}

export async function newestRunId(db: Queryable): Promise<number> {
  const [row] = await db.select({ runId: runs.runId }).from(runs).orderBy(desc(runs.runId)).limit(1)
  return row?.runId ?? 0
}

/** Back into the queue, if `may` allows it in the status it is in now. Returns that status, or null. */
export async function restartRun(tx: Transaction, runId: number, may: (status: RunStatus) => boolean): Promise<RunStatus | null> {
  const [row] = await tx.select({ status: runs.status }).from(runs).where(eq(runs.runId, runId)).for('update')
  if (!row || !may(row.status)) return null
  await tx
    .update(runs)
    .set({ status: 'queued', dueAt: sql`now()`, finishedAt: null, summary: null, workerId: null, attemptsForgiven: sql`attempt` })
    .where(eq(runs.runId, runId))
  return row.status
}

export async function cancelRun(tx: Transaction, runId: number, may: (status: RunStatus) => boolean): Promise<RunStatus | null> {
  const [row] = await tx
    .select({ status: runs.status, attempt: runs.attempt })
    .from(runs)
    .where(eq(runs.runId, runId))
    .for('update')
  if (!row || !may(row.status)) return null
  await endAttempt(tx, { runId, attempt: row.attempt }, { outcome: 'cancelled' })
  await tx
    .update(runs)
    .set({ status: 'cancelled', finishedAt: sql`now()`, progress: null, workerId: null })
    .where(eq(runs.runId, runId))
  return row.status
}

/** Entities a run judged; what a scope is checked against. */
export async function listRunEntities(db: Queryable, runId: number): Promise<string[]> {
  const rows = await db.execute<{ entity: string }>(
    sql`select distinct entity from control_totals where run_id = ${runId} and entity <> ''`,
  )
  return rows.map((row) => row.entity)
}

/** The version a job stands at now. */
export async function findJobVersion(db: Queryable, jobId: number): Promise<number> {
  const [row] = await db.select({ version: jobs.currentVersion }).from(jobs).where(eq(jobs.jobId, jobId))
  return row!.version
}

/**
 * The run, locked, if it is still running in that attempt; with `progressAt`, if it has reported nothing since and nobody holds it: whoever
 * does is at work, as for as long as it waits to publish, when nothing is told.
 */
export async function lockRunning(tx: Transaction, runId: number, attempt: number, progressAt?: string): Promise<Run | null> {
  const isSilent = progressAt === undefined ? undefined : sql`coalesce(${runs.progressAt}::text, '') = ${progressAt}`
  const [row] = await tx
    .select()
    .from(runs)
    .where(and(eq(runs.runId, runId), eq(runs.status, 'running'), eq(runs.attempt, attempt), isSilent))
    .for('update', progressAt === undefined ? {} : { skipLocked: true })
  return row ?? null
}

/** So many of its attempts do not count against the retry policy. */
export async function forgiveAttempts(tx: Transaction, runId: number, attempts: number): Promise<void> {
  await tx.update(runs).set({ attemptsForgiven: attempts }).where(eq(runs.runId, runId))
}
