import { closeSettledDelivery } from '#db/load/delivery-exceptions.ts'
import { endDelivery, wakeWaiting } from '#db/queries/deliveries.ts'
import { countItems, listRefusals, markAll } from '#db/queries/delivery-items.ts'
import {
  insertConfirmedTotals,
  insertDeliveredTotals,
  listDeliveryBreaks,
  listTouchedSlices,
  type SliceTotal,
} from '#db/queries/delivery-totals.ts'
import { deliveryDiffersDraft, documentRefusedDraft, TARGET_DOWN } from '#server/domain/delivery-exception.ts'
import type { DeliveryStatus } from '#server/domain/delivery.ts'
import { raiseRouted } from '../triage/raise-routed.ts'
import type { Carried } from './carried.ts'
import { ending } from './end-delivery.ts'
import { sliceWords } from './slice-words.ts'

/**
 * Everything was sent and the target was asked for its totals: confirmed where they are those of the documents, record by record and
 * to the last decimal; failed, with the signed difference, where they are not.
 */
export function confirmDelivery(carried: Carried, totals: readonly SliceTotal[]): Promise<DeliveryStatus> {
  const { delivery, facts, objectType, target } = carried
  const { deliveryId, systemId, runId, jobId } = delivery
  return ending(carried, async (tx) => {
    await insertDeliveredTotals(tx, delivery, target.kind === 'documents')
    await insertConfirmedTotals(tx, deliveryId, totals)
    const touched = await listTouchedSlices(tx, deliveryId)
    const slices = [...new Set(touched.map((slice) => sliceWords(objectType, slice)))].sort()
    const breaks = await listDeliveryBreaks(tx, deliveryId)
    // It answered: whoever waits for it need not wait longer.
    await wakeWaiting(tx, systemId, TARGET_DOWN)
    if (breaks.length > 0) {
      const draft = deliveryDiffersDraft(facts, breaks, slices)
      const exceptionId = await raiseRouted(tx, { runId, jobId }, draft)
      await endDelivery(tx, deliveryId, { status: 'failed', failure: { code: draft.code, detail: draft.detail } })
      // It answers, and to us: what stopped it before is over. What differs is not.
      await closeSettledDelivery(tx, delivery, [])
      return { status: 'failed', action: 'delivery.failed', after: { code: draft.code, exceptionId, breaks } }
    }
    await markAll(tx, deliveryId, ['sent'], { state: 'confirmed' })
    const refusals = await listRefusals(tx, deliveryId)
    const opened: number[] = []
    for (const { refusal, documents, entities } of refusals)
      opened.push(await raiseRouted(tx, { runId, jobId }, documentRefusedDraft(facts, refusal, documents, entities)))
    const status = refusals.length > 0 ? 'refused' : 'confirmed'
    const failure = refusals[0] ? { code: 'delivery_document_refused', detail: refusals[0].refusal } : null
    await endDelivery(tx, deliveryId, { status, failure })
    const closed = await closeSettledDelivery(tx, delivery, slices)
    return {
      status,
      action: `delivery.${status}`,
      after: {
        documents: await countItems(tx, deliveryId),
        slices,
        exceptionsOpened: opened,
        exceptionsClosed: closed.map(({ exception_id }) => exception_id),
      },
    }
  })
}
