import type { KeyObject } from 'node:crypto'
import { isUniqueViolation } from '#db/failures.ts'
import { changeKey, findOrigin, listAuditKeys, type KeyRow } from '#db/queries/audit-log.ts'
import { WORKER, type Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { newSigningKey, keyIdOf, verifierKey } from '#server/platform/audit-log/note.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'

export type SigningKey = { readonly key: KeyObject; readonly keyId: string; readonly origin: string }
type Asked = Pick<Context, 'db' | 'now' | 'auditKey'>

/** The key that signs now. A log that never had one gets its first here. Throws Refusal (audit_key_missing) in words. */
export async function keyInForce(context: Asked): Promise<SigningKey> {
  const [origin, keys, atHand] = await Promise.all([findOrigin(context.db), listAuditKeys(context.db), context.auditKey.read()])
  if (keys.length === 0) return firstKey(context, origin, atHand)
  const inForce = keys.find(({ validUntil }) => validUntil === null)
  if (!atHand)
    throw new Refusal('audit_key_missing', `this process does not have the private key ${inForce?.keyId}: put it back, or rotate`)
  const keyId = keyIdOf(verifierKey(origin, atHand))
  if (keyId !== inForce?.keyId)
    throw new Refusal(
      'audit_key_missing',
      `the private key at hand is ${keyId}, the one in force ${inForce?.keyId}: put it back, or rotate`,
    )
  return { key: atHand, keyId, origin }
}

async function firstKey(context: Asked, origin: string, atHand: KeyObject | null): Promise<SigningKey> {
  if (!atHand && !context.auditKey.keep) throw new Refusal('audit_key_missing', 'this process may not make a private key')
  const key = atHand ?? newSigningKey()
  if (!atHand) await context.auditKey.keep?.(key)
  try {
    return await putInForce(context, key, { actor: WORKER, origin })
  } catch (error) {
    // Another process was first: its key counts.
    if (isUniqueViolation(error)) return keyInForce(context)
    throw error
  }
}

/** Lists a public key as the one in force; the one before is listed until this moment. The log says so. */
export async function putInForce(
  context: Asked,
  key: KeyObject,
  { actor, origin, reason }: { actor: Actor; origin: string; reason?: string },
): Promise<SigningKey> {
  const verifier = verifierKey(origin, key)
  const keyId = keyIdOf(verifier)
  await perform(context, { name: 'changeAuditKey', actor, reason, request: { keyId } }, async (tx) => {
    const before = (await listAuditKeys(tx)).find(({ validUntil }) => validUntil === null)
    await changeKey(tx, { verifier, keyId }, context.now())
    const said = (row: Pick<KeyRow, 'verifier'>) => ({ verifier: row.verifier })
    const event = { action: before ? 'audit.key_changed' : 'audit.key_added', objectType: 'audit_key', objectId: keyId }
    return { result: null, entities: [], audit: { ...event, before: before && said(before), after: said({ verifier }) } }
  })
  return { key, keyId, origin }
}
