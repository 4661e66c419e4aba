import { sql } from 'drizzle-orm'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { currentAt, matchesLine, type LinesFilter } from './lines.ts'
import { inScope } from './totals.ts'

/** Decimal strings in units of the currency; net = debit - credit. */
export type LineSum = { objectType: ObjectType; currency: string; count: number; debit: string; credit: string; net: string }

/** Count and sums of what listLines lists: never over two kinds of lines, never over two currencies. */
export async function sumLinesByKind(db: Queryable, filter: LinesFilter, asOf: number): Promise<LineSum[]> {
  const rows = await db.execute<Omit<LineSum, 'count'> & { count: string }>(sql`
    select l.object_type as "objectType", l.currency, count(*)::text as count, sum(l.debit)::text as debit, sum(l.credit)::text as credit, sum(l.debit - l.credit)::text as net
    from lines l join systems s on s.system_id = l.system_id where ${currentAt(asOf)} and ${matchesLine(filter)} group by 1, 2 order by 2, 1`)
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

export type LineFacts = { contentHash: string; systemName: string; simulated: boolean }

/** What a list of lines does not need. */
export async function findLineFacts(db: Queryable, lineId: number, scope: readonly string[]): Promise<LineFacts | null> {
  const [row] = await db.execute<LineFacts>(sql`
    select replace(l.content_hash::text, '-', '') as "contentHash", s.name as "systemName", s.simulated
    from lines l join systems s on s.system_id = l.system_id where l.line_id = ${lineId} and ${inScope(sql`l.entity`, scope)}`)
  return row ?? null
}

export type PublicationFacts = { publication: number; publishedAt: string; runId: number; job: string; withdraws: number | null }

export async function findPublications(db: Queryable, publications: readonly number[]): Promise<PublicationFacts[]> {
  if (publications.length === 0) return []
  const rows = await db.execute<PublicationFacts>(sql`
    select p.publication, ${iso(sql`p.published_at`)} as "publishedAt", p.run_id as "runId", j.name as job, p.withdraws
    from publications p join runs r on r.run_id = p.run_id join jobs j on j.job_id = r.job_id where p.publication in ${publications} order by 1 desc`)
  return [...rows]
}

/** The run that read an artifact for a publication: its own, or for what a rollback brought back the last one before. */
export async function findReadingRun(db: Queryable, artifactId: number, publication: number): Promise<number | null> {
  const [row] = await db.execute<{ runId: number }>(sql`
    select r.run_id as "runId" from run_artifacts d join runs r on r.run_id = d.run_id
    where d.artifact_id = ${artifactId} and r.publication <= ${publication} and not r.is_preview
    order by r.publication desc limit 1`)
  return row?.runId ?? null
}

export type MemberName = { system: string; code: string; name: string }

/** Names of members as of a publication; of a member with several the entity's own before one that belongs to all. */
export async function listMemberNames(
  db: Queryable,
  dimension: ObjectType,
  codes: readonly string[],
  asOf: number,
  scope: readonly string[],
): Promise<MemberName[]> {
  if (codes.length === 0) return []
  const rows = await db.execute<MemberName>(sql`
    select distinct on (m.code, s.code) s.code as system, m.code, m.name from members m join systems s on s.system_id = m.system_id
    where m.dimension = ${dimension} and m.code in ${codes} and m.name <> m.code
      and m.loaded_at_pub <= ${asOf} and (m.superseded_at_pub is null or m.superseded_at_pub > ${asOf}) and ${inScope(sql`m.entity`, scope)}
    order by m.code, s.code, m.entity desc, m.member_id desc`)
  return [...rows]
}
