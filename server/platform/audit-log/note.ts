import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

export const newSigningKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey

/** What a checkpoint states: that the log of this name had this many leaves, with this root, at this time. */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Uint8Array; readonly signedAt: Date }

const ED25519 = Buffer.of(1)
/** What stands before the 32 bytes of an Ed25519 public key in its DER form. */
const SPKI_PREFIX_BYTES = 12

/** A signed note in the form of C2SP tlog-checkpoint: three lines and the time, an empty line, a line for each signature. */
export function signedNote({ origin, size, root, signedAt }: Checkpoint, keys: readonly KeyObject[]): string {
  const body = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\nsigned-at ${signedAt.toISOString()}\n`
  return `${body}\n${keys.map((key) => signatureLine(origin, body, key)).join('')}`
}

function signatureLine(name: string, body: string, key: KeyObject): string {
  const signed = Buffer.concat([keyHash(name, publicBytes(key)), sign(null, Buffer.from(body), key)])
  return `— ${name} ${signed.toString('base64')}\n`
}

/** The public key as a line that people pass on: name, short hash, key. */
export function verifierKey(name: string, key: KeyObject): string {
  const bytes = publicBytes(key)
  return `${name}+${keyHash(name, bytes).toString('hex')}+${Buffer.concat([ED25519, bytes]).toString('base64')}`
}

/** How people tell keys apart: the eight hex digits of the verifier key. */
export const keyIdOf = (verifier: string): string => verifier.split('+')[1] ?? ''

const keyHash = (name: string, bytes: Uint8Array): Buffer =>
  createHash('sha256').update(`${name}\n`).update(ED25519).update(bytes).digest().subarray(0, 4)

const publicBytes = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX_BYTES)
