import { sql, type SQL, type SQLChunk } from 'drizzle-orm'
import type { KeyField, ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import type { Database, Queryable } from '../client.ts'
import { isOneOf } from '../text-array.ts'
import {
  amountOf,
  currentAt,
  groupOf,
  inSlice,
  keyPart,
  KEY_SEPARATOR,
  linesOf,
  ofSide,
  type Compared,
  type FigureRow,
  type SideLine,
} from './comparison-sides.ts'

export type DifferingKey = {
  readonly side: number
  readonly key: string
  readonly account_group: string
  readonly currency: string
  /** Where a key names one line, the line of the first side and that of the other. */
  readonly places: readonly (LinePlace | null)[]
}
type LinePlace = { readonly line_id: number; readonly segment: number }

export type SidesRead = {
  readonly figures: readonly FigureRow[]
  /** What differs between each other side and the first, in their order. Where more than KEYS_MAX keys of a side do, one key more than that. */
  readonly differing: readonly (readonly DifferingKey[])[]
}

/** More keys than that are not looked into one by one: something large is wrong, and its sum says so. */
export const KEYS_MAX = 20_000

/** Every side beside the first, key by key, in one pass over the lines of both. */
export async function readSides(db: Database, compared: Compared, asOf: number): Promise<SidesRead> {
  const pairs = await db.transaction(async (tx) => {
    // Of a table that grew a moment ago the planner thinks too little, and sorts both sides of the join: twice the time.
    await tx.execute(sql`set local enable_mergejoin = off`)
    const read = []
    for (const [i] of compared.definition.sides.slice(1).entries()) read.push(await readPair(tx, compared, i + 1, asOf))
    return read
  })
  return {
    figures: [...figuresOf(pairs[0]!, 0), ...pairs.flatMap((rows, i) => figuresOf(rows, 1, i + 1))],
    differing: pairs.map((rows, i) => rows.flatMap((row) => differingOf(row, i + 1))),
  }
}

type PairRow = {
  readonly account_group: string
  readonly currency: string
  readonly differing: readonly string[] | null
} & Readonly<Record<`${'lines' | 'keys'}_${0 | 1}`, number>> &
  Readonly<Record<`amount_${0 | 1}`, string | null>>

async function readPair(db: Queryable, compared: Compared, side: number, asOf: number): Promise<PairRow[]> {
  const { definition } = compared
  const parts = definition.key.map((_, i) => sql.identifier(`key_${i}`))
  const list = (items: readonly SQLChunk[]) => sql.join([...items], sql`, `)
  const isSingle = namesOneLine(compared)
  // Where all accounts are one, that is no column to join by.
  const grouped = definition.groups.length > 0 ? [sql.identifier('account_group')] : []
  const keyed = (of: number) => {
    const amount = amountOf(definition.sides[of]!, sql`l`)
    return sql`
      select ${list(definition.key.map((field, i) => sql`${keyPart(field, sql`l`)} as ${parts[i]}`))},
        ${groupOf(definition, sql`l.account`)} as account_group, l.currency,
        ${isSingle ? sql`1 as lines, ${amount} as amount, l.line_id, l.segment` : sql`count(*) as lines, sum(${amount}) as amount`}
      from lines l where ${ofSide(definition.sides[of]!, compared.systemIds[of]!, definition.version)} and ${inSlice(compared)} and ${currentAt(asOf)}
      ${isSingle ? sql`` : sql`group by ${list([...parts, ...grouped])}, l.currency`}`
  }
  const key = sql.join(parts, sql` || ${KEY_SEPARATOR}::text || `)
  const named = isSingle ? list([key, sql`a.line_id, a.segment, b.line_id, b.segment`]) : key
  const rows = await db.execute<PairRow>(sql`
    select ${grouped[0] ?? groupOf(definition, sql``)} as account_group, currency, coalesce(sum(a.lines), 0)::int as lines_0, count(a.lines)::int as keys_0, sum(a.amount)::text as amount_0,
      coalesce(sum(b.lines), 0)::int as lines_1, count(b.lines)::int as keys_1, sum(b.amount)::text as amount_1,
      (array_agg(json_build_array(${named})::text) filter (where a.amount is distinct from b.amount))[:${KEYS_MAX + 1}] as differing
    from (${keyed(0)}) a full join (${keyed(side)}) b using (${list([...parts, ...grouped])}, currency) group by 1, 2 order by 1, 2`)
  return [...rows]
}

/** Nothing is to be summed before the sides are joined, and the join then takes half the time. */
const namesOneLine = ({ definition }: Compared): boolean => definition.key.includes('source_key')

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

const differingOf = ({ account_group, currency, differing }: PairRow, side: number): DifferingKey[] =>
  (differing ?? []).map((text) => {
    const [key, ...at] = JSON.parse(text) as [string, ...(number | null)[]]
    const place = (line_id: number | null | undefined, segment: number | null | undefined) =>
      typeof line_id === 'number' && typeof segment === 'number' ? { line_id, segment } : null
    return { side, key, account_group, currency, places: [place(at[0], at[1]), place(at[2], at[3])] }
  })

const sideLine = sql`side, line_id, key, account_group, currency, amount::text as amount, "on", reference, status, entity, period, loaded_at_pub`

/** The lines behind keys that differ, of the first side and of `side`. */
export async function listDifferingLines(
  db: Queryable,
  compared: Compared,
  side: number,
  differing: readonly DifferingKey[],
  asOf: number,
): Promise<SideLine[]> {
  const keys = [...new Set(differing.map(({ key }) => key))]
  const ofPlaces = (of: number) => {
    const places = differing.flatMap((one) => one.places[of === 0 ? 0 : 1] ?? [])
    return sql`
      select l.* from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as p (line_id bigint, segment int)
      cross join lateral (${linesOf(compared, of, sql`l.line_id = p.line_id and l.segment = p.segment`)} offset 0) l`
  }
  const ofKeys = (of: number) => sql`
    select * from (${linesOf(compared, of, sql`${inSlice(compared)} and ${currentAt(asOf)} and ${mayHave(compared, keys)}`)}) l
    where ${isOneOf(sql`key`, keys)}`
  const of = namesOneLine(compared) ? ofPlaces : ofKeys
  const rows = await db.execute<SideLine>(
    sql`select ${sideLine} from (${of(0)} union all ${of(side)}) l order by side, key, line_id`,
  )
  return rows.map((row) => ({ ...row, line_id: Number(row.line_id) }))
}

/** True of every line `l` under one of these keys: one part of the key is looked at before the whole of it is put together. */
export function mayHave({ definition }: Compared, keys: readonly string[]): SQL {
  if (!definition.key.includes('document')) return sql`true`
  return isOneOf(keyPart('document', sql`l`), partsOf(definition, 'document', keys))
}

/** Lines `l` among which are all under these keys: by the index of source keys where the key has one, else all of them. */
export function linesUnder({ definition }: Compared, keys: readonly string[]): SQL {
  if (!definition.key.includes('source_key')) return sql`lines l`
  const named = JSON.stringify(partsOf(definition, 'source_key', keys))
  return sql`jsonb_array_elements_text(${named}::jsonb) k (v) cross join lateral (select * from lines l where l.source_key = k.v offset 0) l`
}

const partsOf = ({ key }: ReconciliationDefinition, field: KeyField, keys: readonly string[]): string[] => [
  ...new Set(keys.map((text) => text.split(KEY_SEPARATOR)[key.indexOf(field)]!)),
]
