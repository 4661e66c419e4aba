import { sql, type SQL } from 'drizzle-orm'
import { accountRange, type ReconciliationDefinition, type Side } from '#server/domain/reconciliation/definition.ts'
import type { Queryable } from '../client.ts'
import { isOneOf } from '../text-array.ts'

/** What is compared: the lines of these sides, in one entity, period and version. */
export type Compared = {
  readonly definition: ReconciliationDefinition
  readonly entity: string
  readonly period: string
  /** System of each side, in their order. */
  readonly systemIds: readonly number[]
}

export type FigureRow = { side: number; account_group: string; currency: string; lines: number; keys: number; amount: string }
export type SideLine = {
  readonly side: number
  readonly line_id: number
  readonly key: string
  readonly account_group: string
  readonly currency: string
  readonly amount: string
  readonly on: string | null
  readonly reference: string | null
  readonly status: string
  readonly entity: string
  readonly period: string
  readonly loaded_at_pub: number
}
export type DifferingKey = { side: number; key: string; account_group: string; currency: string }

/** More keys than that are not looked into one by one: something large is wrong, and its sum says so. */
export const KEYS_MAX = 20_000

/** Between the parts of a key: no source writes it. */
export const KEY_SEPARATOR = '\u001f'

export const ALL_ACCOUNTS = 'All accounts'
const OTHER_ACCOUNTS = 'Other accounts'

export const within = (account: SQL, accounts: readonly string[]): SQL =>
  sql.join(
    accounts.map((text) => {
      const { from, to } = accountRange(text)
      return sql`(${account} collate "C" between ${from} and ${to})`
    }),
    sql` or `,
  )

/** Lines `l` that a side counts, whatever their entity and period. */
export const ofSide = (side: Side, systemId: number, version: string): SQL => sql`
  ${ofSystem(side, systemId, version)} and ${side.accounts ? sql`(${within(sql`l.account`, side.accounts)})` : sql`true`}`

export const ofSystem = ({ objectType }: Side, systemId: number, version: string): SQL =>
  sql`l.system_id = ${systemId} and l.object_type = ${objectType} and l.version = ${version}`

export const currentAt = (asOf: number): SQL =>
  sql`l.loaded_at_pub <= ${asOf} and (l.superseded_at_pub is null or l.superseded_at_pub > ${asOf})`

export const keyOf = ({ key }: ReconciliationDefinition, of: SQL): SQL =>
  sql.join(
    key.map((field) => sql`coalesce(${of}.${sql.identifier(field)}, '')`),
    sql` || ${KEY_SEPARATOR}::text || `,
  )

export function groupOf({ groups }: ReconciliationDefinition, account: SQL): SQL {
  if (groups.length === 0) return sql`${ALL_ACCOUNTS}::text`
  const cases = groups.map(({ name, accounts }) => sql`when ${within(account, accounts)} then ${name}::text`)
  return sql`case ${sql.join(cases, sql` `)} else ${OTHER_ACCOUNTS}::text end`
}

export const amountOf = ({ sign }: Side, of: SQL): SQL =>
  sign === 'plus' ? sql`(${of}.debit - ${of}.credit)` : sql`(${of}.credit - ${of}.debit)`

/** The lines of a side as it is compared. `where`: which of them, by `l`. */
export function linesOf({ definition, systemIds }: Compared, side: number, where: SQL): SQL {
  const of = definition.sides[side]!
  return sql`
    select ${side}::int as side, l.line_id, ${keyOf(definition, sql`l`)} as key, ${groupOf(definition, sql`l.account`)} as account_group, l.currency,
      ${amountOf(of, sql`l`)} as amount, coalesce(l.effective_on, l.posted_on)::text as on, l.${sql.identifier(definition.reference)} as reference, l.accounting_status as status, l.entity, l.period,
      l.source_key, l.loaded_at_pub, l.superseded_at_pub
    from lines l where ${ofSide(of, systemIds[side]!, definition.version)} and ${where}`
}

export const inSlice = ({ entity, period }: Pick<Compared, 'entity' | 'period'>): SQL =>
  sql`l.entity = ${entity} and l.period = ${period}`

const eachSide = (compared: Compared, of: (side: number) => SQL): SQL =>
  sql.join(
    compared.definition.sides.map((_, side) => of(side)),
    sql` union all `,
  )

/** True of every line `l` under one of these keys: one part of the key is looked at before the whole of it is put together. */
export function mayHave({ definition }: Compared, keys: readonly string[]): SQL {
  const field = (['source_key', 'document'] as const).find((one) => definition.key.includes(one))
  if (!field) return sql`true`
  const named = [...new Set(keys.map((key) => key.split(KEY_SEPARATOR)[definition.key.indexOf(field)]!))]
  return isOneOf(sql`coalesce(l.${sql.identifier(field)}, '')`, named)
}

/** Figures of every side, per account group and currency. */
export async function readFigures(db: Queryable, compared: Compared, asOf: number): Promise<FigureRow[]> {
  const lines = (side: number) => linesOf(compared, side, sql`${inSlice(compared)} and ${currentAt(asOf)}`)
  const rows = await db.execute<FigureRow>(sql`
    select side, account_group, currency, count(*)::int as lines, count(distinct key)::int as keys, sum(amount)::text as amount
    from (${eachSide(compared, lines)}) l group by 1, 2, 3 order by 1, 2, 3`)
  return [...rows]
}

export type SidesRead = {
  readonly figures: readonly FigureRow[]
  /** What differs between each other side and the first, in their order. Where more than KEYS_MAX keys of a side do, one key more than that. */
  readonly differing: readonly (readonly DifferingKey[])[]
}

