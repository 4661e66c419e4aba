import { sql, type SQL } from 'drizzle-orm'
import type { Database, Queryable } from '../client.ts'
import { isTableGone } from '../failures.ts'
import { placeOf } from '../load/places.ts'
import { isOneOf } from '../text-array.ts'
import { linesUnder, mayHave } from './comparison-pairs.ts'
import {
  amountOf,
  currentAt,
  groupOf,
  inSlice,
  keyOf,
  linesOf,
  ofSide,
  ofSystem,
  within,
  type Compared,
  type SideLine,
} from './comparison-sides.ts'
import { isOpen } from './exception-filter.ts'
import { holdings } from './held.ts'

/**
 * Lines of a side under these keys outside of what is compared: of the entity in other periods, of other entities in the period, and in
 * the slice on other accounts. Only of keys that name single items; a balance stands everywhere.
 */
export async function listLinesElsewhere(
  db: Queryable,
  compared: Compared,
  side: number,
  keys: readonly string[],
  asOf: number,
): Promise<(SideLine & { account: string })[]> {
  const { definition, systemIds, entity, period } = compared
  if (keys.length === 0) return []
  const { accounts } = definition.sides[side]!
  const counted = accounts ? sql`(${within(sql`l.account`, accounts)})` : sql`true`
  const rows = await db.execute<SideLine & { account: string }>(sql`
    select * from (
      select ${side}::int as side, l.line_id, ${keyOf(definition, sql`l`)} as key, ${groupOf(definition, sql`l.account`)} as account_group, l.currency,
        ${amountOf(definition.sides[side]!, sql`l`)}::text as amount, coalesce(l.effective_on, l.posted_on)::text as "on", l.${sql.identifier(definition.reference)} as reference, l.accounting_status as status,
        l.entity, l.period, l.account, l.loaded_at_pub
      from ${linesUnder(compared, keys)} where ${ofSystem(definition.sides[side]!, systemIds[side]!, definition.version)} and ${currentAt(asOf)} and ${mayHave(compared, keys)}
        and (((l.entity = ${entity}) <> (l.period = ${period}) and ${counted}) or (${inSlice(compared)} and not ${counted}))) l
    where (l.entity = ${entity} or l.period = ${period}) and ${isOneOf(sql`key`, keys)} order by key, line_id`)
  return rows.map((row) => ({ ...row, line_id: Number(row.line_id) }))
}

/** A record that a side does not have, or has otherwise, yet. `amount`: its own; `stands`: of the line it would take the place of. */
export type ComingRecord = {
  readonly side: number
  readonly record_id: number
  readonly key: string
  readonly account_group: string
  readonly currency: string
  readonly amount: string
  readonly stands: string | null
  readonly stands_line_id: number | null
  readonly run_id: number
  readonly exception_ids: readonly number[]
}

/** `has_account`: false where it was rejected for its account, so that nobody knows on which it would stand. */
export type WaitingRecord = ComingRecord & { readonly account: string; readonly has_account: boolean }

/** Records of the slice that were kept out and wait behind exceptions, under these keys. */
export async function listWaitingRecords(
  db: Queryable,
  compared: Compared,
  side: number,
  keys: readonly string[],
): Promise<WaitingRecord[]> {
  const { definition, systemIds, entity, period } = compared
  if (keys.length === 0 || definition.key.some((field) => !REJECTED_HAVE.includes(field))) return []
  const { objectType } = definition.sides[side]!
  const hasAccount = sql`not exists (select from rejections r where r.rejected_id = x.rejected_id and r.replaced_by_run_id is null and r.field = 'account')`
  const rows = await db.execute<WaitingRecord>(sql`
    select * from (
      select ${side}::int as side, x.rejected_id as record_id, ${comingColumns(compared, side)}, x.run_id, x.account, ${hasAccount} as has_account,
        (select array_agg(distinct r.exception_id order by r.exception_id) from rejections r where r.rejected_id = x.rejected_id and r.replaced_by_run_id is null and r.exception_id is not null) as exception_ids
      from rejected_records x join runs n on n.run_id = x.run_id join jobs j on j.job_id = n.job_id ${standsNow(compared, side)}
      where j.system_id = ${systemIds[side]!} and x.object_type = ${objectType} and x.entity = ${entity} and x.period = ${period} and x.version = ${definition.version}
        and (${ofAccounts(compared, side)} or not ${hasAccount})) x
    where exception_ids is not null and ${isOneOf(sql`key`, keys)} order by key, record_id`)
  return rows.map((row) => ({ ...plain(row), account: row.account, has_account: row.has_account }))
}

/** What a rejected record keeps of its fields. */
const REJECTED_HAVE: readonly string[] = ['document', 'account', 'source_key']

