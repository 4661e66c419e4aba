/**
 * Words of another system, as they can be kept and as much of them: PostgreSQL takes no zero character, and its JSON no half of a pair, which
 * cutting leaves of an emoji.
 */
export const heard = (text: string, max = Number.POSITIVE_INFINITY): string =>
  text
    .slice(0, max)
    .replaceAll('\0', '')
    .replace(/\p{Cs}/gu, '\uFFFD')
