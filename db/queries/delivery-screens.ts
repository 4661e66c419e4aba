import { sql } from 'drizzle-orm'
import type { DeliveryStatus, ItemOperation, ItemState } from '#server/domain/delivery.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { inScope } from './totals.ts'

export type DeliveryRow = {
  deliveryId: number
  publication: number
  runId: number
  job: string
  title: string
  /** The name the job gives its target. */
  target: string
  system: string
  systemName: string
  simulated: boolean
  status: DeliveryStatus
  compensates: number | null
  compensatedBy: number | null
  attempt: number
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  dueAt: string
  failureCode: string | null
  /** Left out for who does not see every entity: it may name the figures of others. */
  failureDetail: string | null
  /** Documents by what is known of them at the target. */
  items: Readonly<Partial<Record<ItemState, number>>>
  /** Slices whose totals were read back and are not those that were delivered. */
  differing: number
  /** Another delivery of the job to the target that must be over first. */
  waitsFor: number | null
}

export type DeliveriesFilter = {
  readonly job?: string | undefined
  /** The code of the system that is told. */
  readonly target?: string | undefined
  readonly status?: DeliveryStatus | undefined
  readonly run?: number | undefined
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly asOf?: number | undefined
  readonly scope: readonly string[]
}

type Paged = { readonly before?: number | undefined; readonly after?: number | undefined; readonly limit: number }

/** Deliveries, newest first. Keyset by id: older than, newer than. */
export async function listDeliveryRows(db: Queryable, filter: DeliveriesFilter & Paged): Promise<DeliveryRow[]> {
  const { before, after, limit } = filter
  const backwards = after !== undefined && before === undefined
  const keyset = backwards ? sql`d.delivery_id > ${after}` : before === undefined ? sql`true` : sql`d.delivery_id < ${before}`
  const rows = await db.execute<DeliveryRow>(sql`
    select ${COLUMNS(filter.scope)} ${FROM} where ${chosenBy(filter)} and ${keyset} order by d.delivery_id ${backwards ? sql`asc` : sql`desc`} limit ${limit}`)
  return backwards ? [...rows].reverse() : [...rows]
}

export async function findDeliveryRow(db: Queryable, deliveryId: number, scope: readonly string[]): Promise<DeliveryRow | null> {
  const [row] = await db.execute<DeliveryRow>(
    sql`select ${COLUMNS(scope)} ${FROM} where d.delivery_id = ${deliveryId} and ${chosenBy({ scope })}`,
  )
  return row ?? null
}

const FROM = sql`from deliveries d join jobs j on j.job_id = d.job_id join job_versions v on v.job_id = d.job_id and v.version = d.job_version
  join systems s on s.system_id = d.system_id`

const COLUMNS = (scope: readonly string[]) => sql`
  d.delivery_id as "deliveryId", d.publication, d.run_id as "runId", j.name as job, v.definition->>'title' as title, d.target, s.code as system, s.name as "systemName",
  s.simulated, d.status, d.compensates, (select min(c.delivery_id) from deliveries c where c.compensates = d.delivery_id) as "compensatedBy", d.attempt,
  ${iso(sql`d.created_at`)} as "createdAt", ${iso(sql`d.started_at`)} as "startedAt", ${iso(sql`d.finished_at`)} as "finishedAt", ${iso(sql`d.due_at`)} as "dueAt",
  d.failure_code as "failureCode", ${scope.includes('*') ? sql`d.failure_detail` : sql`null`} as "failureDetail",
  (select coalesce(jsonb_object_agg(state, n), '{}') from (
    select i.state, count(*)::int as n from delivery_items i where i.delivery_id = d.delivery_id and ${inScope(sql`i.entity`, scope)} group by 1) counted) as items,
  (select count(*)::int from delivery_totals t join delivery_totals c on c.delivery_id = t.delivery_id and c.checkpoint = 'confirmed'
      and (c.entity, c.period, c.version, c.currency) = (t.entity, t.period, t.version, t.currency)
    where t.delivery_id = d.delivery_id and t.checkpoint = 'delivered' and ${inScope(sql`t.entity`, scope)}
      and (t.count, t.debit, t.credit) is distinct from (c.count, c.debit, c.credit)) as differing,
  case when d.status in ('pending', 'waiting') then (
    select max(b.delivery_id) from deliveries b where b.job_id = d.job_id and b.target = d.target and b.publication < d.publication
      and b.status not in ('confirmed', 'refused', 'aborted')) end as "waitsFor"`

