import { jsonLinesStream } from '#app/.server/csv-stream.ts'
import { logAuditExport } from '#app/.server/exports/audit-logged.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readChain } from '#app/.server/reads.ts'

/** The chain as it was hashed. Whoever holds it checks it alone: hash = SHA-256 of previous_hash, a line feed and payload. */
export const loader = guarded('audit:read', async (given) => {
  const { services, actor } = given
  // Refuses who may not have it before anything is written down.
  const chain = readChain(services.context.db, actor)
  await logAuditExport(given, 'jsonl')
  return jsonLinesStream(`audit-${services.context.now().toISOString().slice(0, 10)}.jsonl`, links(chain))
})

async function* links(chain: ReturnType<typeof readChain>) {
  for await (const { eventId, previousHash, payload, hash } of chain)
    yield { event_id: eventId, previous_hash: previousHash, payload, hash }
}
