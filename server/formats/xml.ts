import type { Buffer } from 'node:buffer'
import { SaxesParser } from 'saxes'
import { TechnicalError } from '#server/domain/errors.ts'
import { pieces } from '#server/formats/bytes.ts'
import { markedEncoding, type TextDecoding, type TextEncoding, textDecoding } from '#server/formats/decode.ts'
import type { ByteStream } from '#server/formats/format.ts'
import { atLine, LONGEST_SHOWN, quoted } from '#server/formats/words.ts'

/** Names come without their namespace prefix. */
export type XmlHandlers = {
  open(name: string, attributes: Record<string, string>): void
  close(name: string): void
  text(text: string): void
}

const DEEPEST = 100
const LONGEST_TOKEN = 1024 * 1024 // characters of one text, tag, comment or CDATA section

/**
 * saxes with a fence. It expands no entity of a document type, but its buffers grow with whatever a token
 * holds, so document types are refused outright, and depth and the length of one token are bounded.
 */
export class XmlReader {
  readonly #parser = new SaxesParser()
  readonly #what: string
  #path: string[] = []
  #tokenStart = 0
  #isClosing = false
  #sawRoot = false
  #sawText = false

  /** `what` names the document in a failure: "the file", "xl/workbook.xml". */
  constructor(handlers: XmlHandlers, what = 'the file') {
    this.#what = what
    const parser = this.#parser
    // Measured: with 8 handlers V8 turns the parser into a dictionary, and it reads 14 MB/s instead of 110.
    // So faults are caught rather than listened for, and comments count to the token that follows them.
    parser.on('doctype', () => {
      throw new TechnicalError('file_hostile', `${what} declares a document type on ${atLine(parser.line)}`)
    })
    parser.on('opentag', ({ name, attributes }) => {
      this.#passToken()
      this.#sawRoot = true
      const local = localName(name)
      this.#path.push(local)
      if (this.#path.length > DEEPEST) {
        throw new TechnicalError('file_hostile', `${atLine(parser.line)} of ${what} nests deeper than ${DEEPEST} elements`)
      }
      handlers.open(local, attributes)
    })
    parser.on('closetag', () => {
      this.#passToken()
      handlers.close(this.#path.pop() ?? '')
    })
    const onText = (text: string) => {
      this.#passToken()
      if (this.#sawRoot && this.#path.length > 0) handlers.text(text)
    }
    parser.on('text', onText)
    parser.on('cdata', onText)
  }

  get isBlank(): boolean {
    return !this.#sawText
  }

  get line(): number {
    return this.#parser.line
  }

  /** Characters read so far: in `open` and `close` the end of the tag. */
  get position(): number {
    return this.#parser.position
  }

  write(text: string): void {
    if (!this.#sawText) {
      const start = text.trimStart()
      this.#sawText = start !== ''
      if (this.#sawText && !start.startsWith('<')) {
        throw new TechnicalError('file_malformed', `${this.#what} is not XML: it starts with ${quoted(start, 40)}`)
      }
    }
    this.#translated(() => this.#parser.write(text))
    this.#boundToken()
  }

  end(): void {
    this.#isClosing = true
    this.#translated(() => this.#parser.close())
  }

  /** saxes throws plain errors ("12:5: unclosed tag") for what is not well-formed; what the handlers throw passes. */
  #translated(reading: () => void): void {
    try {
      reading()
    } catch (error) {
      const [, reason] = (error instanceof Error && /^\d+:\d+: (.*)$/s.exec(error.message)) || []
      throw reason === undefined ? error : this.#malformed(reason)
    }
  }

  #passToken(): void {
    this.#boundToken()
    this.#tokenStart = this.#parser.position
  }

  #boundToken(): void {
    if (this.#parser.position - this.#tokenStart <= LONGEST_TOKEN) return
    throw new TechnicalError('file_hostile', `${atLine(this.line)} of ${this.#what} holds a text of more than 1 MiB`)
  }

  #malformed(reason: string): TechnicalError {
    const { line, column } = this.#parser
    const inside = this.#path.at(-1)
    const place = inside === undefined ? '' : ` inside <${inside}>`
    if (this.#isClosing) {
      return new TechnicalError('file_malformed', `${this.#what} ends on ${atLine(line)}${place}; was it cut short?`)
    }
    return new TechnicalError('file_malformed', `${atLine(line)}, column ${column} of ${this.#what}: ${reason}`)
  }
}

/** The text of one element as it stands in the document, collected while the document streams by. */
export class XmlExcerpt {
  #text = ''
  #base = 0
  #start: number | null = null
  #head: string | null = null

  /** Before the piece is given to the reader. */
  append(piece: string): void {
    this.#text += piece
  }

  /** `position` is the end of the start tag; no other "<" can stand inside a tag. */
  open(position: number): void {
    this.#start = this.#base + this.#text.lastIndexOf('<', position - this.#base - 1)
    this.#head = null
  }

  close(position: number): string {
    const start = this.#start ?? position
    const text = this.#head ?? this.#text.slice(start - this.#base, position - this.#base)
    this.#start = null
    return text.slice(0, LONGEST_SHOWN)
  }

  /** After the piece was read: forgets what no element can need any more. */
  trim(): void {
    let keepFrom = this.#text.lastIndexOf('<')
    if (keepFrom === -1) keepFrom = this.#text.length
    if (this.#start !== null && this.#head === null) {
      const from = this.#start - this.#base
      if (this.#text.length - from < LONGEST_SHOWN) keepFrom = from
      else this.#head = this.#text.slice(from, from + LONGEST_SHOWN)
    }
    this.#text = this.#text.slice(keepFrom)
    this.#base += keepFrom
  }
}

/** The text of a document, in the encoding it states itself. `lineNow` tells how far the reader is. */
export async function* xmlText(bytes: ByteStream, lineNow: () => number): AsyncGenerator<string> {
  let decoding: TextDecoding | null = null
  for await (const piece of pieces(bytes, 64 * 1024)) {
    decoding ??= textDecoding(xmlEncoding(piece), (text) => lineNow() + text.split('\n').length - 1)
    yield decoding.write(piece)
  }
  const rest = decoding?.end() ?? ''
  if (rest !== '') yield rest
}

/** From the byte-order mark, the pattern of zero bytes, or what the XML declaration says; else UTF-8. */
function xmlEncoding(start: Buffer): TextEncoding {
  const marked = markedEncoding(start)
  if (marked !== null) return marked
  if (start[0] === 0x3c && start[1] === 0) return 'utf-16le'
  if (start[0] === 0 && start[1] === 0x3c) return 'utf-16be'
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)/.exec(start.toString('latin1', 0, 400))?.[1] ?? 'utf-8'
  const encoding = XML_ENCODINGS[declared.toLowerCase()]
  if (encoding) return encoding
  throw new TechnicalError('file_encoding_wrong', `the file says it is ${quoted(declared, 40)}, which is not read here`)
}

const XML_ENCODINGS: Readonly<Record<string, TextEncoding>> = {
  __proto__: null as never,
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  'iso-8859-1': 'iso-8859-1',
  latin1: 'iso-8859-1',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
