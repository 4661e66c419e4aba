import { findOrigin, listAuditKeys } from '#db/queries/audit-log.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { keyIdOf, newSigningKey, verifierKey } from '#server/platform/audit-log/note.ts'
import type { Context } from '../context.ts'
import { refuseRole } from '../perform.ts'
import { keyInForce, putInForce, type SigningKey } from './audit-key.ts'
import { signCheckpoint } from './sign-checkpoint.ts'

export type Rotated = { readonly keyId: string; readonly verifier: string; readonly signedByBoth: boolean }

/**
 * Another key signs from now on: a new one, or the one of AUDIT_SIGNING_KEY. Where the old one is still at hand both sign the next
 * checkpoint, so that whoever knows the old key learns of the new one from it. Throws Refusal (audit_key_missing, reason_missing).
 */
export async function rotateAuditKey(
  context: Pick<Context, 'db' | 'now' | 'auditKey'>,
  { actor, reason }: { actor: Actor; reason?: string | undefined },
): Promise<Rotated> {
  refuseRole(actor, 'changeAuditKey')
  if (!reason?.trim()) throw new Refusal('reason_missing')
  const before = await keyInForce(context).catch((error: unknown) => {
    if (error instanceof Refusal) return null
    throw error
  })
  const { auditKey } = context
  const key = auditKey.keep ? newSigningKey() : await auditKey.read()
  if (!key || before?.key.equals(key))
    throw new Refusal('audit_key_missing', 'set AUDIT_SIGNING_KEY to the new private key first, and start again')
  const origin = before?.origin ?? (await findOrigin(context.db))
  if ((await listAuditKeys(context.db)).some(({ keyId }) => keyId === keyIdOf(verifierKey(origin, key))))
    throw new Refusal('audit_key_missing', 'a key that was retired does not come back')
  const { keyId } = await putInForce(context, key, { actor, origin, reason })
  await auditKey.keep?.(key)
  const also: SigningKey[] = before ? [before] : []
  await signCheckpoint(context, { actor, also })
  return { keyId, verifier: verifierKey(origin, key), signedByBoth: before !== null }
}
