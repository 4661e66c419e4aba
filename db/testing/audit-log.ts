import { randomUUID } from 'node:crypto'
import { appendAuditEvents } from '#db/queries/audit.ts'
import { listAuditKeys } from '#db/queries/audit-log.ts'
import type { TestDatabase } from '#db/testing/database.ts'
import { WORKER, type Actor } from '#server/domain/actor.ts'
import { textOf } from '#server/platform/audit-log/testing.ts'
import { readKey, readNote, verifyBundle, type Kept } from '#server/platform/audit-log/verify-audit.mjs'
import { exportEvidence } from '#server/services/audit/export-evidence.ts'
import { signCheckpoint } from '#server/services/audit/sign-checkpoint.ts'

export const AUDITOR: Actor = { name: 'test:auditor', role: 'auditor', entityScope: ['*'] }

/** What tests of the log do to it, and how an auditor checks it. */
export function logOf(world: TestDatabase) {
  let made = 0
  const ownKeys = async () => (await listAuditKeys(world.db)).map(({ verifier }) => readKey(verifier)!)
  return {
    ownKeys,
    write: (count: number, action = 'test.done') =>
      world.db.transaction((tx) =>
        appendAuditEvents(
          tx,
          Array.from({ length: count }, () => someEvent(action, ++made)),
        ),
      ),
    checkpoint: () => signCheckpoint(world.context, { actor: WORKER }),
    async bundle(filters: Readonly<Record<string, string>> = {}, since?: number): Promise<string> {
      const request = { actor: AUDITOR, ...(filters.action && { action: filters.action }) }
      const { lines } = await exportEvidence(world.context, { request, filters, since, format: 'jsonl' })
      return textOf(lines)
    },
    checked: async (text: string, checkpoints: Kept[] = []) =>
      verifyBundle([Buffer.from(text)], { keys: await ownKeys(), checkpoints }),
  }
}

export const kept = (name: string, note: string): Kept => ({ name, note: readNote(note)! })

export const someEvent = (action: string, made: number) => ({
  actor: 'test',
  role: 'it',
  action,
  objectType: 'thing',
  objectId: `${made}`,
  after: { made },
  correlationId: randomUUID(),
})
