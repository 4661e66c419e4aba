import { createHash } from 'node:crypto'

export const sha256Hex = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** One hash for one meaning: the order of the keys does not count. Kept beside an idempotency key. */
export const requestHash = (request: unknown): string => sha256Hex(canonicalJson(request))

/**
 * JSON with sorted keys. What JSON would quietly drop or bend (undefined in a list, NaN, a function) is refused,
 * because two different requests would then share one hash. bigint and Date are tagged, so 1n is not "1".
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (typeof value === 'bigint') return `{"$bigint":"${value}"}`
  if (value instanceof Date) return `{"$date":"${value.toISOString()}"}`
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isPlainObject(value)) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    fields.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`
  }
  throw new TypeError(`A ${value?.constructor?.name ?? typeof value} has no canonical JSON`)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