/** Every side beside the first, key by key, in one pass over the lines of both. */
export async function readSides(db: Queryable, compared: Compared, asOf: number): Promise<SidesRead> {
  const pairs = []
  for (const [i] of compared.definition.sides.slice(1).entries()) pairs.push(await readPair(db, compared, i + 1, asOf))
  return {
    figures: [...figuresOf(pairs[0]!, 0), ...pairs.flatMap((rows, i) => figuresOf(rows, 1, i + 1))],
    differing: pairs.map((rows, i) =>
      rows.flatMap(({ account_group, currency, differing }) =>
        (differing ?? []).map((key) => ({ side: i + 1, key, account_group, currency })),
      ),
    ),
  }
}

const figuresOf = (rows: readonly PairRow[], of: 0 | 1, side: number = of): FigureRow[] =>
  rows
    .filter((row) => row[`lines_${of}`] > 0)
    .map((row) => ({
      side,
      account_group: row.account_group,
      currency: row.currency,
      lines: row[`lines_${of}`],
      keys: row[`keys_${of}`],
      amount: row[`amount_${of}`]!,
    }))

type PairRow = {
  readonly account_group: string
  readonly currency: string
  readonly differing: readonly string[] | null
} & Readonly<Record<`${'lines' | 'keys'}_${0 | 1}`, number>> &
  Readonly<Record<`amount_${0 | 1}`, string | null>>

async function readPair(db: Queryable, compared: Compared, side: number, asOf: number) {
  const { definition } = compared
  const parts = definition.key.map((_, i) => sql.identifier(`key_${i}`))
  const key = sql.join(parts, sql` || ${KEY_SEPARATOR}::text || `)
  // A source key names one line: nothing is to be summed before they are joined, and the join then takes half the time.
  const isSummed = !definition.key.includes('source_key')
  const amount = (of: number) => amountOf(definition.sides[of]!, sql`l`)
  const keyed = (of: number) => sql`
    select ${sql.join(
      definition.key.map((field, i) => sql`coalesce(l.${sql.identifier(field)}, '') as ${parts[i]}`),
      sql`, `,
    )}, ${groupOf(definition, sql`l.account`)} as account_group, l.currency,
      ${isSummed ? sql`count(*) as lines, sum(${amount(of)}) as amount` : sql`1::bigint as lines, ${amount(of)} as amount`}
    from lines l where ${ofSide(definition.sides[of]!, compared.systemIds[of]!, definition.version)} and ${inSlice(compared)} and ${currentAt(asOf)}
    ${isSummed ? sql`group by ${sql.join(parts, sql`, `)}, account_group, l.currency` : sql``}`
  const rows = await db.execute<PairRow>(sql`
    select account_group, currency, coalesce(sum(a.lines), 0)::int as lines_0, count(a.lines)::int as keys_0, sum(a.amount)::text as amount_0,
      coalesce(sum(b.lines), 0)::int as lines_1, count(b.lines)::int as keys_1, sum(b.amount)::text as amount_1,
      (array_agg(${key}) filter (where a.amount is distinct from b.amount))[:${KEYS_MAX + 1}] as differing
    from (${keyed(0)}) a full join (${keyed(side)}) b using (${sql.join(parts, sql`, `)}, account_group, currency) group by 1, 2 order by 1, 2`)
  return [...rows]
}

/** The lines behind keys, of the first side and of `side`. */
export async function listLinesOfKeys(
  db: Queryable,
  compared: Compared,
  side: number,
  keys: readonly string[],
  asOf: number,
): Promise<SideLine[]> {
  if (keys.length === 0) return []
  const lines = (of: number) =>
    linesOf(compared, of, sql`${inSlice(compared)} and ${currentAt(asOf)} and ${mayHave(compared, keys)}`)
  const rows = await db.execute<SideLine>(sql`
    select side, line_id, key, account_group, currency, amount::text as amount, "on", reference, status, entity, period, loaded_at_pub
    from (${lines(0)} union all ${lines(side)}) l where ${isOneOf(sql`key`, keys)} order by side, key, line_id`)
  return rows.map((row) => ({ ...row, line_id: Number(row.line_id) }))
}

export type MovedLine = {
  readonly side: number
  readonly key: string
  readonly source_key: string
  readonly account_group: string
  readonly currency: string
  /** null: it was not there. */
  readonly before: string | null
  readonly after: string | null
  readonly line_id: number
  readonly publication: number
}

/** What moved in the sides between two publications: lines that came, went, or say something else that is compared. */
export async function listMovedLines(
  db: Queryable,
  compared: Compared,
  from: number,
  to: number,
  limit = 1_000,
): Promise<MovedLine[]> {
  const touched = sql`(l.loaded_at_pub > ${from} and l.loaded_at_pub <= ${to} or l.superseded_at_pub > ${from} and l.superseded_at_pub <= ${to})`
  const lines = (side: number) => linesOf(compared, side, sql`${inSlice(compared)} and ${touched}`)
  const rows = await db.execute<MovedLine>(sql`
    with touched as materialized (${eachSide(compared, lines)}),
    was as (select * from touched l where ${currentAt(from)}), is_now as (select * from touched l where ${currentAt(to)})
    select coalesce(b.side, a.side) as side, coalesce(b.key, a.key) as key, source_key, coalesce(b.account_group, a.account_group) as account_group,
      coalesce(b.currency, a.currency) as currency, a.amount::text as before, b.amount::text as after, coalesce(b.line_id, a.line_id) as line_id,
      coalesce(b.loaded_at_pub, a.superseded_at_pub) as publication
    from was a full join is_now b using (side, source_key)
    where (a.amount, a.key, a.account_group, a.currency) is distinct from (b.amount, b.key, b.account_group, b.currency)
    order by 1, 2, 3 limit ${limit}`)
  return [...rows]
}
