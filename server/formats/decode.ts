import { Buffer, isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { TechnicalError } from '#server/domain/errors.ts'
import { atLine } from '#server/formats/words.ts'

export type TextEncoding = 'utf-8' | 'windows-1252' | 'iso-8859-1' | 'utf-16le' | 'utf-16be'

/** Bytes in, text out, strictly: a byte the encoding does not have ends the reading and names its line. */
export interface TextDecoding {
  write(bytes: Buffer): string
  end(): string
  /** Bytes of the characters handed out so far, with the byte-order mark. */
  bytesRead(): number
}

/**
 * `lineAfter` tells the line reached once the given text, good and not yet seen by the caller, is read. `from`: how many bytes come
 * before the first that is written; only at 0 can there be a byte-order mark.
 */
export function textDecoding(encoding: TextEncoding, lineAfter: (text: string) => number, from = 0): TextDecoding {
  const wrong = (text: string, what: string) =>
    new TechnicalError('file_encoding_wrong', `${atLine(lineAfter(text))} is not ${encoding}: ${what}`)
  const decoding = makeDecoding(encoding, wrong)
  let isStart = from === 0
  let written = from
  return {
    write(bytes) {
      written += bytes.length
      if (!isStart || bytes.length === 0) return decoding.write(bytes)
      isStart = false
      return decoding.write(withoutMark(bytes, encoding))
    },
    end: decoding.end,
    bytesRead: () => written - decoding.bytesHeld(),
  }
}

/** The bytes of a text that was decoded. */
export const byteLengthIn = (encoding: TextEncoding, text: string): number =>
  encoding === 'utf-8' ? Buffer.byteLength(text) : encoding.startsWith('utf-16') ? text.length * 2 : text.length

type Decoding = Pick<TextDecoding, 'write' | 'end'> & { bytesHeld(): number }

type Wrong = (text: string, what: string) => TechnicalError

function makeDecoding(encoding: TextEncoding, wrong: Wrong): Decoding {
  if (encoding === 'utf-8') return utf8Decoding(wrong)
  if (encoding === 'iso-8859-1') return { write: (bytes) => bytes.toString('latin1'), end: () => '', bytesHeld: () => 0 }
  if (encoding === 'windows-1252') return { write: (bytes) => windows1252(bytes, wrong), end: () => '', bytesHeld: () => 0 }
  return utf16Decoding(encoding, wrong)
}

/**
 * Not TextDecoder with `stream: true`: on Node 20 that leaves the fast path. Whole characters are cut off
 * by hand instead, and checked and decoded by the vectorised functions of Buffer.
 */
function utf8Decoding(wrong: Wrong): Decoding {
  let held: Buffer = Buffer.alloc(0)
  return {
    write(bytes) {
      const all = held.length > 0 ? Buffer.concat([held, bytes]) : bytes
      const whole = all.subarray(0, wholeCharacters(all))
      held = Buffer.from(all.subarray(whole.length))
      if (isAscii(whole)) return whole.toString('latin1')
      if (!isUtf8(whole)) throw wrongUtf8(whole, wrong)
      return whole.toString('utf8')
    },
    end() {
      if (held.length > 0) throw wrong('', 'it ends in the middle of a character')
      return ''
    },
    bytesHeld: () => held.length,
  }
}

/** Length without a last character whose bytes have not all arrived. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) return sequenceLength(byte) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

const sequenceLength = (lead: number): number => (lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4)

function wrongUtf8(bytes: Buffer, wrong: Wrong): TechnicalError {
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0)
    if (!isUtf8(bytes.subarray(at, at + length))) break
    at += length
  }
  return wrong(bytes.toString('utf8', 0, at), `byte ${hex(bytes[at])}`)
}

/** What 0x80 to 0x9F mean in windows-1252; a space is a byte that does not exist there. */
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ'

function windows1252(bytes: Buffer, wrong: Wrong): string {
  const text = bytes.toString('latin1')
  if (isAscii(bytes)) return text
  return text.replace(/[\x80-\x9f]/g, (character, offset: number) => {
    const code = character.charCodeAt(0)
    const meant = WINDOWS_1252[code - 0x80]
    if (meant === undefined || meant === ' ') throw wrong(text.slice(0, offset), `byte ${hex(code)}`)
    return meant
  })
}

function utf16Decoding(encoding: 'utf-16le' | 'utf-16be', wrong: Wrong): Decoding {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  let held = 0
  const decode = (bytes: Buffer, stream: boolean) => {
    try {
      const text = decoder.decode(bytes, { stream })
      held += bytes.length - text.length * 2
      return text
    } catch {
      throw wrong('', 'half a character')
    }
  }
  return { write: (bytes) => decode(bytes, true), end: () => decode(Buffer.alloc(0), false), bytesHeld: () => held }
}

const MARKS: readonly { readonly encoding: TextEncoding; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
]

/** The encoding that the byte-order mark states, if there is one. */
export const markedEncoding = (bytes: Uint8Array): TextEncoding | null =>
  MARKS.find((mark) => mark.bytes.every((byte, index) => bytes[index] === byte))?.encoding ?? null

function withoutMark(bytes: Buffer, encoding: TextEncoding): Buffer {
  const marked = markedEncoding(bytes)
  if (marked === null) return bytes
  if (marked !== encoding) {
    throw new TechnicalError('file_encoding_wrong', `the file says it is ${marked}, it is to be read as ${encoding}`)
  }
  return bytes.subarray(marked === 'utf-8' ? 3 : 2)
}

const hex = (byte: number | undefined): string => `0x${(byte ?? 0).toString(16).toUpperCase().padStart(2, '0')}`
