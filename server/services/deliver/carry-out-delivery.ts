import { SpanStatusCode } from '@opentelemetry/api'
import { databaseFailure, isDatabaseAway, isUniqueViolation } from '#db/failures.ts'
import { claimDelivery, enqueueDeliveries, listDueDeliveries, type DeliveryWithJob } from '#db/queries/deliveries.ts'
import { insertItems, listDeliveryEntities, listVersions } from '#db/queries/delivery-items.ts'
import type { SliceTotal } from '#db/queries/delivery-totals.ts'
import { writeBackProblem, type DeliveryStatus } from '#server/domain/delivery.ts'
import { writeBackDraft } from '#server/domain/delivery-exception.ts'
import { failureOf } from '#server/domain/retry.ts'
import { tracedAs } from '#server/platform/traced.ts'
import type { Context } from '../context.ts'
import { onceAnswered } from '../once-answered.ts'
import { carry, LostDelivery, StoppedDelivery, TooEarly, type Carried } from './carried.ts'
import { confirmDelivery } from './confirm-delivery.ts'
import { delayDelivery, endInDeliveryFailure, handBackDelivery, stopDelivery } from './end-delivery.ts'
import { recoverDelivery } from './recover-deliveries.ts'
import { readBackTotals, sendDocuments } from './send-documents.ts'
import { readBackFile, sendFile } from './send-file.ts'

/**
 * Tells a target of a publication, if it is its turn. Returns the status it left the delivery in, or null when there was nothing to
 * take. Safe to call again at any point: what is unknown is asked of the target before anything is sent again.
 */
export async function carryOutDelivery(context: Context, deliveryId: number, stop?: AbortSignal): Promise<DeliveryStatus | null> {
  const { workerId } = context
  if (!workerId) throw new Error('this process is not a worker')
  const found = await claimDelivery(context.db, deliveryId, workerId).catch(async (error: unknown) => {
    // deliveries_one_active: another delivery to the same system was claimed in the same moment.
    if (isUniqueViolation(error)) return null
    // Only the answer may have been lost: then it is ours, and nobody is at it.
    if (isDatabaseAway(error)) await onceAnswered(() => recoverDelivery(context, deliveryId, workerId), stop)
    throw error
  })
  if (!found) return null
  const { delivery } = found
  return tracedAs(delivery.correlationId, 'delivery', factsOf(found), async (span) => {
    const log = context.log.child({ deliveryId, job: found.job, target: delivery.target, attempt: delivery.attempt })
    const status = await attempt({ ...context, log }, found, stop ?? new AbortController().signal)
    span.setAttribute('tower.outcome', status ?? 'let go')
    if (status === 'failed' || status === 'waiting') span.setStatus({ code: SpanStatusCode.ERROR })
    return status
  })
}

const factsOf = ({ delivery, job, system }: DeliveryWithJob) => ({
  'tower.delivery': delivery.deliveryId,
  'tower.run': delivery.runId,
  'tower.job': job,
  'tower.system': system.code,
  'tower.attempt': delivery.attempt,
  'tower.correlation_id': delivery.correlationId,
})

async function attempt(context: Context, found: DeliveryWithJob, stop: AbortSignal): Promise<DeliveryStatus | null> {
  const carried = carry(context, found, stop)
  try {
    await prepare(carried)
    const totals = await sendAndReadBack(carried)
    return await confirmDelivery(carried, totals)
  } catch (error) {
    if (error instanceof LostDelivery) return letGo(context)
    return await onceAnswered(() => afterwards(carried, error, stop), stop).catch((again: unknown) => {
      if (again instanceof LostDelivery) return letGo(context)
      throw again
    })
  } finally {
    await carried.writeCalls()
    if (!stop.aborted) await letOthersGo(context, found)
  }
}

async function afterwards(carried: Carried, error: unknown, stop: AbortSignal): Promise<DeliveryStatus> {
  if (stop.aborted) return handBackDelivery(carried)
  if (error instanceof TooEarly) return delayDelivery(carried, error.askAfter)
  if (error instanceof StoppedDelivery) return stopDelivery(carried, error)
  const failure = failureOf(error, databaseFailure)
  carried.context.log.warn(
    { code: failure.code, detail: failure.detail, error: failure.failureClass === 'unclassified' ? error : undefined },
    'attempt of a delivery failed',
  )
  return endInDeliveryFailure(carried, failure)
}

/** Its documents are listed once. What a write-back may not carry is refused here as well, whatever the definition says. */
async function prepare(carried: Carried): Promise<void> {
  const { context, delivery, found, published } = carried
  const asked = {
    sourceKind: found.definition.system.kind,
    targetKind: carried.definition.system.kind,
    objectType: found.definition.objectType,
  }
  if (delivery.preparedAt === null)
    await carried.own((tx) => insertItems(tx, delivery.deliveryId, found.definition.system.code, published))
  const versions = await listVersions(context.db, delivery.deliveryId)
  const problem = writeBackProblem({ ...asked, versions })
  if (problem === null) return
  const entities = await listDeliveryEntities(context.db, delivery.deliveryId)
  throw new StoppedDelivery('refused', writeBackDraft(carried.facts, problem, entities))
}

async function sendAndReadBack(carried: Carried): Promise<readonly SliceTotal[]> {
  const { target, request } = carried
  if (target.kind === 'file') {
    await sendFile(carried, target)
    return readBackFile(carried, target)
  }
  const session = target.open(request)
  try {
    await sendDocuments(carried, session)
    return await readBackTotals(carried, session)
  } finally {
    session.close()
  }
}

function letGo({ log }: Pick<Context, 'log'>): null {
  log.warn('the delivery was taken over, held or aborted')
  return null
}

const NEXT_MAX = 50

/** Whoever waited for this system is not waited for by the clock. */
async function letOthersGo({ db, log }: Context, { delivery }: DeliveryWithJob): Promise<void> {
  await listDueDeliveries(db, NEXT_MAX, delivery.systemId)
    .then((due) => enqueueDeliveries(db, due))
    .catch((error: unknown) => log.warn({ err: error }, 'deliveries that wait were not looked at'))
}