/** Records of the slice in loads of the side that are held, under these keys. What nothing that is open holds any more comes no more. */
export async function listHeldRecords(
  db: Database,
  compared: Compared,
  side: number,
  keys: readonly string[],
): Promise<ComingRecord[]> {
  const { definition, systemIds, entity, period } = compared
  if (keys.length === 0) return []
  const { objectType } = definition.sides[side]!
  const held = await db.execute<{ load_id: number; run_id: number }>(sql`
    select o.load_id, n.run_id from loads o join runs n on n.run_id = o.run_id join jobs j on j.job_id = n.job_id
      join job_versions v on v.job_id = n.job_id and v.version = n.job_version
    where o.has_own_place and j.system_id = ${systemIds[side]!} and v.definition->>'objectType' = ${objectType}
      and exists (select from ${holdings} h join exceptions e on e.exception_id = h.exception_id where h.run_id = n.run_id and ${isOpen})
    order by o.load_id desc limit ${HELD_LOADS_MAX}`)
  const found = new Map<string, ComingRecord>()
  for (const { load_id, run_id } of held) {
    const read = db.execute<ComingRecord & { source_key: string }>(sql`
      select * from (
        select ${side}::int as side, x.line_id as record_id, x.source_key, ${comingColumns(compared, side)}, ${run_id}::int as run_id, '{}'::int[] as exception_ids
        from ${placeOf(load_id)} x ${standsNow(compared, side)}
        where x.entity = ${entity} and x.period = ${period} and x.version = ${definition.version} and ${ofAccounts(compared, side)}) x
      where ${isOneOf(sql`key`, keys)} order by key, record_id`)
    const rows = await read.catch(noneWhereGone)
    // The newest held load that has it says how it would be.
    for (const { source_key, ...row } of rows) if (!found.has(source_key)) found.set(source_key, plain(row))
  }
  return [...found.values()]
}
const HELD_LOADS_MAX = 20

/** The place of a load that ended a moment ago, or that nobody looks at any more, is cleared away. */
function noneWhereGone(error: unknown): [] {
  if (isTableGone(error)) return []
  throw error
}

const ofAccounts = ({ definition }: Compared, side: number): SQL => {
  const { accounts } = definition.sides[side]!
  return accounts ? sql`(${within(sql`x.account`, accounts)})` : sql`true`
}

const comingColumns = (compared: Compared, side: number): SQL => {
  const { definition } = compared
  return sql`${keyOf(definition, sql`x`)} as key, ${groupOf(definition, sql`x.account`)} as account_group, x.currency,
    ${amountOf(definition.sides[side]!, sql`x`)}::text as amount, stands.amount::text as stands, stands.line_id as stands_line_id`
}

/** The current line under the same source key, where it is in the slice as well. */
const standsNow = (compared: Compared, side: number): SQL => sql`
  left join lateral (
    select l.line_id, ${amountOf(compared.definition.sides[side]!, sql`l`)} as amount from lines l
    where l.source_key = x.source_key and ${ofSide(compared.definition.sides[side]!, compared.systemIds[side]!, compared.definition.version)}
      and ${inSlice(compared)} and l.superseded_at_pub is null limit 1) stands on true`

const plain = (row: ComingRecord): ComingRecord => ({
  ...row,
  record_id: Number(row.record_id),
  stands_line_id: row.stands_line_id === null ? null : Number(row.stands_line_id),
})

export type KeySum = { readonly key: string; readonly account_group: string; readonly currency: string; readonly amount: string }

/** What a side had under these keys as of a publication. */
export async function listKeySums(
  db: Queryable,
  compared: Compared,
  side: number,
  keys: readonly string[],
  asOf: number,
): Promise<KeySum[]> {
  if (keys.length === 0) return []
  const rows = await db.execute<KeySum>(sql`
    select key, account_group, currency, sum(amount)::text as amount
    from (${linesOf(compared, side, sql`${inSlice(compared)} and ${currentAt(asOf)} and ${mayHave(compared, keys)}`, linesUnder(compared, keys))}) l where ${isOneOf(sql`key`, keys)} group by 1, 2, 3`)
  return [...rows]
}

/** The publication up to which each system had been asked: what another side published later it cannot have yet. */
export async function listLastAsked(
  db: Queryable,
  systemIds: readonly number[],
): Promise<{ system_id: number; publication: number; run_id: number }[]> {
  const rows = await db.execute<{ system_id: number; publication: number; run_id: number }>(sql`
    select distinct on (j.system_id) j.system_id, coalesce((select max(p.publication) from publications p where p.published_at <= n.extracted_at), 0) as publication, n.run_id
    from runs n join jobs j on j.job_id = n.job_id where j.system_id in ${systemIds} and n.status = 'succeeded' and n.extracted_at is not null and not n.is_preview
    order by j.system_id, n.extracted_at desc`)
  return [...rows]
}
