import { sql } from 'drizzle-orm'
import type { MatchDistance, MatchState } from '#server/domain/reconciliation/match-state.ts'
import type { Queryable, Transaction } from '../client.ts'
import { iso } from '../iso.ts'

export type MatchLine = { readonly side: number; readonly line_id: number; readonly amount: string }
export type NewMatch = {
  readonly side: number
  readonly state: MatchState
  readonly rule: string
  readonly currency: string
  readonly difference: string
  readonly distance: MatchDistance | null
  readonly margin: MatchDistance | null
  readonly lines: readonly MatchLine[]
}

export async function saveMatches(tx: Transaction, comparisonId: number, matches: readonly NewMatch[]): Promise<void> {
  if (matches.length === 0) return
  const numbered = matches.map(({ lines: _, ...match }, i) => ({ match: i + 1, ...match }))
  await tx.execute(sql`
    insert into comparison_matches (comparison_id, match, side, state, rule, currency, difference, distance, margin)
    select ${comparisonId}, m.match, m.side, m.state, m.rule, m.currency, m.difference, m.distance, m.margin
    from jsonb_to_recordset(${JSON.stringify(numbered)}::jsonb) as m (match int, side int, state text, rule text, currency text, difference numeric, distance jsonb, margin jsonb)`)
  const lines = matches.flatMap((match, i) => match.lines.map((line) => ({ match: i + 1, ...line })))
  await tx.execute(sql`
    insert into comparison_match_lines (comparison_id, match, side, line_id, amount)
    select ${comparisonId}, l.match, l.side, l.line_id, l.amount
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as l (match int, side int, line_id bigint, amount numeric)`)
}

export type ShownMatchLine = MatchLine & {
  readonly source_key: string
  readonly reference: string | null
  readonly on: string | null
  readonly description: string | null
}
export type ShownMatch = Omit<NewMatch, 'lines'> & { readonly match: number; readonly lines: readonly ShownMatchLine[] }

/** What waits for a person first. */
export async function listMatches(db: Queryable, comparisonId: number, limit: number): Promise<ShownMatch[]> {
  const rows = await db.execute<ShownMatch>(sql`
    select m.match, m.side, m.state, m.rule, m.currency, m.difference::text as difference, m.distance, m.margin, (
      select json_agg(json_build_object('side', k.side, 'line_id', k.line_id, 'amount', k.amount::text, 'source_key', l.source_key, 'reference', l.document,
        'on', coalesce(l.effective_on, l.posted_on), 'description', l.description) order by k.side, k.line_id)
      from comparison_match_lines k join lines l on l.line_id = k.line_id where (k.comparison_id, k.match) = (m.comparison_id, m.match)) as lines
    from comparison_matches m where m.comparison_id = ${comparisonId}
    order by array_position(array['ambiguous', 'suggested', 'joined', 'matched'], m.state), m.match limit ${limit}`)
  return [...rows]
}

export async function countMatches(db: Queryable, comparisonId: number): Promise<Readonly<Record<MatchState, number>>> {
  const [row] = await db.execute<Record<MatchState, number>>(sql`
    select count(*) filter (where state = 'ambiguous')::int as ambiguous, count(*) filter (where state = 'suggested')::int as suggested,
      count(*) filter (where state = 'joined')::int as joined, count(*) filter (where state = 'matched')::int as matched
    from comparison_matches where comparison_id = ${comparisonId}`)
  return row!
}

export type MatchesOfRule = {
  readonly rule: string
  readonly state: MatchState
  readonly matches: number
  readonly lines: number
  readonly linesHash: string
}

/** What each rule and each person matched, and a hash over which lines, so that a seal can bind them however many they are. */
export async function sumMatches(db: Queryable, comparisonId: number): Promise<MatchesOfRule[]> {
  const rows = await db.execute<MatchesOfRule>(sql`
    select m.rule, m.state, count(distinct m.match)::int as matches, count(*)::int as lines,
      encode(sha256(convert_to(string_agg(m.match || ' ' || l.side || ' ' || l.line_id || ' ' || l.amount, E'\n' order by m.match, l.side, l.line_id), 'UTF8')), 'hex') as "linesHash"
    from comparison_matches m join comparison_match_lines l on (l.comparison_id, l.match) = (m.comparison_id, m.match)
    where m.comparison_id = ${comparisonId} group by 1, 2 order by 1, 2`)
  return [...rows]
}

