import { sql } from 'drizzle-orm'
import type { Claim } from '#server/domain/record.ts'
import type { Queryable } from '../client.ts'
import { asSent, sentFromCorrected } from './corrected.ts'
import { placeOf } from './places.ts'
import { spannedLines } from './repeats.ts'
import type { LoadScope } from './settle-lines.ts'

export type StatedClaim = { readonly artifactId: number; readonly claim: Claim }

export async function insertClaims(db: Queryable, runId: number, stated: readonly StatedClaim[]): Promise<void> {
  if (stated.length === 0) return
  const rows = stated.map(({ artifactId, claim }) =>
    claim.kind === 'total'
      ? {
          artifact_id: artifactId,
          kind: 'total',
          measure: claim.measure,
          object_type: claim.objectType,
          subject: '',
          currency: claim.currency,
          stated_as: claim.statedAs,
          claimed: claim.value,
          opening: null,
        }
      : {
          artifact_id: artifactId,
          kind: 'roll_forward',
          measure: 'closing',
          object_type: 'journal_line',
          subject: claim.account,
          currency: claim.currency,
          stated_as: claim.statedAs,
          claimed: claim.closing,
          opening: claim.opening,
        },
  )
  await db.execute(sql`
    insert into claims (run_id, artifact_id, kind, measure, object_type, subject, currency, stated_as, claimed, opening)
    select ${runId}, r.artifact_id, r.kind, r.measure, r.object_type, r.subject, r.currency, r.stated_as, r.claimed, r.opening
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (artifact_id int, kind text, measure text, object_type text, subject text,
      currency text, stated_as text, claimed numeric, opening numeric)`)
}

/**
 * Compares every claim with the rows: all records of the load, the rejected and repeated ones too, because a claim is
 * about what was sent. A claim of one file is about that file, a claim of an API about the whole answer (`perArtifact`).
 * A sum stated without a currency is a hash total over whatever came. Tolerance is for sums only, never for counts.
 * Records that were corrected count as the source sent them (`asReceived`: there are any).
 */
export async function judgeClaims(
  db: Queryable,
  load: LoadScope,
  { perArtifact, tolerance, asReceived }: { perArtifact: boolean; tolerance: string; asReceived: boolean },
): Promise<void> {
  const [any] = await db.execute<{ total: boolean; roll: boolean }>(sql`
    select coalesce(bool_or(kind = 'total'), false) as total, coalesce(bool_or(kind = 'roll_forward'), false) as roll from claims where run_id = ${load.runId}`)
  if (!any!.total && !any!.roll) return
  const artifact = perArtifact ? sql`artifact_id` : sql`0`
  const place = placeOf(load.loadId)
  const untouched = (at: Parameters<typeof asSent>[1]) => (asReceived ? asSent(load.runId, at) : sql`true`)
  const ofLines = untouched(sql`artifact_id, position`)
  const ofSpans = untouched(sql`s.artifact_id, s.first_position + (l.line_id - s.first_line_id)::int`)
  const corrected = asReceived ? sentFromCorrected(load.runId, artifact) : null
  if (any!.total) {
    const fromLines = sql`select ${artifact} as artifact_id, ${load.objectType} as object_type, currency, document, debit, credit from ${place} where ${ofLines}
      union all select ${perArtifact ? sql`s.artifact_id` : sql`0`}, ${load.objectType}, l.currency, l.document, l.debit, l.credit from ${spannedLines(load.loadId)} where ${ofSpans}`
    const fromRejected = sql`select ${artifact}, object_type, currency, document, debit, credit from rejected_records where run_id = ${load.runId} and (object_type <> ${load.objectType} or ${ofLines})`
    const fromDuplicates = sql`select ${artifact}, object_type, currency, null::text, debit, credit from repeats where load_id = ${load.loadId} and (object_type <> ${load.objectType} or ${ofLines})`
    const fromMembers = sql`select ${artifact}, dimension, '', null::text, 0, 0 from members where load_id = ${load.loadId}`
    await db.execute(sql`
      with seen as (${fromLines} union all ${fromRejected} union all ${fromDuplicates} union all ${fromMembers} ${corrected ? sql`union all ${corrected.total}` : sql``}),
      sums as (
        select artifact_id, object_type, currency, count(*) as records, sum(debit) as debit, sum(credit) as credit from seen group by 1, 2, 3),
      documents as (select artifact_id, object_type, count(distinct document) as documents from seen
        where exists (select from claims where run_id = ${load.runId} and measure = 'documents') group by 1, 2)
      update claims c set found = coalesce(case c.measure
          when 'documents' then (select sum(d.documents) from documents d where (not ${perArtifact} or d.artifact_id = c.artifact_id) and d.object_type = c.object_type)
          else (select case c.measure when 'records' then sum(s.records) when 'debit' then sum(s.debit) when 'credit' then sum(s.credit) else sum(s.debit - s.credit) end
            from sums s where (not ${perArtifact} or s.artifact_id = c.artifact_id) and s.object_type = c.object_type
              and (c.currency is null or c.measure = 'records' or s.currency = c.currency))
        end, 0)
      where c.run_id = ${load.runId} and c.kind = 'total'`)
  }
  if (any!.roll) {
    const movement = sql`select artifact_id, account, sum(debit - credit) as net from (
        select ${artifact} as artifact_id, account, debit, credit from ${place} where ${ofLines}
        union all select ${perArtifact ? sql`s.artifact_id` : sql`0`}, l.account, l.debit, l.credit from ${spannedLines(load.loadId)} where ${ofSpans}
        union all select ${artifact}, account, debit, credit from rejected_records where run_id = ${load.runId} and object_type = ${load.objectType} and ${ofLines}
        union all select ${perArtifact ? sql`r.artifact_id` : sql`0`}, l.account, r.debit, r.credit from repeats r join ${place} l on l.line_id = r.line_id
          where r.load_id = ${load.loadId} and r.outcome = 'duplicate' and r.object_type = ${load.objectType} and ${untouched(sql`r.artifact_id, r.position`)}
        ${corrected ? sql`union all ${corrected.movement}` : sql``}) moved group by 1, 2`
    await db.execute(sql`
      update claims c set found = c.opening + coalesce((select sum(m.net) from (${movement}) m
        where m.account = c.subject and (not ${perArtifact} or m.artifact_id = c.artifact_id)), 0)
      where c.run_id = ${load.runId} and c.kind = 'roll_forward'`)
  }
  await db.execute(sql`
    update claims set ties = case when measure in ('records', 'documents') then claimed = found else abs(claimed - found) <= ${tolerance}::numeric end
    where run_id = ${load.runId}`)
}

export type BrokenClaim = {
  claim_id: number
  kind: string
  measure: string
  object_type: string
  subject: string
  currency: string | null
  stated_as: string
  claimed: string
  found: string
  opening: string | null
  difference: string
}

export async function findBrokenClaims(db: Queryable, runId: number): Promise<BrokenClaim[]> {
  return db.execute<BrokenClaim>(sql`
    select claim_id, kind, measure, object_type, subject, currency, stated_as, claimed::text, found::text, opening::text, (claimed - found)::text as difference
    from claims where run_id = ${runId} and not ties order by claim_id`)
}
