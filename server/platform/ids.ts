import { randomBytes } from 'node:crypto'

/** UUID version 7: its first 48 bits are the time, so new rows sit together in an index, which random ids do not. */
export function newId(now: Date = new Date()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now.getTime(), 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Short enough to be read out over the telephone: no letters that look alike. 40 bits. */
export function newErrorId(): string {
  const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ23'
  return Array.from(randomBytes(8), (byte) => alphabet[byte & 31]).join('')
}
