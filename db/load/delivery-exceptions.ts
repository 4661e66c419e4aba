import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { textArray } from '../text-array.ts'
import type { ClosedException } from './exceptions.ts'

type Of = { readonly jobId: number; readonly runId: number; readonly target: string; readonly systemId: number }

/**
 * A target that confirms has answered for what stopped it before: it is up, and its totals tie over the slices that differed. Documents
 * it refused are settled one by one, when the same document was taken later.
 */
export async function closeSettledDelivery(tx: Transaction, of: Of, slices: readonly string[]): Promise<ClosedException[]> {
  return tx.execute<ClosedException>(sql`
    update exceptions e set closed_at = now(), closed_by_run_id = ${of.runId}
    where e.closed_at is null and e.subject ? 'target' and (
      e.subject->>'targetSystem' = ${String(of.systemId)}
      or e.job_id = ${of.jobId} and e.subject->>'target' = ${of.target} and (
        e.code = 'delivery_document_refused' and not exists (
          select from delivery_items i join deliveries d using (delivery_id)
          where d.job_id = e.job_id and d.target = ${of.target} and i.state = 'refused' and i.refusal = e.subject->>'value' and not exists (
            select from delivery_items n join deliveries nd using (delivery_id)
            where n.natural_key = i.natural_key and nd.job_id = d.job_id and nd.target = d.target and nd.publication > d.publication and n.state in ('sent', 'confirmed')))
        or e.code <> 'delivery_document_refused' and e.slices <@ ${textArray(slices)}))
    returning exception_id, code, title`)
}
