import { sql, type SQL } from 'drizzle-orm'
import type { ItemOperation, ItemState } from '#server/domain/delivery.ts'
import type { LineType } from '#server/domain/record.ts'
import type { Queryable, Transaction } from '../client.ts'
import { LINE_IDS_PER_LOAD } from '../load/line-ids.ts'
import { textArray } from '../text-array.ts'

/** The lines a publication is about: of one system and object type. */
export type Published = {
  readonly publication: number
  readonly firstLineId: number
  readonly systemId: number
  readonly objectType: LineType
}

/** A line is part of its document, or, without one, a document of its own. Of a query with lines as `l`. */
const documentOf = sql`coalesce('D:' || l.document, 'K:' || l.source_key)`
const SLICE = sql`entity, period, version, currency`
const isOf = ({ systemId, objectType }: Published) => sql`l.system_id = ${systemId} and l.object_type = ${objectType}`
const isBrought = ({ firstLineId }: Published) =>
  sql`l.line_id >= ${firstLineId} and l.line_id < ${firstLineId + LINE_IDS_PER_LOAD}`
const standsAt = (publication: number) =>
  sql`l.loaded_at_pub <= ${publication} and (l.superseded_at_pub is null or l.superseded_at_pub > ${publication})`

/** The documents of which a publication added, changed or ended a line, with what is left of each by `stands`. */
const touchedDocuments = (of: Published, stands: SQL) => sql`
  with touched as (
    select distinct l.entity, l.period, l.version, l.currency, ${documentOf} as document from lines l
    where ${isOf(of)} and (${isBrought(of)} or l.superseded_at_pub = ${of.publication})),
  standing as (
    select l.entity, l.period, l.version, l.currency, ${documentOf} as document, count(*)::int as count, sum(l.debit) as debit, sum(l.credit) as credit,
      encode(sha256(convert_to(string_agg(l.source_key || ' ' || l.content_hash, chr(10) order by l.source_key), 'UTF8')), 'hex') as hash,
      array_agg(l.line_id order by l.source_key) as line_ids
    from lines l where ${isOf(of)} and ${stands} and (l.entity, l.period, l.version, l.currency) in (select ${SLICE} from touched) group by 1, 2, 3, 4, 5)
  select t.*, coalesce(s.count, 0) as count, coalesce(s.debit, 0) as debit, coalesce(s.credit, 0) as credit, coalesce(s.hash, '') as hash, coalesce(s.line_ids, '{}') as line_ids
  from touched t left join standing s using (${SLICE}, document)`

/** Lists the documents of a delivery, as they stand at its publication. Those that are listed already stay. */
export async function insertItems(tx: Transaction, deliveryId: number, system: string, of: Published): Promise<number> {
  const [made] = await tx.execute<{ n: number }>(sql`
    with made as (insert into delivery_items (delivery_id, natural_key, operation, ${SLICE}, count, debit, credit, content_hash, line_ids, state)
    select ${deliveryId}, concat_ws('|', ${system}::text, ${of.objectType}::text, ${SLICE}, document), case when count = 0 then 'withdraw' else 'put' end,
      ${SLICE}, count, debit, credit, hash, line_ids, 'pending' from (${touchedDocuments(of, standsAt(of.publication))}) documents
    order by ${SLICE}, document on conflict (delivery_id, natural_key) do nothing returning 1)
    select count(*)::int as n from made`)
  await tx.execute(sql`update deliveries set prepared_at = now() where delivery_id = ${deliveryId} and prepared_at is null`)
  return made!.n
}

/** What withdrawing a publication would say of its documents: how many get back an earlier state, how many go. */
export async function countCompensation(db: Queryable, of: Published): Promise<{ put: number; withdraw: number }> {
  const stands = sql`(l.superseded_at_pub is null and not (${isBrought(of)}) or l.superseded_at_pub = ${of.publication})`
  const [row] = await db.execute<{ put: number; withdraw: number }>(sql`
    select count(*) filter (where count > 0)::int as put, count(*) filter (where count = 0)::int as withdraw from (${touchedDocuments(of, stands)}) documents`)
  return row!
}

export type Item = {
  itemId: number
  naturalKey: string
  operation: ItemOperation
  entity: string
  period: string
  version: string
  currency: string
  count: number
  debit: string
  credit: string
  contentHash: string
  state: ItemState
  askAfter: Date | null
  reference: string | null
}

const ITEM = sql`item_id as "itemId", natural_key as "naturalKey", operation, ${SLICE}, count, debit::text as debit, credit::text as credit,
  content_hash as "contentHash", state, ask_after as "askAfter", reference`

/** The next documents of which the target does not say yet that it has them, in their order; `all`: whatever it says. */
export async function listItemsAfter(
  db: Queryable,
  deliveryId: number,
  after: number,
  limit: number,
  all = false,
): Promise<Item[]> {
  const which = all ? sql`true` : sql`state in ('pending', 'unknown')`
  const rows = await db.execute<Item>(sql`
    select ${ITEM} from delivery_items where delivery_id = ${deliveryId} and ${which} and item_id > ${after} order by item_id limit ${limit}`)
  return rows.map((row) => ({ ...row, itemId: Number(row.itemId), askAfter: row.askAfter && new Date(row.askAfter) }))
}

