import { sql } from 'drizzle-orm'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable } from '../client.ts'
import { inScope, type TotalsFilter } from './totals.ts'

/** A published line. debit, credit and net are decimal strings in units of the currency; net = debit - credit. */
export type LineRow = {
  lineId: number
  segment: number
  system: string
  objectType: ObjectType
  sourceKey: string
  entity: string
  period: string
  version: string
  currency: string
  debit: string
  credit: string
  net: string
  account: string
  costCentre: string | null
  project: string | null
  counterparty: string | null
  accountingStatus: string
  document: string | null
  description: string | null
  effectiveOn: string | null
  postedOn: string | null
  artifactId: number
  position: number
  loadedAtPub: number
  supersededAtPub: number | null
}

export type LinesFilter = TotalsFilter & {
  readonly account?: string | undefined
  readonly document?: string | undefined
  readonly costCentre?: string | undefined
  /** Only what this publication brought. */
  readonly publication?: number | undefined
}
export type KeysetPage = { readonly after?: number | undefined; readonly before?: number | undefined; readonly limit: number }

export const LINE_COLUMNS = sql`l.line_id as "lineId", l.segment, s.code as system, l.object_type as "objectType", l.source_key as "sourceKey", l.entity, l.period, l.version, l.currency,
  l.debit::text as debit, l.credit::text as credit, (l.debit - l.credit)::text as net, l.account, l.cost_centre as "costCentre", l.project, l.counterparty,
  l.accounting_status as "accountingStatus", l.document, l.description, l.effective_on::text as "effectiveOn", l.posted_on::text as "postedOn",
  l.artifact_id as "artifactId", l.position, l.loaded_at_pub as "loadedAtPub", l.superseded_at_pub as "supersededAtPub"`

/** Lines current at a publication, in the order of their ids: the rows behind a total. Keyset paging, forwards or backwards. */
export async function listLines(
  db: Queryable,
  filter: LinesFilter,
  asOf: number,
  { after, before, limit }: KeysetPage,
): Promise<LineRow[]> {
  const backwards = before !== undefined
  const keyset = after !== undefined ? sql`l.line_id > ${after}` : backwards ? sql`l.line_id < ${before}` : sql`true`
  const rows = await db.execute<LineRow>(sql`
    select ${LINE_COLUMNS} from lines l join systems s on s.system_id = l.system_id
    where ${currentAt(asOf)} and ${matchesLine(filter)} and ${keyset} order by l.line_id ${backwards ? sql`desc` : sql`asc`} limit ${limit}`)
  return backwards ? [...rows].reverse() : [...rows]
}

/** Count and sums of what listLines lists, per currency: the figure that list must add up to. */
export async function sumLines(
  db: Queryable,
  filter: LinesFilter,
  asOf: number,
): Promise<{ currency: string; count: number; debit: string; credit: string; net: string }[]> {
  const rows = await db.execute<{ currency: string; count: number; debit: string; credit: string; net: string }>(sql`
    select l.currency, count(*) as count, sum(l.debit)::text as debit, sum(l.credit)::text as credit, sum(l.debit - l.credit)::text as net
    from lines l join systems s on s.system_id = l.system_id where ${currentAt(asOf)} and ${matchesLine(filter)} group by l.currency order by l.currency`)
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

/** Every version of the line with this id's key, newest first; empty when there is none in scope. */
export async function findLineHistory(db: Queryable, lineId: number, scope: readonly string[]): Promise<LineRow[]> {
  return db.execute<LineRow>(sql`
    select ${LINE_COLUMNS} from lines l join systems s on s.system_id = l.system_id
    join lines me on me.source_key = l.source_key and me.system_id = l.system_id and me.object_type = l.object_type
    where me.line_id = ${lineId} and ${inScope(sql`l.entity`, scope)} order by l.loaded_at_pub desc, l.line_id desc`)
}

/** The as-of rule, once. */
export const currentAt = (asOf: number) =>
  sql`l.loaded_at_pub <= ${asOf} and (l.superseded_at_pub is null or l.superseded_at_pub > ${asOf})`

export function matchesLine(filter: LinesFilter) {
  const parts = [inScope(sql`l.entity`, filter.scope)]
  const equals: [string, string | undefined][] = [
    ['entity', filter.entity],
    ['period', filter.period],
    ['version', filter.version],
    ['currency', filter.currency],
    ['object_type', filter.objectType],
    ['account', filter.account],
    ['document', filter.document],
    ['cost_centre', filter.costCentre],
  ]
  for (const [column, value] of equals) if (value) parts.push(sql`l.${sql.identifier(column)} = ${value}`)
  if (filter.system) parts.push(sql`s.code = ${filter.system}`)
  if (filter.publication !== undefined) {
    // The segment spares the other large loads, which have no index by publication.
    const segment = sql`any(array[0, (select load_id from publications where publication = ${filter.publication})])`
    parts.push(sql`l.loaded_at_pub = ${filter.publication} and l.segment = ${segment}`)
  }
  return sql.join(parts, sql` and `)
}
