import { and, eq, sql } from 'drizzle-orm'
import { DELIVERY_DONE, type DeliveryStatus } from '#server/domain/delivery.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import type { Queryable, Transaction } from '../client.ts'
import { deliveries } from '../schema/deliveries.ts'
import { loads, publications } from '../schema/lines.ts'
import { jobVersions, jobs, systems } from '../schema/systems.ts'
import { textArray } from '../text-array.ts'

export type Delivery = typeof deliveries.$inferSelect
export type NewDelivery = typeof deliveries.$inferInsert

export async function insertDeliveries(tx: Transaction, rows: readonly NewDelivery[]): Promise<number[]> {
  if (rows.length === 0) return []
  const made = await tx
    .insert(deliveries)
    .values([...rows])
    .returning({ id: deliveries.deliveryId })
  return made.map(({ id }) => id)
}

/** Wakes a worker for deliveries, in the caller's transaction. The same one is queued once, however often this is called. */
export async function enqueueDeliveries(db: Queryable, deliveryIds: readonly number[], runAt: Date | null = null): Promise<void> {
  if (deliveryIds.length === 0) return
  await db.execute(sql`
    select graphile_worker.add_job('carry_out_delivery', json_build_object('deliveryId', id::int), max_attempts => 1, job_key => 'delivery:' || id,
      run_at => coalesce(${runAt?.toISOString() ?? null}::timestamptz, now()))
    from jsonb_array_elements_text(${JSON.stringify(deliveryIds)}::jsonb) as given (id)`)
}

export type DeliveryWithJob = {
  readonly delivery: Delivery
  /** As the job stood when it published. */
  readonly definition: JobDefinition
  /** As it stands now: an address that was put right counts. */
  readonly current: JobDefinition
  readonly job: string
  /** Where the lines come from. */
  readonly sourceSystemId: number
  /** Ids of the lines the publication brought: from this on, LINE_IDS_PER_LOAD of them. */
  readonly firstLineId: number
  readonly loadId: number
  readonly system: { readonly code: string; readonly name: string; readonly kind: string }
}

export async function findDelivery(db: Queryable, deliveryId: number): Promise<DeliveryWithJob | null> {
  const now = sql`(select v.definition from job_versions v where v.job_id = ${jobs.jobId} and v.version = ${jobs.currentVersion})`
  const [row] = await db
    .select({
      delivery: deliveries,
      definition: jobVersions.definition,
      current: sql<JobDefinition>`${now}`,
      job: jobs.name,
      sourceSystemId: publications.systemId,
      firstLineId: loads.firstLineId,
      loadId: loads.loadId,
      system: { code: systems.code, name: systems.name, kind: systems.kind },
    })
    .from(deliveries)
    .innerJoin(jobs, eq(jobs.jobId, deliveries.jobId))
    .innerJoin(jobVersions, and(eq(jobVersions.jobId, deliveries.jobId), eq(jobVersions.version, deliveries.jobVersion)))
    .innerJoin(publications, eq(publications.publication, deliveries.publication))
    .innerJoin(loads, eq(loads.loadId, publications.loadId))
    .innerJoin(systems, eq(systems.systemId, deliveries.systemId))
    .where(eq(deliveries.deliveryId, deliveryId))
  return row ?? null
}

/** Its place in the order of the job and target: everything before it is over. Of a query with deliveries as `d`. */
const isNext = sql`not exists (
  select from deliveries b where b.job_id = d.job_id and b.target = d.target and b.publication < d.publication and b.status not in ${DELIVERY_DONE})`

/**
 * Takes a delivery for this worker, if it is due, it is its turn and nobody is at its system; null otherwise. The attempt is counted
 * at this moment. deliveries_one_active refuses the second of two that ask in the same moment.
 */
export async function claimDelivery(db: Queryable, deliveryId: number, workerId: string): Promise<DeliveryWithJob | null> {
  const [claimed] = await db.execute(sql`
    update deliveries d set status = 'delivering', attempt = attempt + 1, worker_id = ${workerId}, started_at = coalesce(started_at, now()), seen_at = now()
    where delivery_id = ${deliveryId} and status in ('pending', 'waiting') and due_at <= now() and ${isNext}
      and not exists (select from deliveries o where o.system_id = d.system_id and o.status = 'delivering')
    returning 1`)
  return claimed ? findDelivery(db, deliveryId) : null
}

