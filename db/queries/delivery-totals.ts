import { sql } from 'drizzle-orm'
import type { ControlTotal } from '#server/domain/run.ts'
import type { Queryable, Transaction } from '../client.ts'
import { matchesTotal, type TotalsFilter } from './totals.ts'

export type SliceTotal = {
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
  readonly count: number
  readonly debit: string
  readonly credit: string
}

const SLICE = sql`entity, period, version, currency`

export type TouchedSlice = Pick<SliceTotal, 'entity' | 'period' | 'version' | 'currency'>

export async function listTouchedSlices(db: Queryable, deliveryId: number): Promise<TouchedSlice[]> {
  const rows = await db.execute<TouchedSlice>(
    sql`select distinct ${SLICE} from delivery_items where delivery_id = ${deliveryId} order by 1, 2, 3, 4`,
  )
  return [...rows]
}

type Told = { readonly deliveryId: number; readonly jobId: number; readonly target: string; readonly publication: number }

/**
 * What must be there, from the documents. `all`: what this job ever told this target in the slices that were touched, each document as
 * it was told last; else this delivery alone.
 */
export async function insertDeliveredTotals(tx: Transaction, told: Told, all: boolean): Promise<void> {
  const { deliveryId, jobId, target, publication } = told
  const which = all
    ? sql`d.job_id = ${jobId} and d.target = ${target} and d.publication <= ${publication}`
    : sql`d.delivery_id = ${deliveryId}`
  await tx.execute(sql`delete from delivery_totals where delivery_id = ${deliveryId}`)
  await tx.execute(sql`
    with touched as (select distinct ${SLICE} from delivery_items where delivery_id = ${deliveryId}),
    last as (
      select distinct on (i.natural_key) i.* from delivery_items i join deliveries d using (delivery_id)
      where ${which} and i.state in ('sent', 'confirmed') and (i.entity, i.period, i.version, i.currency) in (select ${SLICE} from touched)
      order by i.natural_key, d.publication desc)
    insert into delivery_totals (delivery_id, checkpoint, ${SLICE}, count, debit, credit)
    select ${deliveryId}, 'delivered', ${SLICE}, coalesce(sum(l.count), 0), coalesce(sum(l.debit), 0), coalesce(sum(l.credit), 0)
    from touched left join last l using (${SLICE}) group by ${SLICE}`)
}

/** What the target answered; of a slice it does not name it holds nothing. */
export async function insertConfirmedTotals(tx: Transaction, deliveryId: number, totals: readonly SliceTotal[]): Promise<void> {
  await tx.execute(sql`
    insert into delivery_totals (delivery_id, checkpoint, ${SLICE}, count, debit, credit)
    select ${deliveryId}, 'confirmed', ${SLICE}, coalesce(t.count, 0), coalesce(t.debit, 0), coalesce(t.credit, 0)
    from (select ${SLICE} from delivery_totals where delivery_id = ${deliveryId} and checkpoint = 'delivered') d
    full join jsonb_to_recordset(${JSON.stringify(totals)}::jsonb) as t (entity text, period text, version text, currency text, count bigint, debit numeric, credit numeric)
    using (${SLICE})`)
}

export type ComparedSlice = TouchedSlice & {
  delivered: number
  deliveredDebit: string
  deliveredCredit: string
  /** Null until the target was asked. */
  confirmed: number | null
  confirmedDebit: string | null
  confirmedCredit: string | null
}

/** Delivered beside read back, slice by slice. */
export async function listComparedSlices(db: Queryable, deliveryId: number): Promise<ComparedSlice[]> {
  const of = (checkpoint: string) =>
    sql`(select * from delivery_totals where delivery_id = ${deliveryId} and checkpoint = ${checkpoint})`
  const rows = await db.execute<ComparedSlice>(sql`
    select ${SLICE}, coalesce(d.count, 0)::int as delivered, coalesce(d.debit, 0)::text as "deliveredDebit", coalesce(d.credit, 0)::text as "deliveredCredit",
      c.count::int as confirmed, c.debit::text as "confirmedDebit", c.credit::text as "confirmedCredit"
    from ${of('delivered')} d full join ${of('confirmed')} c using (${SLICE}) order by 1, 2, 3, 4`)
  return [...rows]
}

/** Read back minus delivered, wherever it is not zero. */
export async function listDeliveryBreaks(db: Queryable, deliveryId: number): Promise<SliceTotal[]> {
  const rows = await db.execute<SliceTotal>(sql`
    select ${SLICE}, sum(count)::int as count, sum(debit)::text as debit, sum(credit)::text as credit from (
      select ${SLICE}, count, debit, credit from delivery_totals where delivery_id = ${deliveryId} and checkpoint = 'confirmed'
      union all select ${SLICE}, -count, -debit, -credit from delivery_totals where delivery_id = ${deliveryId} and checkpoint = 'delivered') sides
    group by 1, 2, 3, 4 having sum(count) <> 0 or sum(debit) <> 0 or sum(credit) <> 0 order by 1, 2, 3, 4`)
  return [...rows]
}

export type ConfirmedTotal = Omit<ControlTotal, 'checkpoint'>

/**
 * What targets answered for a slice when they were last asked, one target a job. Of targets that hold documents: a file says what it
 * brought, not what is there.
 */
export async function listConfirmedTotals(db: Queryable, filter: TotalsFilter, asOf: number): Promise<ConfirmedTotal[]> {
  const rows = await db.execute<ConfirmedTotal>(sql`
    select distinct on (t.job_id, t.entity, t.period, t.version, t.currency) s.code as system, t.object_type as "objectType", t.entity, t.period, t.version, t.currency,
      t.count::int as count, t.debit::text as debit, t.credit::text as credit, (t.debit - t.credit)::text as net
    from (
      select c.entity, c.period, c.version, c.currency, c.count, c.debit, c.credit, d.job_id, d.target, d.publication, p.system_id, v.definition->>'objectType' as object_type
      from delivery_totals c join deliveries d using (delivery_id) join publications p on p.publication = d.publication
        join job_versions v on v.job_id = d.job_id and v.version = d.job_version
      where c.checkpoint = 'confirmed' and d.publication <= ${asOf}
        and exists (select from jsonb_array_elements(v.definition->'targets') x where x->>'name' = d.target and x->>'type' = 'documents')) t
      join systems s on s.system_id = t.system_id where ${matchesTotal(filter)}
    order by t.job_id, t.entity, t.period, t.version, t.currency, t.target, t.publication desc`)
  return [...rows]
}
