import { setTimeout as sleep } from 'node:timers/promises'
import { startPlanningSimulator, type PlanningOptions } from '#server/connectors/simulator/planning-simulator.ts'
import type { DeliveryStatus } from '#server/domain/delivery.ts'
import type { Context } from '#server/services/context.ts'
import { carryOutDelivery } from '#server/services/deliver/carry-out-delivery.ts'
import { recoverDeliveries } from '#server/services/deliver/recover-deliveries.ts'
import { findDelivery, listDueDeliveries } from '../queries/deliveries.ts'
import type { JobInput } from './load.ts'

type Target = NonNullable<JobInput['targets']>[number]

/** A target that keeps documents, asked at once after an answer was lost: tests wait for nobody. */
export const documentTarget = (url: string, settings: object = {}): Target => ({
  name: 'warehouse',
  type: 'documents',
  system: { code: 'dwh', name: 'Warehouse', kind: 'warehouse', simulated: true },
  url,
  settleMs: 0,
  timeoutMs: 2_000,
  batchSize: 3,
  ...settings,
})

export const fileTargetOf = (path: string): Target => ({
  name: 'board',
  type: 'file',
  system: { code: 'board', name: 'Board report', kind: 'bi', simulated: true },
  path,
})

/** Simulated targets of a test file, each with its address; they end with it. */
export function targetsOf() {
  const started: { stop(): Promise<void> }[] = []
  return {
    async start(options: PlanningOptions = {}) {
      const simulator = await startPlanningSimulator(options)
      started.push(simulator)
      return simulator
    },
    stop: () => Promise.all(started.map((simulator) => simulator.stop())),
  }
}

const DELIVER_MS_MAX = 20_000
const POLL_MS = 10

/** Carries out what is due, as a worker would, until nothing moves by itself any more, or `until` says so. */
export async function deliverAll(context: Context, until: () => Promise<boolean> | boolean = () => false): Promise<void> {
  for (const end = Date.now() + DELIVER_MS_MAX; ; await sleep(POLL_MS)) {
    for (const id of await listDueDeliveries(context.db, 100)) await carryOutDelivery(context, id)
    await recoverDeliveries(context)
    if (await until()) return
    const going = await context.db
      .$client`select 1 from deliveries d where status in ('pending', 'waiting', 'delivering') and not exists (
      select from deliveries b where b.job_id = d.job_id and b.target = d.target and b.publication < d.publication and b.status in ('failed', 'held'))`
    if (going.length === 0) return
    if (Date.now() > end) throw new Error('deliveries did not come to an end')
  }
}

export async function statusOf(context: Context, deliveryId: number): Promise<DeliveryStatus> {
  return (await findDelivery(context.db, deliveryId))!.delivery.status
}