/**
 * True while this attempt still owns the delivery. Locks it until the transaction ends: a worker that was declared dead and comes
 * back can no longer write.
 */
export async function holdsDelivery(tx: Transaction, { deliveryId, attempt, workerId }: Delivery): Promise<boolean> {
  const rows = await tx.execute(sql`
    update deliveries set seen_at = now() where delivery_id = ${deliveryId} and status = 'delivering' and attempt = ${attempt} and worker_id = ${workerId} returning 1`)
  return rows.length > 0
}

export type DeliveryEnding = {
  readonly status: DeliveryStatus
  readonly dueAt?: Date
  readonly failure?: { readonly code: string; readonly detail: string } | null
  readonly forgive?: number
}

export async function endDelivery(tx: Transaction, deliveryId: number, { status, dueAt, failure, forgive }: DeliveryEnding) {
  const isOver = status !== 'waiting' && status !== 'pending'
  await tx
    .update(deliveries)
    .set({
      status,
      workerId: null,
      finishedAt: isOver ? sql`clock_timestamp()` : null,
      ...(dueAt && { dueAt }),
      ...(failure !== undefined && { failureCode: failure?.code ?? null, failureDetail: failure?.detail ?? null }),
      ...(forgive !== undefined && { attemptsForgiven: forgive }),
    })
    .where(eq(deliveries.deliveryId, deliveryId))
}

/** The delivery, locked, as a person finds it. */
export async function lockDelivery(tx: Transaction, deliveryId: number): Promise<Delivery | null> {
  const [row] = await tx.select().from(deliveries).where(eq(deliveries.deliveryId, deliveryId)).for('update')
  return row ?? null
}

/** A later publication of the job was told to the target already. */
export async function isOvertaken(db: Queryable, { jobId, target, publication }: Delivery): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from deliveries where job_id = ${jobId} and target = ${target} and publication > ${publication} and prepared_at is not null limit 1`)
  return rows.length > 0
}

/** What may go on now that nobody is at this system any more: of each job and target the oldest that is not over. */
export async function listDueDeliveries(db: Queryable, limit: number, systemId: number | null = null): Promise<number[]> {
  const rows = await db.execute<{ id: number }>(sql`
    select d.delivery_id as id from deliveries d where d.status in ('pending', 'waiting') and d.due_at <= now() and ${isNext}
      and (${systemId}::int is null or d.system_id = ${systemId}) order by d.delivery_id limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** Others that wait because this system did not answer: it does again, so they are due. */
export async function wakeWaiting(tx: Transaction, systemId: number, codes: readonly string[]): Promise<void> {
  await tx.execute(sql`
    update deliveries set due_at = now() where system_id = ${systemId} and status = 'waiting' and failure_code = any(${textArray(codes)}::text[]) and due_at > now()`)
}

export type UnderWay = {
  readonly deliveryId: number
  readonly workerId: string | null
  readonly hasWorker: boolean
  /** When anything was written of it last. To be compared, not computed with: the clock it comes from may be set. */
  readonly seenAt: string
}

/** Deliveries that say they go on. */
export async function listUnderWay(db: Queryable): Promise<UnderWay[]> {
  const rows = await db.execute<UnderWay>(sql`
    select delivery_id as "deliveryId", worker_id as "workerId", exists (select from workers w where w.worker_id = d.worker_id) as "hasWorker", coalesce(seen_at::text, '') as "seenAt"
    from deliveries d where status = 'delivering'`)
  return [...rows]
}

/** The deliveries of a publication, for what makes good of it when it is rolled back. */
export async function listDeliveriesOf(db: Queryable, publication: number): Promise<Delivery[]> {
  return db.select().from(deliveries).where(eq(deliveries.publication, publication)).orderBy(deliveries.deliveryId)
}
