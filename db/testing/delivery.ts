import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  startPlanningSimulator,
  type KeptDocument,
  type PlanningOptions,
} from '#server/connectors/simulator/planning-simulator.ts'
import type { Context } from '#server/services/context.ts'
import { carryOutDelivery } from '#server/services/deliver/carry-out-delivery.ts'
import { recoverDeliveries } from '#server/services/deliver/recover-deliveries.ts'
import { listDueDeliveries } from '../queries/deliveries.ts'
import type { TestDatabase } from './database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from './ledger.ts'
import { load, type JobInput } from './load.ts'

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

/** Below the folder that the credential OUTBOX of the context names. */
export const fileTargetOf = (path: string): Target => ({
  name: 'board',
  type: 'file',
  system: { code: 'board', name: 'Board report', kind: 'bi', simulated: true },
  baseFrom: 'OUTBOX',
  path,
})

/** Simulated targets of a test file, each with its address; they end with it. */
function targetsOf() {
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

/** Jobs of their own for each test, each with a system and a target system nobody else has, and what became of their deliveries. */
export function deliveryWorld(world: Pick<TestDatabase, 'context' | 'owner'>) {
  const targets = targetsOf()
  return {
    start: targets.start,
    stop: targets.stop,
    jobTo(...to: readonly Target[]): JobInput {
      const name = `j${randomUUID().slice(0, 8)}`
      return ledgerJob({ job: name, system: { code: name, name, kind: 'erp' }, targets: to.map(withOwnSystem) })
    },
    send: (job: JobInput, rows: readonly LedgerRow[]) => load(world.context, job, ledgerCsv(rows)),
    deliveriesOf: (job: JobInput) =>
      world.owner<
        { delivery_id: number; status: string; compensates: number | null; failure_code: string | null; attempt: number }[]
      >`select d.* from deliveries d join jobs j using (job_id) where j.name = ${job.job} order by delivery_id`,
    itemsOf: (deliveryId: number) =>
      world.owner<
        { natural_key: string; operation: string; state: string; count: number; reference: string | null; attempts: number }[]
      >`select * from delivery_items where delivery_id = ${deliveryId} order by item_id`,
    exceptionsOf: (job: JobInput) =>
      world.owner<
        { code: string; failure_class: string; closed_at: Date | null; detail: string; title: string }[]
      >`select e.* from exceptions e join jobs j using (job_id) where j.name = ${job.job} order by exception_id`,
  }
}

function withOwnSystem(target: Target): Target {
  const code = `t${randomUUID().slice(0, 8)}`
  return { ...target, system: { ...target.system, code, name: code } }
}

export const currentOf = (simulator: { documents: readonly KeptDocument[] }): KeptDocument[] =>
  simulator.documents.filter(({ isCurrent }) => isCurrent)

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
