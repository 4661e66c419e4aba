import { sql } from 'drizzle-orm'
import type { FxRate } from '#server/domain/fx.ts'
import type { Queryable } from '../client.ts'

/** One version of a rate. `supersededBy`: the publication since which another figure stands; null where this one does. */
export type RateRow = FxRate & {
  readonly memberId: number
  readonly system: string
  readonly systemName: string
  readonly artifactId: number
  readonly position: number
  readonly supersededBy: number | null
}

export type RatesFilter = {
  /** 'EUR/USD', or one currency on either side. */
  readonly pair?: string | undefined
  readonly kind?: string | undefined
  readonly system?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Versions that stand no longer as well. */
  readonly history?: boolean | undefined
  /** As of this publication. */
  readonly publication: number
}
type Paged = { readonly before?: number | undefined; readonly after?: number | undefined; readonly limit: number }

const RATE = sql`m.member_id as "memberId", m.attributes->>'base' as base, m.attributes->>'quote' as quote, m.attributes->>'kind' as kind, m.valid_from::text as date,
  m.attributes->>'rate' as rate, m.attributes->>'source' as source, m.loaded_at_pub as publication, m.artifact_id as "artifactId", m.position`
const stands = (publication: number) =>
  sql`m.dimension = 'fx_rate' and m.loaded_at_pub <= ${publication} and coalesce(m.superseded_at_pub > ${publication}, true)`

/** Rates, the newest day first. Keyset by day, pair and version. */
export async function listRates(db: Queryable, filter: RatesFilter & Paged): Promise<RateRow[]> {
  const { pair, kind, system, from, to, history, publication, before, after, limit } = filter
  const [base, quote] = pair?.split('/') ?? []
  const isPair =
    base === undefined
      ? sql`true`
      : quote === undefined
        ? sql`(m.attributes->>'base' = ${base} or m.attributes->>'quote' = ${base})`
        : sql`m.attributes->>'base' = ${base} and m.attributes->>'quote' = ${quote}`
  const backwards = after !== undefined && before === undefined
  const edge = backwards ? after : before
  const place = sql`(m.valid_from, m.code, m.member_id)`
  const keyset =
    edge === undefined
      ? sql`true`
      : sql`${place} ${backwards ? sql`>` : sql`<`} (select k.valid_from, k.code, k.member_id from members k where k.member_id = ${edge})`
  const direction = backwards ? sql`asc` : sql`desc`
  const rows = await db.execute<RateRow & { memberId: string | number }>(sql`
    select ${RATE}, s.code as system, s.name as "systemName", case when m.superseded_at_pub <= ${publication} then m.superseded_at_pub end as "supersededBy"
    from members m join systems s on s.system_id = m.system_id
    where ${history ? sql`m.dimension = 'fx_rate' and m.loaded_at_pub <= ${publication}` : stands(publication)} and ${isPair} and ${keyset}
      and ${kind ? sql`m.attributes->>'kind' = ${kind}` : sql`true`} and ${system ? sql`s.code = ${system}` : sql`true`}
      and ${from ? sql`m.valid_from >= ${from}` : sql`true`} and ${to ? sql`m.valid_from <= ${to}` : sql`true`}
    order by m.valid_from ${direction}, m.code ${direction}, m.member_id ${direction} limit ${limit}`)
  const read = rows.map((row) => ({ ...row, memberId: Number(row.memberId) }))
  return backwards ? read.reverse() : read
}

/** Rates of one source between these currencies for the days of a span, as of a publication: one for each pair and day. */
export async function listRatesBetween(
  db: Queryable,
  of: { system: string; kind: string; currencies: readonly string[]; from: string; to: string; publication: number },
): Promise<FxRate[]> {
  const rows = await db.execute<FxRate>(sql`
    select ${RATE} from members m join systems s on s.system_id = m.system_id
    where ${stands(of.publication)} and s.code = ${of.system} and m.attributes->>'kind' = ${of.kind} and m.valid_from between ${of.from} and ${of.to}
      and m.attributes->>'base' in ${of.currencies} and m.attributes->>'quote' in ${of.currencies}
    order by m.valid_from, m.code`)
  return [...rows]
}

export type RateSource = { readonly code: string; readonly name: string; readonly kinds: string[] }

/** A day of the largest sources, several times over: a history of decades is not read for a list of kinds. */
const NEWEST = 1_000

/** Who publishes rates, and of which kinds. */
export async function listRateSources(db: Queryable): Promise<RateSource[]> {
  const rows = await db.execute<RateSource>(sql`
    select s.code, s.name, array(select distinct kind from (
      select m.attributes->>'kind' as kind from members m where m.system_id = s.system_id and m.dimension = 'fx_rate' and m.loaded_at_pub is not null
      order by m.valid_from desc, m.code desc, m.member_id desc limit ${NEWEST}) newest order by 1) as kinds
    from systems s where exists (select from members m where m.system_id = s.system_id and m.dimension = 'fx_rate') order by s.code`)
  return [...rows]
}

/** The newest rate on or before a day, of one source, as of a publication; null where there is none. */
export async function findRate(
  db: Queryable,
  {
    base,
    quote,
    kind,
    on,
    system,
    publication,
  }: { base: string; quote: string; kind: string; on: string; system: string; publication: number },
): Promise<FxRate | null> {
  const [row] = await db.execute<FxRate>(sql`
    select ${RATE} from members m join systems s on s.system_id = m.system_id
    where ${stands(publication)} and s.code = ${system} and m.code = ${`${base}/${quote} ${kind}`} and m.valid_from <= ${on}
    order by m.valid_from desc, m.member_id desc limit 1`)
  return row ?? null
}
