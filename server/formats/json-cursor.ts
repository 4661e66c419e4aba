import { TechnicalError } from '#server/domain/errors.ts'
import { atLine, quoted } from '#server/formats/words.ts'

const DEEPEST = 100
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const LITERALS = ['true', 'false', 'null'] as const

export type JsonKind = 'object' | 'array' | 'string' | 'number' | (typeof LITERALS)[number]

/**
 * Walks through JSON text without building values, so that a number keeps the text it was written in:
 * JSON.parse makes 0.10 a 0.1 and 12345678901234567890.12 a 12345678901234567000.
 */
export class JsonCursor {
  readonly text: string
  at = 0
  #depth = 0

  constructor(text: string) {
    this.text = text
  }

  /** The kind of the value that comes next; does not move past it. */
  kind(): JsonKind {
    this.#space()
    const character = this.text[this.at]
    if (character === '{') return 'object'
    if (character === '[') return 'array'
    if (character === '"') return 'string'
    if (character === '-' || (character !== undefined && character >= '0' && character <= '9')) return 'number'
    const literal = LITERALS.find((word) => this.text.startsWith(word, this.at))
    if (literal) return literal
    throw this.#unexpected()
  }

  /** Calls `visit` for each key, which must move past the value. A key that stands twice is refused. */
  object(visit: (key: string) => void): void {
    const keys = new Set<string>()
    this.#list('{', '}', () => {
      if (this.text[this.at] !== '"') throw this.#unexpected()
      const key = this.string()
      if (keys.has(key)) throw this.malformed(`the key ${quoted(key)} stands twice in one object`)
      keys.add(key)
      this.#space()
      this.#take(':')
      visit(key)
    })
  }

  /** Calls `visit` for each element, which must move past it. */
  array(visit: (index: number) => void): void {
    let index = 0
    this.#list('[', ']', () => visit(index++))
  }

  string(): string {
    const start = this.at
    let end = start + 1
    let isEscaped = false
    for (;;) {
      const code = this.text.charCodeAt(end)
      if (code === 0x22) break
      if (code === 0x5c) {
        isEscaped = true
        end++
      } else if (!(code >= 0x20)) {
        this.at = end
        throw this.#unexpected()
      }
      end++
    }
    this.at = end + 1
    if (!isEscaped) return this.text.slice(start + 1, end)
    return this.#unescaped(this.text.slice(start, end + 1))
  }

  /** The text of a string, number, boolean or null ('' for null). */
  scalar(): string {
    const kind = this.kind()
    if (kind === 'string') return this.string()
    if (kind === 'number') return this.#number()
    if (kind === 'object' || kind === 'array') throw this.#unexpected()
    this.at += kind.length
    return kind === 'null' ? '' : kind
  }

  /** Moves past a value of any kind and returns its text as it stands. */
  skip(): string {
    const kind = this.kind()
    const start = this.at
    if (kind === 'object') this.object(() => this.skip())
    else if (kind === 'array') this.array(() => this.skip())
    else this.scalar()
    return this.text.slice(start, this.at)
  }

  end(): void {
    this.#space()
    if (this.at < this.text.length) throw this.#unexpected()
  }

  malformed(what: string): TechnicalError {
    const before = this.text.slice(0, this.at)
    const line = before.split('\n').length
    const column = this.at - before.lastIndexOf('\n')
    return new TechnicalError('file_malformed', `${atLine(line)}, character ${column.toLocaleString('en-GB')}: ${what}`)
  }

  #list(open: string, close: string, item: () => void): void {
    this.#space()
    this.#take(open)
    if (++this.#depth > DEEPEST) {
      throw new TechnicalError('file_hostile', `the page nests deeper than ${DEEPEST} values`)
    }
    this.#space()
    if (this.text[this.at] !== close) {
      for (;;) {
        item()
        this.#space()
        if (this.text[this.at] === close) break
        this.#take(',')
        this.#space()
      }
    }
    this.at++
    this.#depth--
  }

  #number(): string {
    NUMBER.lastIndex = this.at
    const number = NUMBER.exec(this.text)?.[0]
    if (number === undefined) throw this.#unexpected()
    this.at += number.length
    return number
  }

  /** NUL and half a surrogate pair are legal JSON, but no database keeps them as they are. */
  #unescaped(literal: string): string {
    let value: unknown
    try {
      value = JSON.parse(literal)
    } catch {
      throw this.malformed(`${quoted(literal)} holds an escape that does not exist`)
    }
    if (typeof value !== 'string' || /\0|\p{Surrogate}/u.test(value)) {
      throw this.malformed(`${quoted(literal)} holds a character that is not text`)
    }
    return value
  }

  #take(character: string): void {
    if (this.text[this.at] !== character) throw this.#unexpected()
    this.at++
  }

  #space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.at++
    }
  }

  #unexpected(): TechnicalError {
    if (this.at >= this.text.length) return this.malformed('the text ends in the middle; was it cut short?')
    return this.malformed(`${quoted(this.text.slice(this.at, this.at + 10))} is not expected here`)
  }
}
