import { jsonLinesStream } from '#app/.server/csv-stream.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readChain } from '#app/.server/reads.ts'

/** The chain as it was hashed. Whoever holds it checks it alone: hash = SHA-256 of previous_hash, a line feed and payload. */
export const loader = guarded('audit:read', ({ services, actor }) =>
  jsonLinesStream(
    `audit-${services.context.now().toISOString().slice(0, 10)}.jsonl`,
    links(readChain(services.context.db, actor)),
  ),
)

async function* links(chain: ReturnType<typeof readChain>) {
  for await (const { eventId, previousHash, payload, hash } of chain)
    yield { event_id: eventId, previous_hash: previousHash, payload, hash }
}
