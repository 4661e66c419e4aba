import { sql, type SQL } from 'drizzle-orm'
import {
  accountRange,
  type KeyField,
  type ReconciliationDefinition,
  type Side,
} from '#server/domain/reconciliation/definition.ts'
import type { Queryable } from '../client.ts'

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

const NEVER_NULL: readonly KeyField[] = ['account', 'source_key']
export const keyPart = (field: KeyField, of: SQL): SQL =>
  NEVER_NULL.includes(field) ? sql`${of}.${sql.identifier(field)}` : sql`coalesce(${of}.${sql.identifier(field)}, '')`

export const keyOf = ({ key }: ReconciliationDefinition, of: SQL): SQL =>
  sql.join(
    key.map((field) => keyPart(field, of)),
    sql` || ${KEY_SEPARATOR}::text || `,
  )

export function groupOf({ groups }: ReconciliationDefinition, account: SQL): SQL {
  if (groups.length === 0) return sql`${ALL_ACCOUNTS}::text`
  const cases = groups.map(({ name, accounts }) => sql`when ${within(account, accounts)} then ${name}::text`)
  return sql`case ${sql.join(cases, sql` `)} else ${OTHER_ACCOUNTS}::text end`
}

export const amountOf = ({ sign }: Side, of: SQL): SQL =>
  sign === 'plus' ? sql`(${of}.debit - ${of}.credit)` : sql`(${of}.credit - ${of}.debit)`

/** The lines of a side as it is compared. `where`: which of them, by `l`; `from`: where to look for them. */
export function linesOf({ definition, systemIds }: Compared, side: number, where: SQL, from = sql`lines l`): SQL {
  const of = definition.sides[side]!
  return sql`
    select ${side}::int as side, l.line_id, ${keyOf(definition, sql`l`)} as key, ${groupOf(definition, sql`l.account`)} as account_group, l.currency,
      ${amountOf(of, sql`l`)} as amount, coalesce(l.effective_on, l.posted_on)::text as on, l.${sql.identifier(definition.reference)} as reference, l.accounting_status as status, l.entity, l.period,
      l.source_key, l.loaded_at_pub, l.superseded_at_pub, l.account, l.artifact_id, l.position
    from ${from} where ${ofSide(of, systemIds[side]!, definition.version)} and ${where}`
}

export const inSlice = ({ entity, period }: Pick<Compared, 'entity' | 'period'>): SQL =>
  sql`l.entity = ${entity} and l.period = ${period}`

const eachSide = (compared: Compared, of: (side: number) => SQL): SQL =>
  sql.join(
    compared.definition.sides.map((_, side) => of(side)),
    sql` union all `,
  )

/** Figures of every side, per account group and currency. */
export async function readFigures(db: Queryable, compared: Compared, asOf: number): Promise<FigureRow[]> {
  return [...(await db.execute<FigureRow>(figuresOf(compared, asOf)))]
}

export function figuresOf(compared: Compared, asOf: number): SQL {
  const lines = (side: number) => linesOf(compared, side, sql`${inSlice(compared)} and ${currentAt(asOf)}`)
  return sql`
    select side, account_group, currency, count(*)::int as lines, count(distinct key)::int as keys, sum(amount)::text as amount
    from (${eachSide(compared, lines)}) l group by 1, 2, 3 order by 1, 2, 3`
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
