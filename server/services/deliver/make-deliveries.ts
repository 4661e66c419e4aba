import type { Transaction } from '#db/client.ts'
import { enqueueDeliveries, insertDeliveries, listDeliveriesOf } from '#db/queries/deliveries.ts'
import { findSystem, type Run } from '#db/queries/runs.ts'
import type { JobDefinition } from '#server/domain/job.ts'

type Publishing = { readonly run: Run; readonly publication: number }

/** In the publishing transaction: with the publication there is, for each target of the job, what it will be told of it. */
export async function makeDeliveries(tx: Transaction, { run, publication }: Publishing, job: JobDefinition): Promise<number[]> {
  const rows = await Promise.all(
    (job.targets ?? []).map(async ({ name, system: { code } }) => {
      const system = await findSystem(tx, code)
      if (!system) throw new Error(`the target system ${code} was never saved`)
      return { ...of(run, publication), jobVersion: run.jobVersion, target: name, systemId: system.systemId }
    }),
  )
  return made(tx, rows)
}

/** A target that is told of a publication is told that it was withdrawn, too: after it, in its order, whatever became of it. */
export async function makeCompensations(tx: Transaction, { run, publication }: Publishing, withdrawn: number): Promise<number[]> {
  const told = await listDeliveriesOf(tx, withdrawn)
  const rows = told.map(({ deliveryId, jobVersion, target, systemId }) => ({
    ...of(run, publication),
    jobVersion,
    target,
    systemId,
    compensates: deliveryId,
  }))
  return made(tx, rows)
}

const of = ({ runId, jobId, correlationId }: Run, publication: number) => ({
  publication,
  runId,
  jobId,
  correlationId,
  status: 'pending' as const,
})

async function made(tx: Transaction, rows: Parameters<typeof insertDeliveries>[1]): Promise<number[]> {
  const ids = await insertDeliveries(tx, rows)
  await enqueueDeliveries(tx, ids)
  return ids
}
