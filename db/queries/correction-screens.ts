import { sql } from 'drizzle-orm'
import type { CorrectionState } from '#server/domain/correction.ts'
import type { LineField } from '#server/domain/job.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { inScope } from './totals.ts'

/** spent: active, and the source said something else when the record was read last. */
export type CorrectionStanding = CorrectionState | 'spent'

export type CorrectionOnScreen = {
  correctionId: number
  job: string
  title: string
  system: string
  systemName: string
  sourceKey: string
  objectType: ObjectType
  field: LineField
  found: string
  corrected: string
  reason: string
  rejectedId: number
  runId: number
  artifactId: number
  position: number
  exceptionIds: number[]
  entity: string
  correctedEntity: string
  needsSecondPerson: boolean
  standing: CorrectionStanding
  state: CorrectionState
  revision: number
  proposedBy: string
  proposedAt: string
  decidedBy: string | null
  decidedAt: string | null
  decisionReason: string | null
  withdrawnBy: string | null
  withdrawnAt: string | null
  withdrawnReason: string | null
  /** The newest run that read the record, and what the source said then. */
  lastRunId: number | null
  says: string | null
}

export type CorrectionsFilter = {
  readonly standing?: CorrectionStanding | undefined
  readonly job?: string | undefined
  readonly field?: LineField | undefined
  readonly by?: string | undefined
  readonly exception?: number | undefined
  /** Those that this run applied. */
  readonly run?: number | undefined
  readonly entity?: string | undefined
  readonly scope: readonly string[]
}
type Paged = { readonly before?: number | undefined; readonly after?: number | undefined; readonly limit: number }

/** Corrections, newest first. Keyset by id: older than, newer than. */
export async function listCorrections(db: Queryable, filter: CorrectionsFilter & Paged): Promise<CorrectionOnScreen[]> {
  const { before, after, limit } = filter
  const backwards = after !== undefined && before === undefined
  const keyset = backwards ? sql`c.correction_id > ${after}` : before === undefined ? sql`true` : sql`c.correction_id < ${before}`
  const rows = await db.execute<CorrectionOnScreen>(sql`
    select ${COLUMNS} ${FROM} where ${chosenBy(filter)} and ${keyset} order by c.correction_id ${backwards ? sql`asc` : sql`desc`} limit ${limit}`)
  const read = rows.map((row) => ({ ...row, rejectedId: Number(row.rejectedId) }))
  return backwards ? read.reverse() : read
}

export async function findCorrection(
  db: Queryable,
  correctionId: number,
  scope: readonly string[],
): Promise<CorrectionOnScreen | null> {
  const [row] = await db.execute<CorrectionOnScreen>(
    sql`select ${COLUMNS} ${FROM} where c.correction_id = ${correctionId} and ${chosenBy({ scope })}`,
  )
  return row ? { ...row, rejectedId: Number(row.rejectedId) } : null
}

/** Those that a run applied to the record at a place. */
export async function listAppliedAt(
  db: Queryable,
  { runId, artifactId, position, scope }: { runId: number; artifactId: number; position: number; scope: readonly string[] },
): Promise<CorrectionOnScreen[]> {
  const rows = await db.execute<CorrectionOnScreen>(sql`
    select ${COLUMNS} ${FROM} where ${chosenBy({ scope })} and c.correction_id in (
      select correction_id from correction_readings where run_id = ${runId} and artifact_id = ${artifactId} and position = ${position} and is_applied)
    order by c.correction_id`)
  return rows.map((row) => ({ ...row, rejectedId: Number(row.rejectedId) }))
}

export type ReadingOnScreen = {
  runId: number
  position: number
  isPreview: boolean
  at: string | null
  says: string
  isApplied: boolean
  publication: number | null
}

/** Each time its record was read, newest first. */
export async function listReadings(db: Queryable, correctionId: number, limit: number): Promise<ReadingOnScreen[]> {
  const rows = await db.execute<ReadingOnScreen>(sql`
    select a.run_id as "runId", a.position, r.is_preview as "isPreview", ${iso(sql`coalesce(r.finished_at, r.started_at)`)} as at, a.says, a.is_applied as "isApplied", r.publication
    from correction_readings a join runs r on r.run_id = a.run_id where a.correction_id = ${correctionId} order by a.run_id desc, a.position limit ${limit}`)
  return [...rows]
}

export async function listCorrectedJobs(db: Queryable): Promise<{ name: string }[]> {
  const rows = await db.execute<{ name: string }>(
    sql`select name from jobs where job_id in (select job_id from corrections) order by name`,
  )
  return [...rows]
}

const FROM = sql`from corrections c join jobs j on j.job_id = c.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
  join systems s on s.system_id = j.system_id join rejected_records x on x.rejected_id = c.rejected_id
  left join lateral (select a.run_id, a.says, a.is_applied from correction_readings a join runs r on r.run_id = a.run_id
    where a.correction_id = c.correction_id and not r.is_preview order by a.run_id desc, a.is_applied desc limit 1) last on true`

const STANDING = sql`case when c.state = 'active' and last.is_applied = false then 'spent' else c.state end`

const COLUMNS = sql`
  c.correction_id as "correctionId", j.name as job, v.definition->>'title' as title, s.code as system, s.name as "systemName", c.source_key as "sourceKey",
  c.object_type as "objectType", c.field, c.found, c.corrected, c.reason, c.rejected_id as "rejectedId", x.run_id as "runId", x.artifact_id as "artifactId", x.position,
  c.exception_ids as "exceptionIds", c.entity, c.corrected_entity as "correctedEntity", c.needs_second_person as "needsSecondPerson", ${STANDING} as standing, c.state, c.revision,
  c.proposed_by as "proposedBy", ${iso(sql`c.proposed_at`)} as "proposedAt", c.decided_by as "decidedBy", ${iso(sql`c.decided_at`)} as "decidedAt",
  c.decision_reason as "decisionReason", c.withdrawn_by as "withdrawnBy", ${iso(sql`c.withdrawn_at`)} as "withdrawnAt", c.withdrawn_reason as "withdrawnReason",
  last.run_id as "lastRunId", last.says`

/** In scope when both the record as it came and as it is read are. */
function chosenBy({ standing, job, field, by, exception, run, entity, scope }: CorrectionsFilter) {
  const parts = [inScope(sql`c.entity`, scope), inScope(sql`c.corrected_entity`, scope)]
  if (standing) parts.push(sql`${STANDING} = ${standing}`)
  if (job) parts.push(sql`j.name = ${job}`)
  if (field) parts.push(sql`c.field = ${field}`)
  if (by) parts.push(sql`c.proposed_by = ${by}`)
  if (exception !== undefined) parts.push(sql`c.exception_ids @> array[${exception}::int]`)
  if (run !== undefined)
    parts.push(sql`c.correction_id in (select correction_id from correction_readings where run_id = ${run} and is_applied)`)
  if (entity) parts.push(sql`${entity} in (c.entity, c.corrected_entity)`)
  return sql.join(parts, sql` and `)
}
