/** Bounds of a phrase that is kept: shorter ones would match what nobody meant. */
const WORDS_MIN = 2
const LETTERS_MIN = 12

const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/^ /, '')
    .replace(/[ .!]+$/, '')

/** Whether the whole text is the phrase; `*` stands for what differs from time to time. Never a part of a text, never a loose word. */
export function matchesPhrase(phrase: string, text: string): boolean {
  const [first = '', ...rest] = plain(phrase).split('*')
  const whole = plain(text)
  const last = rest.pop()
  if (last === undefined) return whole === first
  if (whole.length < first.length + last.length || !whole.startsWith(first) || !whole.endsWith(last)) return false
  const end = whole.length - last.length
  let at = first.length
  for (const part of rest) {
    const found = whole.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return at <= end
}

/** The text without what differs from time to time: quoted names, ids, numbers. What two failures of one cause have in common. */
export const phraseOf = (text: string): string =>
  plain(text)
    .replace(/'[^']*'|"[^"]*"|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[\w/-]*\d[\w./:,-]*/gi, '*')
    .replace(/\*(?:[\s*]*\*)+/g, '*')

/** Why a phrase may not be kept; null: it may. */
export function phraseProblem(phrase: string): string | null {
  const literal = plain(phrase).replaceAll('*', ' ')
  const words = literal.split(/\s+/).filter((word) => /\p{L}{2}/u.test(word))
  if (words.length >= WORDS_MIN && literal.replace(/\P{L}/gu, '').length >= LETTERS_MIN) return null
  return `a phrase has at least ${WORDS_MIN} words and ${LETTERS_MIN} letters beside the *`
}
