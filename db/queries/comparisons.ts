import { sql } from 'drizzle-orm'
import type { Bucket } from '#server/domain/reconciliation/state.ts'
import type { Queryable, Transaction } from '../client.ts'
import type { FigureRow } from './comparison-sides.ts'

export type ComparisonItem = {
  readonly side: number
  readonly kind: 'line' | 'rejected'
  readonly item_id: number
  readonly amount: string
  /** Found outside the slice: it says why, and is not part of the sum. */
  readonly is_evidence: boolean
}
/** Part of the difference of a side to the first; amounts are decimal strings in units of the currency, side minus first. */
export type ComparisonPart = {
  readonly part: number
  readonly side: number
  readonly account_group: string
  readonly currency: string
  readonly bucket: Bucket
  readonly key: string
  readonly amount: string
  readonly keys: number
  readonly because: Readonly<Record<string, unknown>>
}
export type NewPart = Omit<ComparisonPart, 'part'> & { readonly items: readonly ComparisonItem[] }

export type Comparison = {
  readonly comparisonId: number
  readonly reconciliationId: number
  readonly definitionVersion: number
  readonly asOf: number
  readonly comparedAt: string
  readonly isBounded: boolean
  readonly foundHash: string
}

const comparisonRow = sql`comparison_id as "comparisonId", reconciliation_id as "reconciliationId", definition_version as "definitionVersion", as_of as "asOf",
  to_char(compared_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "comparedAt", is_bounded as "isBounded", found_hash as "foundHash"`

export async function findComparison(db: Queryable, comparisonId: number): Promise<Comparison | null> {
  const [row] = await db.execute<Comparison>(sql`select ${comparisonRow} from comparisons where comparison_id = ${comparisonId}`)
  return row ?? null
}

export async function listComparisons(db: Queryable, reconciliationId: number, limit: number): Promise<Comparison[]> {
  const rows = await db.execute<Comparison>(
    sql`select ${comparisonRow} from comparisons where reconciliation_id = ${reconciliationId} order by comparison_id desc limit ${limit}`,
  )
  return [...rows]
}

/** Saves what was found, in few statements however much it is. */
export async function saveComparison(
  tx: Transaction,
  of: Omit<Comparison, 'comparisonId' | 'comparedAt'> & { readonly comparedAt: Date },
  figures: readonly FigureRow[],
  parts: readonly NewPart[],
): Promise<number> {
  const [row] = await tx.execute<{ comparison_id: number }>(sql`
    insert into comparisons (reconciliation_id, definition_version, as_of, compared_at, is_bounded, found_hash)
    values (${of.reconciliationId}, ${of.definitionVersion}, ${of.asOf}, ${of.comparedAt.toISOString()}, ${of.isBounded}, ${of.foundHash}) returning comparison_id`)
  const comparisonId = row!.comparison_id
  await tx.execute(sql`
    insert into comparison_figures (comparison_id, side, account_group, currency, lines, keys, amount)
    select ${comparisonId}, f.side, f.account_group, f.currency, f.lines, f.keys, f.amount
    from jsonb_to_recordset(${JSON.stringify(figures)}::jsonb) as f (side int, account_group text, currency text, lines bigint, keys bigint, amount numeric)`)
  if (parts.length === 0) return comparisonId
  const numbered = parts.map(({ items: _, ...part }, i) => ({ part: i + 1, ...part }))
  await tx.execute(sql`
    insert into comparison_parts (comparison_id, part, side, account_group, currency, bucket, key, amount, keys, because)
    select ${comparisonId}, p.part, p.side, p.account_group, p.currency, p.bucket, p.key, p.amount, p.keys, p.because
    from jsonb_to_recordset(${JSON.stringify(numbered)}::jsonb) as p (part int, side int, account_group text, currency text, bucket text, key text, amount numeric, keys int, because jsonb)`)
  const items = parts.flatMap((part, i) => part.items.map((item) => ({ part: i + 1, ...item })))
  await tx.execute(sql`
    insert into comparison_items (comparison_id, part, side, kind, item_id, amount, is_evidence)
    select ${comparisonId}, i.part, i.side, i.kind, i.item_id, i.amount, i.is_evidence
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as i (part int, side int, kind text, item_id bigint, amount numeric, is_evidence boolean)`)
  return comparisonId
}

export async function listFigures(db: Queryable, comparisonId: number): Promise<FigureRow[]> {
  const rows = await db.execute<FigureRow>(sql`
    select side, account_group, currency, lines::int as lines, keys::int as keys, amount::text as amount
    from comparison_figures where comparison_id = ${comparisonId} order by account_group, currency, side`)
  return [...rows]
}

/** Unexplained first, then the largest; all of one bucket where it is given. */
export async function listParts(db: Queryable, comparisonId: number, bucket?: Bucket): Promise<ComparisonPart[]> {
  const rows = await db.execute<ComparisonPart>(sql`
    select part, side, account_group, currency, bucket, key, amount::text as amount, keys, because from comparison_parts
    where comparison_id = ${comparisonId} and ${bucket ? sql`bucket = ${bucket}` : sql`true`}
    order by bucket <> 'unexplained', currency, abs(amount) desc, part`)
  return [...rows]
}
