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
  const rows = stated.map(({ artifactId, claim }) => ({ artifact_id: artifactId, ...columnsOf(claim) }))
  await db.execute(sql`
    insert into claims (run_id, artifact_id, kind, measure, object_type, subject, currency, stated_as, claimed, opening, first_position, last_position)
    select ${runId}, r.artifact_id, r.kind, r.measure, r.object_type, r.subject, r.currency, r.stated_as, r.claimed, r.opening, r.first_position, r.last_position
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (artifact_id int, kind text, measure text, object_type text, subject text,
      currency text, stated_as text, claimed numeric, opening numeric, first_position int, last_position int)`)
}

function columnsOf(claim: Claim) {
  const { kind, currency, statedAs: stated_as } = claim
  const of = { kind, currency, stated_as, object_type: 'journal_line' }
  if (claim.kind === 'total')
    return { ...of, measure: claim.measure, object_type: claim.objectType, subject: '', claimed: claim.value }
  if (claim.kind === 'roll_forward')
    return { ...of, measure: 'closing', subject: claim.account, claimed: claim.closing, opening: claim.opening }
  const { measure, subject, value, beside, firstPosition, lastPosition } = claim
  return { ...of, measure, subject, claimed: value, opening: beside, first_position: firstPosition, last_position: lastPosition }
}

/** Under which a source that repeats its totals on every page states the same figure again. */
export function nameOfClaim({ artifactId, claim }: StatedClaim): string {
  if (claim.kind === 'total') return claim.statedAs
  if (claim.kind === 'roll_forward') return claim.account
  // A page of an API that is a bank file is a file.
  return [artifactId, claim.subject, claim.statedAs, claim.measure, claim.firstPosition].join('|')
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
  const [any] = await db.execute<{ total: boolean; roll: boolean; balance: boolean }>(sql`
    select coalesce(bool_or(kind = 'total'), false) as total, coalesce(bool_or(kind = 'roll_forward'), false) as roll,
      coalesce(bool_or(kind = 'balance'), false) as balance from claims where run_id = ${load.runId}`)
  if (!any!.total && !any!.roll && !any!.balance) return
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
  if (any!.balance) await findBalances(db, load, asReceived)
  await db.execute(sql`
    update claims set ties = case when measure in ('records', 'documents', 'records_in', 'records_out', 'parts') then claimed = found else abs(claimed - found) <= ${tolerance}::numeric end
    where run_id = ${load.runId}`)
}

/**
 * What bank statements state: the records between two places of their artifact, and what is beside them. Records are summed up to each place
 * once, so that many statements of one file do not each read the file.
 */
async function findBalances(db: Queryable, load: LoadScope, asReceived: boolean): Promise<void> {
  const place = placeOf(load.loadId)
  const untouched = (at: Parameters<typeof asSent>[1]) => (asReceived ? asSent(load.runId, at) : sql`true`)
  const seen = sql`
    select artifact_id, position, debit, credit from ${place} where ${untouched(sql`artifact_id, position`)}
    union all select s.artifact_id, s.first_position + (l.line_id - s.first_line_id)::int, l.debit, l.credit from ${spannedLines(load.loadId)}
      where ${untouched(sql`s.artifact_id, s.first_position + (l.line_id - s.first_line_id)::int`)}
    union all select artifact_id, position, debit, credit from rejected_records where run_id = ${load.runId} and ${untouched(sql`artifact_id, position`)}
    union all select artifact_id, position, debit, credit from repeats where load_id = ${load.loadId} and ${untouched(sql`artifact_id, position`)}
    ${asReceived ? sql`union all select artifact_id, position, debit, credit from corrected_records where run_id = ${load.runId}` : sql``}`
  await db.execute(sql`
    with seen as materialized (${seen}),
    edges as (
      select artifact_id, first_position - 1 as at from claims where run_id = ${load.runId} and kind = 'balance'
      union select artifact_id, last_position from claims where run_id = ${load.runId} and kind = 'balance'),
    steps as (
      select artifact_id, position, debit, credit, 1 as n, (debit > 0)::int as n_in, (credit > 0)::int as n_out, false as is_edge from seen
      union all select artifact_id, at, 0, 0, 0, 0, 0, true from edges),
    upto as materialized (
      select artifact_id, position, debit, credit, n, n_in, n_out from (
        select artifact_id, position, is_edge, sum(debit) over w as debit, sum(credit) over w as credit, sum(n) over w as n,
          sum(n_in) over w as n_in, sum(n_out) over w as n_out from steps window w as (partition by artifact_id order by position)) run
      where is_edge)
    update claims c set found = c.opening + case c.measure
        when 'closing' then l.debit - l.credit - f.debit + f.credit when 'net' then l.debit - l.credit - f.debit + f.credit
        when 'in' then l.debit - f.debit when 'out' then l.credit - f.credit when 'gross' then l.debit + l.credit - f.debit - f.credit
        when 'records' then l.n - f.n when 'records_in' then l.n_in - f.n_in when 'records_out' then l.n_out - f.n_out else 0 end
    from upto f, upto l
    where c.run_id = ${load.runId} and c.kind = 'balance' and f.artifact_id = c.artifact_id and f.position = c.first_position - 1
      and l.artifact_id = c.artifact_id and l.position = c.last_position`)
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
