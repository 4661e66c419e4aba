import type { Transaction } from '#db/client.ts'
import { holdsDelivery, type Delivery, type DeliveryWithJob } from '#db/queries/deliveries.ts'
import type { Published } from '#db/queries/delivery-items.ts'
import { insertConnectorCalls } from '#db/queries/connector-calls.ts'
import type { SourceCall } from '#server/connectors/connector.ts'
import type { TargetRequest } from '#server/connectors/target.ts'
import { findTarget, type AnyTarget } from '#server/connectors/targets.ts'
import type { DeliveryFacts } from '#server/domain/delivery-exception.ts'
import type { Draft } from '#server/domain/exception.ts'
import type { JobTarget } from '#server/domain/job.ts'
import { isLineType, type LineType } from '#server/domain/record.ts'
import type { Context } from '../context.ts'
import { noteCall } from '../instruments.ts'

/** A person cancelled it, or another worker has it. */
export class LostDelivery extends Error {}

/** Somebody must look before anything more is sent. */
export class StoppedDelivery extends Error {
  constructor(
    readonly status: 'failed' | 'refused',
    readonly draft: Draft,
  ) {
    super(draft.title)
  }
}

/** The target may still be at work on what was sent: it is asked then and no sooner. */
export class TooEarly extends Error {
  constructor(readonly askAfter: Date) {
    super(`nothing is asked before ${askAfter.toISOString()}`)
  }
}

/** One attempt of a delivery, with what its parts need. */
export type Carried = {
  readonly context: Context
  readonly delivery: Delivery
  readonly found: DeliveryWithJob
  readonly facts: DeliveryFacts
  readonly objectType: LineType
  readonly published: Published
  readonly definition: JobTarget
  readonly target: AnyTarget
  readonly request: TargetRequest<unknown>
  /** Work in a transaction that is undone when this attempt no longer owns the delivery. */
  own<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** What was asked of the target, kept whatever becomes of the attempt. */
  writeCalls(): Promise<void>
}

export function carry(context: Context, found: DeliveryWithJob, signal: AbortSignal): Carried {
  const { delivery, job, system } = found
  // An address that was put right since counts; a target that was taken out of the job still gets what it was promised.
  const named = (targets: readonly JobTarget[] | undefined) => targets?.find(({ name }) => name === delivery.target)
  const definition = named(found.current.targets) ?? named(found.definition.targets)
  if (!definition) throw new Error(`no version of job ${job} names the target ${delivery.target}`)
  const { name: _, type, system: __, ...settings } = definition
  const objectType = isLineType(found.definition.objectType) ? found.definition.objectType : 'journal_line'
  const calls: SourceCall[] = []
  const of = {
    systemId: delivery.systemId,
    jobId: delivery.jobId,
    runId: null,
    attempt: delivery.attempt,
    deliveryId: delivery.deliveryId,
  }
  return {
    context,
    delivery,
    found,
    facts: { ...delivery, system: system.name },
    objectType,
    published: {
      publication: delivery.publication,
      firstLineId: found.firstLineId,
      systemId: found.sourceSystemId,
      objectType,
    },
    definition,
    target: findTarget(type),
    request: {
      settings,
      sender: job,
      signal,
      credential: context.credential,
      onCall: (call) => {
        calls.push(call)
        noteCall(system.code, call)
      },
    },
    own: (work) =>
      context.db.transaction(async (tx) => {
        if (!(await holdsDelivery(tx, delivery))) throw new LostDelivery()
        return work(tx)
      }),
    async writeCalls() {
      await insertConnectorCalls(context.db, of, calls.splice(0)).catch((error: unknown) =>
        context.log.warn({ err: error }, 'requests to the target could not be recorded'),
      )
    },
  }
}