/** Contents that this job told this target before, by natural key: a document with one of these is ours to replace. */
export async function listTold(
  db: Queryable,
  { jobId, target, publication }: { jobId: number; target: string; publication: number },
  keys: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await db.execute<{ key: string; hashes: string[] }>(sql`
    select i.natural_key as key, array_agg(distinct i.content_hash) as hashes from delivery_items i join deliveries d using (delivery_id)
    where i.natural_key = any(${textArray(keys)}::text[]) and d.job_id = ${jobId} and d.target = ${target} and d.publication < ${publication}
      and i.state in ('sent', 'confirmed', 'unknown') and i.operation = 'put' group by 1`)
  return new Map(rows.map(({ key, hashes }) => [key, new Set(hashes)]))
}

const LINE = sql`l.source_key as "sourceKey", l.account, l.cost_centre as "costCentre", l.project, l.counterparty,
  l.accounting_status as "accountingStatus", l.description, l.effective_on::text as "effectiveOn", l.posted_on::text as "postedOn", l.debit::text as debit, l.credit::text as credit`

export type ItemLine = {
  itemId: number
  sourceKey: string
  account: string
  costCentre: string | null
  project: string | null
  counterparty: string | null
  accountingStatus: string
  description: string | null
  effectiveOn: string | null
  postedOn: string | null
  debit: string
  credit: string
}

/** The lines of documents, document by document, each in the order of its keys. */
export async function listItemLines(db: Queryable, items: readonly Item[]): Promise<ReadonlyMap<number, ItemLine[]>> {
  const rows = await db.execute<ItemLine>(sql`
    select i.item_id as "itemId", ${LINE} from delivery_items i cross join unnest(i.line_ids) with ordinality as n (line_id, place)
    join lines l on l.line_id = n.line_id
    where i.item_id in (select id::bigint from jsonb_array_elements_text(${JSON.stringify(items.map(({ itemId }) => itemId))}::jsonb) as given (id)) order by i.item_id, n.place`)
  const byItem = new Map<number, ItemLine[]>()
  for (const line of rows) {
    const of = byItem.get(Number(line.itemId))
    if (of) of.push(line)
    else byItem.set(Number(line.itemId), [line])
  }
  return byItem
}

/** Written before anything is sent: from here on only the target knows. */
export async function markUnknown(tx: Transaction, itemIds: readonly number[], askAfter: Date): Promise<void> {
  await tx.execute(sql`
    update delivery_items set state = 'unknown', attempts = attempts + 1, ask_after = ${askAfter.toISOString()}
    where item_id in (select id::bigint from jsonb_array_elements_text(${JSON.stringify(itemIds)}::jsonb) as given (id))`)
}

export type ItemOutcome = {
  readonly itemId: number
  readonly state: 'pending' | 'unknown' | 'sent' | 'refused'
  readonly reference?: string | null
  readonly refusal?: string | null
  readonly askAfter?: Date | null
}

/** What became of documents, in one statement. */
export async function markItems(tx: Transaction, outcomes: readonly ItemOutcome[]): Promise<void> {
  if (outcomes.length === 0) return
  await tx.execute(sql`
    update delivery_items i set state = o.state, reference = coalesce(o.reference, i.reference), refusal = o.refusal, ask_after = o."askAfter"
    from jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb) as o ("itemId" bigint, state text, reference text, refusal text, "askAfter" timestamptz)
    where i.item_id = o."itemId"`)
}

/** All documents of a delivery in some states take another: of a file, which goes as a whole. */
export async function markAll(
  tx: Transaction,
  deliveryId: number,
  from: readonly ItemState[],
  to: { state: ItemState; reference?: string; refusal?: string },
): Promise<void> {
  await tx.execute(sql`
    update delivery_items set state = ${to.state}, attempts = attempts + ${to.state === 'unknown' ? 1 : 0}, ask_after = null,
      reference = coalesce(${to.reference ?? null}, reference), refusal = ${to.refusal ?? null}
    where delivery_id = ${deliveryId} and state = any(${textArray(from)}::text[])`)
}

export async function countItems(db: Queryable, deliveryId: number): Promise<Readonly<Partial<Record<ItemState, number>>>> {
  const rows = await db.execute<{ state: ItemState; n: number }>(
    sql`select state, count(*)::int as n from delivery_items where delivery_id = ${deliveryId} group by 1`,
  )
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}

/** Entities a delivery is about; before its documents are listed, those of its run. */
export async function listDeliveryEntities(db: Queryable, deliveryId: number): Promise<string[]> {
  const rows = await db.execute<{ entity: string }>(sql`
    select entity from delivery_items where delivery_id = ${deliveryId}
    union select c.entity from control_totals c join deliveries d on d.run_id = c.run_id where d.delivery_id = ${deliveryId} and c.entity <> ''`)
  return rows.map(({ entity }) => entity)
}

/** The versions a delivery carries. */
export async function listVersions(db: Queryable, deliveryId: number): Promise<string[]> {
  const rows = await db.execute<{ version: string }>(
    sql`select distinct version from delivery_items where delivery_id = ${deliveryId}`,
  )
  return rows.map(({ version }) => version)
}

/** Refusals of a delivery, by the target's words for them. */
export async function listRefusals(
  db: Queryable,
  deliveryId: number,
): Promise<{ refusal: string; documents: number; entities: string[] }[]> {
  return db.execute(sql`
    select refusal, count(*)::int as documents, array_agg(distinct entity) as entities from delivery_items
    where delivery_id = ${deliveryId} and state = 'refused' group by 1 order by 2 desc, 1 limit 50`)
}
