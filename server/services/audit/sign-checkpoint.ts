import type { Transaction } from '#db/client.ts'
import { insertCheckpoint, lockLog, newestCheckpoint, treeSize, type CheckpointRow } from '#db/queries/audit-log.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { signedNote } from '#server/platform/audit-log/note.ts'
import { rootOf } from '#server/platform/audit-log/tree.ts'
import type { Context } from '../context.ts'
import { perform, refuseRole } from '../perform.ts'
import { keyInForce, type SigningKey } from './audit-key.ts'
import { keptTree } from './kept-tree.ts'
import { sequenceEvents } from './sequence-events.ts'

/**
 * Signs the log as it stands: how many leaves, and their root. Where nothing came since, the newest checkpoint is the answer.
 * Throws Refusal (audit_key_missing), or audit_log_changed: a log is signed only where it goes on from what was signed before.
 */
export async function signCheckpoint(
  context: Pick<Context, 'db' | 'now' | 'auditKey'>,
  { actor, also = [], onDemand = true }: { actor: Actor; also?: readonly SigningKey[]; onDemand?: boolean },
): Promise<CheckpointRow> {
  refuseRole(actor, 'signCheckpoint')
  const signer = await keyInForce(context)
  await sequenceEvents(context)
  return perform(context, { name: 'signCheckpoint', actor, request: null }, async (tx) => {
    await lockLog(tx)
    const [size, newest] = [await treeSize(tx), await newestCheckpoint(tx)]
    const isNews = newest?.size !== size || newest.keyId !== signer.keyId
    const result =
      isNews || newest === null
        ? await sign(tx, { size, newest, onDemand, signers: [signer, ...also], now: context.now() })
        : newest
    return { result, entities: [], audit: null }
  })
}

type Asked = {
  size: number
  newest: CheckpointRow | null
  onDemand: boolean
  signers: readonly [SigningKey, ...SigningKey[]]
  now: Date
}

async function sign(tx: Transaction, { size, newest, onDemand, signers, now }: Asked): Promise<CheckpointRow> {
  const tree = keptTree(tx, size)
  if (newest && (newest.size > size || !newest.root.equals(await rootOf(tree, newest.size))))
    throw new Refusal(
      'audit_log_changed',
      `it does not go on from the checkpoint of ${newest.size} leaves; verify names what differs`,
    )
  const root = Buffer.from(await rootOf(tree, size))
  const [{ origin, keyId }] = signers
  const note = signedNote(
    { origin, size, root, signedAt: now },
    signers.map(({ key }) => key),
  )
  const checkpoint = { size, root, keyId, signedAt: now.toISOString(), note }
  await insertCheckpoint(tx, checkpoint, onDemand)
  return checkpoint
}
