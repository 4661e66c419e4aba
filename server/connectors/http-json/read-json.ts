import { TechnicalError } from '#server/domain/errors.ts'
import { JsonCursor } from '#server/formats/json-cursor.ts'
import { quote } from './fetch-page.ts'

const DEEPEST = 100
/** Measured: JSON.parse makes 2.4 GB of the 20 million empty objects that fit into the largest page. */
const MOST_LISTS = 2_000_000

/** Every page is parsed, also where the paging does not need it: a sign-in page answers 200 too. */
export function readJson(bytes: Buffer, redact: (text: string) => string): unknown {
  refuseBombs(bytes)
  const text = new TextDecoder().decode(bytes)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    // The parser's own message quotes the answer, which may hold anything.
    if (endsInside(text))
      throw new TechnicalError('source_cut_short', `the answer stops in the middle, after ${bytes.length} bytes`)
  }
  if (typeof body === 'object' && body !== null) return body
  const where = faultIn(redact(text))
  throw new TechnicalError('source_contract_changed', where ?? `expected JSON, got ${quote(bytes, redact)}`)
}

/** Where text that begins as JSON goes wrong; null when it is something else, which its beginning shows best. */
function faultIn(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    const cursor = new JsonCursor(text)
    cursor.skip()
    cursor.end()
    return null
  } catch (error) {
    if (error instanceof TechnicalError) return `the answer is not JSON: ${error.detail}`
    throw error
  }
}

/** Before anything is built of it: what a page nests and how much of it there is cannot be told from its size. */
function refuseBombs(bytes: Buffer): void {
  let [depth, lists, isText] = [0, 0, false]
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === 0x22) isText = !isText
    else if (isText) {
      if (byte === 0x5c) at++
    } else if (byte === 0x7b || byte === 0x5b) {
      lists++
      if (++depth > DEEPEST) throw hostile(`nests deeper than ${DEEPEST} values`)
      if (lists > MOST_LISTS) throw hostile(`holds more than ${MOST_LISTS.toLocaleString('en-GB')} objects and lists`)
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
}

const hostile = (what: string) => new TechnicalError('file_hostile', `the answer ${what}`)

/** Text that begins as JSON and ends with something still open: a proxy cut it and called it whole. */
function endsInside(text: string): boolean {
  if (!/^\s*[[{]\s*["\]}[{\d-]/.test(text)) return false
  let open = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]
    if (inString && letter === '\\') i++
    else if (letter === '"') inString = !inString
    else if (!inString && (letter === '{' || letter === '[')) open++
    else if (!inString && (letter === '}' || letter === ']')) open--
  }
  return inString || open > 0
}
