import { createHmac, timingSafeEqual } from 'node:crypto'

/** A value that travels through other hands and comes back as it was, or not at all. */
export function seal(secret: string, value: unknown): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${text}.${signatureOf(secret, text)}`
}

/** What was sealed; undefined where the seal is not ours or was touched. */
export function unseal(secret: string, sealed: string): unknown {
  const [text = '', signature = ''] = sealed.trim().split('.')
  const expected = Buffer.from(signatureOf(secret, text))
  const given = Buffer.from(signature)
  if (text === '' || expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
}

const signatureOf = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('base64url')