export async function findMatches(
  db: Queryable,
  comparisonId: number,
  matches: readonly number[],
): Promise<(NewMatch & { match: number })[]> {
  if (matches.length === 0) return []
  const rows = await db.execute<NewMatch & { match: number }>(sql`
    select m.match, m.side, m.state, m.rule, m.currency, m.difference::text as difference, m.distance, m.margin, (
      select json_agg(json_build_object('side', k.side, 'line_id', k.line_id, 'amount', k.amount::text) order by k.side, k.line_id)
      from comparison_match_lines k where (k.comparison_id, k.match) = (m.comparison_id, m.match)) as lines
    from comparison_matches m where m.comparison_id = ${comparisonId} and m.match in ${matches} order by m.match`)
  return [...rows]
}

export type UnexplainedLine = {
  readonly part: number
  readonly of: number
  readonly side: number
  readonly line_id: number
  readonly currency: string
}

/** The lines of these parts that are unexplained. `of`: the side that is compared with the first. */
export async function listUnexplainedLines(
  db: Queryable,
  comparisonId: number,
  parts: readonly number[],
): Promise<UnexplainedLine[]> {
  if (parts.length === 0) return []
  const rows = await db.execute<UnexplainedLine>(sql`
    select p.part, p.side as of, i.side, i.item_id as line_id, p.currency from comparison_parts p
      join comparison_items i on (i.comparison_id, i.part) = (p.comparison_id, p.part)
    where p.comparison_id = ${comparisonId} and p.part in ${parts} and p.bucket = 'unexplained' and i.kind = 'line' and not i.is_evidence order by 1, 3, 4`)
  return rows.map((row) => ({ ...row, line_id: Number(row.line_id) }))
}

export type MatchAct = {
  readonly actId: number
  readonly kind: 'joined' | 'parted'
  readonly firstLineIds: readonly number[]
  readonly otherLineIds: readonly number[]
  readonly actedBy: string
  readonly actedAt: string
}

/** Those in force. */
export async function listMatchActs(db: Queryable, reconciliationId: number): Promise<MatchAct[]> {
  const rows = await db.execute<MatchAct>(sql`
    select act_id as "actId", kind, to_json(first_line_ids) as "firstLineIds", to_json(other_line_ids) as "otherLineIds", acted_by as "actedBy", ${iso(sql`acted_at`)} as "actedAt"
    from match_acts where reconciliation_id = ${reconciliationId} and undone_at is null order by act_id`)
  return [...rows]
}

/** Those in force, of the reconciliation of a definition, entity and period; none where it was never compared. */
export async function listActsOf(
  db: Queryable,
  of: { definitionId: number; entity: string; period: string; version: string },
): Promise<MatchAct[]> {
  const [row] = await db.execute<{ reconciliation_id: number }>(sql`
    select reconciliation_id from reconciliations
    where (definition_id, entity, period, version) = (${of.definitionId}, ${of.entity}, ${of.period}, ${of.version})`)
  return row ? listMatchActs(db, row.reconciliation_id) : []
}

export async function insertMatchAct(
  tx: Transaction,
  of: {
    reconciliationId: number
    kind: MatchAct['kind']
    first: readonly number[]
    other: readonly number[]
    by: string
    at: Date
  },
): Promise<number> {
  const ids = (lines: readonly number[]) => sql`${`{${lines.join(',')}}`}::bigint[]`
  const [row] = await tx.execute<{ act_id: number }>(sql`
    insert into match_acts (reconciliation_id, kind, first_line_ids, other_line_ids, acted_by, acted_at)
    values (${of.reconciliationId}, ${of.kind}, ${ids(of.first)}, ${ids(of.other)}, ${of.by}, ${of.at.toISOString()}) returning act_id`)
  return row!.act_id
}

/** Returns whether it was in force. */
export async function undoMatchActRow(
  tx: Transaction,
  of: { reconciliationId: number; actId: number; by: string; at: Date },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update match_acts set undone_by = ${of.by}, undone_at = ${of.at.toISOString()}
    where act_id = ${of.actId} and reconciliation_id = ${of.reconciliationId} and undone_at is null returning 1`)
  return rows.length > 0
}
