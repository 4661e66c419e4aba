import { sql, type SQL } from 'drizzle-orm'
import type { JobDefinition } from '#server/domain/job.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { RunStatus, RunTrigger } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { inScope } from './totals.ts'

export type ArtifactFacts = { artifactId: number; sha256: string; byteCount: number; storedAt: string }

export async function findArtifactFacts(db: Queryable, artifactId: number): Promise<ArtifactFacts | null> {
  const [row] = await db.execute<Omit<ArtifactFacts, 'byteCount'> & { byteCount: number | string }>(sql`
    select artifact_id as "artifactId", sha256, byte_count as "byteCount", ${iso(sql`stored_at`)} as "storedAt" from artifacts a where artifact_id = ${artifactId}`)
  return row ? { ...row, byteCount: Number(row.byteCount) } : null
}

export type Reader = {
  runId: number
  job: string
  title: string
  definition: JobDefinition
  jobVersion: number
  status: RunStatus
  trigger: RunTrigger
  isPreview: boolean
  publication: number | null
  name: string
  receivedAt: string
  queuedAt: string
  loadId: number | null
  systemId: number
}

/** The runs that read an artifact, newest first, as far as they are in scope: those that touched an entity in scope, or none yet. */
export async function listReaders(db: Queryable, artifactId: number, scope: readonly string[], limit: number): Promise<Reader[]> {
  const touched = sql`select from control_totals c where c.run_id = r.run_id and c.entity <> ''`
  const seen = scope.includes('*')
    ? sql`true`
    : sql`(not exists (${touched}) or exists (${touched} and ${inScope(sql`c.entity`, scope)}))`
  const rows = await db.execute<Reader>(sql`
    select r.run_id as "runId", j.name as job, v.definition->>'title' as title, v.definition, r.job_version as "jobVersion", r.status, r.trigger, r.is_preview as "isPreview",
      r.publication, d.name, ${iso(sql`d.received_at`)} as "receivedAt", ${iso(sql`r.queued_at`)} as "queuedAt",
      (select max(l.load_id) from loads l where l.run_id = r.run_id) as "loadId", j.system_id as "systemId"
    from run_artifacts d join runs r on r.run_id = d.run_id join jobs j on j.job_id = r.job_id
      join job_versions v on v.job_id = r.job_id and v.version = r.job_version
    where d.artifact_id = ${artifactId} and ${seen} order by r.run_id desc, d.seq limit ${limit}`)
  return [...rows]
}

/**
 * True when everything the artifact holds is known to be in scope: raw bytes show all of it. A run that never came to its
 * totals tells nothing, so then only who sees all entities may see the bytes; and a list of entities names all of them.
 */
export async function isArtifactWholeInScope(db: Queryable, artifactId: number, scope: readonly string[]): Promise<boolean> {
  if (scope.includes('*')) return true
  const [row] = await db.execute<{ whole: boolean }>(sql`
    select coalesce(bool_and(${inScope(sql`c.entity`, scope)} and c.object_type <> 'entity'), false) as whole
    from run_artifacts d join control_totals c on c.run_id = d.run_id where d.artifact_id = ${artifactId}`)
  return row!.whole
}

type Reason = {
  code: string
  field: string
  value: string
  detail: string
  exceptionId: number | null
  replacedByRunId: number | null
}

/** What a run made of the record at a place. `entity` is what decides who may see it. */
export type Verdict =
  | { kind: 'rejected'; runId: number; entity: string; rejectedId: number; document: string | null; reasons: Reason[] }
  | { kind: 'repeat'; runId: number; entity: string; outcome: 'unchanged' | 'duplicate'; lineId: number | null }
  | { kind: 'line'; publication: number; entity: string; lineId: number; supersededAtPub: number | null }
  | {
      kind: 'member'
      runId: number
      entity: string
      code: string
      name: string
      loadedAtPub: number | null
      supersededAtPub: number | null
    }

type Place = {
  readonly artifactId: number
  readonly objectType: ObjectType
  readonly position: number
  /** The record's key, by which its lines and members are found; null where it cannot be told. */
  readonly sourceKey: string | null
  readonly runIds: readonly number[]
}

/** Every verdict over the record at a place, of any entity: the caller looks at the scope. Previews are left out. */
export async function listVerdicts(
  db: Queryable,
  { artifactId, objectType, position, sourceKey, runIds }: Place,
): Promise<Verdict[]> {
  if (runIds.length === 0) return []
  const here = sql`x.artifact_id = ${artifactId} and x.position = ${position}`
  const [rejected, repeats, lines, members] = await Promise.all([
    db.execute<Extract<Verdict, { kind: 'rejected' }>>(sql`
      select 'rejected' as kind, x.run_id as "runId", ${entityOf(sql`x.object_type`, sql`split_part(x.source_key, '|', 2)`)}, x.rejected_id as "rejectedId", x.document,
        (select coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'field', r.field, 'value', r.value, 'detail', r.detail, 'exceptionId', r.exception_id,
          'replacedByRunId', r.replaced_by_run_id) order by r.code, r.field), '[]') from rejections r where r.rejected_id = x.rejected_id) as reasons
      from rejected_records x where ${here} and x.object_type = ${objectType} and x.run_id in ${runIds}`),
    db.execute<Extract<Verdict, { kind: 'repeat' }>>(sql`
      select 'repeat' as kind, o.run_id as "runId", ${entityOf(sql`x.object_type`, sql`split_part(x.source_key, '|', 2)`)}, x.outcome, x.line_id as "lineId"
      from all_repeats x join loads o on o.load_id = x.load_id where ${here} and x.object_type = ${objectType} and o.run_id in ${runIds}`),
    sourceKey === null
      ? []
      : db.execute<Extract<Verdict, { kind: 'line' }>>(sql`
          select 'line' as kind, x.loaded_at_pub as publication, x.entity, x.line_id as "lineId", x.superseded_at_pub as "supersededAtPub"
          from lines x where x.source_key = ${sourceKey} and x.object_type = ${objectType} and ${here} order by x.loaded_at_pub`),
    sourceKey === null
      ? []
      : db.execute<Extract<Verdict, { kind: 'member' }>>(sql`
          select 'member' as kind, o.run_id as "runId", ${entityOf(sql`x.dimension`, sql`x.code`)}, x.code, x.name, x.loaded_at_pub as "loadedAtPub", x.superseded_at_pub as "supersededAtPub"
          from members x join loads o on o.load_id = x.load_id
          where x.source_key = ${sourceKey} and x.dimension = ${objectType} and ${here} and o.run_id in ${runIds}`),
  ])
  return [...rejected, ...repeats, ...lines, ...members].map((row) =>
    'lineId' in row && row.lineId !== null ? { ...row, lineId: Number(row.lineId) } : row,
  )
}

/** A record about an entity is of that entity, although as a member it belongs to all. */
const entityOf = (objectType: SQL, code: SQL) => sql`case when ${objectType} = 'entity' then ${code} else x.entity end as entity`
