/**
 * JSON in the one form of RFC 8785 (JCS): no space, keys in the order of their UTF-16 units, numbers and strings as ECMAScript writes
 * them. What JSON cannot say is refused, because two different events would then share one leaf.
 */
export function jcs(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    // The usual order of texts is the one by UTF-16 units.
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${fields.map(([key, field]) => `${text(key)}:${jcs(field)}`).join(',')}}`
  }
  throw new TypeError(`A ${typeof value} has no canonical JSON`)
}

/** Half of a surrogate pair is no character: UTF-8 could not carry it. */
function text(value: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new TypeError('A text with half a character has no canonical JSON')
  return JSON.stringify(value)
}