/** Of a query with deliveries as `d`, jobs as `j` and target systems as `s`. In scope when it tells of an entity in scope, or of none yet. */
function chosenBy({ job, target, status, run, entity, period, version, asOf, scope }: DeliveriesFilter) {
  const item = sql`select from delivery_items i where i.delivery_id = d.delivery_id`
  const parts = [
    scope.includes('*')
      ? sql`true`
      : sql`(not exists (${item}) and exists (select from control_totals c where c.run_id = d.run_id and ${inScope(sql`c.entity`, scope)}) or exists (${item} and ${inScope(sql`i.entity`, scope)}))`,
  ]
  if (job) parts.push(sql`j.name = ${job}`)
  if (target) parts.push(sql`s.code = ${target}`)
  if (status) parts.push(sql`d.status = ${status}`)
  if (run) parts.push(sql`d.run_id = ${run}`)
  if (asOf !== undefined) parts.push(sql`d.publication <= ${asOf}`)
  const slice = [
    ...(entity ? [sql`i.entity = ${entity}`] : []),
    ...(period ? [sql`i.period = ${period}`] : []),
    ...(version ? [sql`i.version = ${version}`] : []),
  ]
  if (slice.length > 0) parts.push(sql`exists (${item} and ${sql.join(slice, sql` and `)})`)
  return sql.join(parts, sql` and `)
}

export type TargetSystem = { code: string; name: string }

/** The systems that are, or were, told of something. */
export async function listTargetSystems(db: Queryable): Promise<TargetSystem[]> {
  const rows = await db.execute<TargetSystem>(
    sql`select s.code, s.name from systems s where s.system_id in (select system_id from deliveries) order by s.name`,
  )
  return [...rows]
}

export type ItemRow = {
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
  state: ItemState
  attempts: number
  askAfter: string | null
  reference: string | null
  refusal: string | null
  /** A line of it, to look at. */
  lineId: number | null
}

export type ItemsFilter = {
  readonly deliveryId: number
  readonly state?: ItemState | undefined
  readonly scope: readonly string[]
}

/** Documents of a delivery in their order, from after `after` on. */
export async function listItemRows(
  db: Queryable,
  filter: ItemsFilter & { after?: number | undefined; limit: number },
): Promise<ItemRow[]> {
  const { deliveryId, state, scope, after, limit } = filter
  const rows = await db.execute<ItemRow>(sql`
    select item_id as "itemId", natural_key as "naturalKey", operation, entity, period, version, currency, count, debit::text as debit, credit::text as credit, state, attempts,
      ${iso(sql`ask_after`)} as "askAfter", reference, refusal, line_ids[1] as "lineId"
    from delivery_items i where delivery_id = ${deliveryId} and ${state ? sql`state = ${state}` : sql`true`} and item_id > ${after ?? 0} and ${inScope(sql`entity`, scope)}
    order by item_id limit ${limit}`)
  return rows.map((row) => ({ ...row, itemId: Number(row.itemId), lineId: row.lineId === null ? null : Number(row.lineId) }))
}

export type DeliveryCall = {
  callId: number
  at: string
  name: string
  outcome: string
  ms: number
  attempt: number | null
  retryAfterMs: number | null
}

/** What was asked of the target for a delivery, newest first. */
export async function listCallsOfDelivery(db: Queryable, deliveryId: number, limit: number): Promise<DeliveryCall[]> {
  const rows = await db.execute<DeliveryCall>(sql`
    select call_id as "callId", ${iso(sql`started_at`)} as at, name, outcome, ms, attempt, retry_after_ms as "retryAfterMs" from connector_calls
    where delivery_id = ${deliveryId} order by call_id desc limit ${limit}`)
  return rows.map((row) => ({ ...row, callId: Number(row.callId) }))
}

/** Open exceptions of a delivery's target: of this very one, or of its system. */
export async function listExceptionsOfDelivery(
  db: Queryable,
  { deliveryId, system }: Pick<DeliveryRow, 'deliveryId' | 'system'>,
): Promise<number[]> {
  const rows = await db.execute<{ id: number }>(sql`
    select exception_id as id from exceptions e where closed_at is null
      and (e.subject->>'delivery' = ${String(deliveryId)} or e.subject->>'targetSystem' = (select system_id::text from systems where code = ${system}))`)
  return rows.map(({ id }) => id)
}
