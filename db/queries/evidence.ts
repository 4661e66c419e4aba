import { sql, type SQL } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { iso } from '../iso.ts'

export type EvidenceRow = {
  readonly evidenceId: number
  readonly artifactId: number
  readonly name: string
  readonly mediaType: string
  readonly sha256: string
  readonly byteCount: number
  readonly addedBy: string
  readonly addedAt: string
  readonly withdrawnBy: string | null
  readonly withdrawnAt: string | null
}

/** All that was ever added, in that order, with what was withdrawn. */
export async function listEvidence(db: Queryable, reconciliationId: number): Promise<EvidenceRow[]> {
  const rows = await db.execute<EvidenceRow>(sql`
    select e.evidence_id as "evidenceId", e.artifact_id as "artifactId", e.name, e.media_type as "mediaType", a.sha256, a.byte_count::int as "byteCount",
      e.added_by as "addedBy", ${iso(sql`e.added_at`)} as "addedAt", e.withdrawn_by as "withdrawnBy", ${iso(sql`e.withdrawn_at`)} as "withdrawnAt"
    from evidence e join artifacts a on a.artifact_id = e.artifact_id where e.reconciliation_id = ${reconciliationId} order by e.evidence_id`)
  return [...rows]
}

export async function insertEvidence(
  tx: Transaction,
  of: { reconciliationId: number; artifactId: number; name: string; mediaType: string; by: string; at: Date },
): Promise<number> {
  const [row] = await tx.execute<{ evidence_id: number }>(sql`
    insert into evidence (reconciliation_id, artifact_id, name, media_type, added_by, added_at)
    values (${of.reconciliationId}, ${of.artifactId}, ${of.name}, ${of.mediaType}, ${of.by}, ${of.at.toISOString()}) returning evidence_id`)
  return row!.evidence_id
}

/** Returns whether it was in force. */
export async function withdrawEvidenceRow(
  tx: Transaction,
  of: { reconciliationId: number; evidenceId: number; by: string; at: Date },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update evidence set withdrawn_by = ${of.by}, withdrawn_at = ${of.at.toISOString()}
    where evidence_id = ${of.evidenceId} and reconciliation_id = ${of.reconciliationId} and withdrawn_at is null returning 1`)
  return rows.length > 0
}

/** Which rows hold the bytes of an artifact now: another text where any of them was touched since. */
export async function storedVersionOf(db: Queryable, artifactId: number): Promise<string> {
  const [row] = await db.execute<{ version: string }>(sql`select ${storedVersion(sql`${artifactId}::int`)} as version`)
  return row!.version
}

export const storedVersion = (artifactId: SQL): SQL => sql`(
  select coalesce(string_agg(c.seq || ' ' || c.xmin::text || ' ' || c.ctid::text, ',' order by c.seq), '') from artifact_chunks c where c.artifact_id = ${artifactId})`
