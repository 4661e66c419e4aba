import { TechnicalError } from '#server/domain/errors.ts'
import { CAMT_LAYOUT, MAY_REPEAT, type CamtPlace, type CamtSection } from '#server/formats/bank/camt-layout.ts'
import { atLine, quoted } from '#server/formats/words.ts'
import type { XmlHandlers } from '#server/formats/xml.ts'

/** The values of one element by their path below it; an amount has its currency under `path@Ccy`. */
export type Fields = ReadonlyMap<string, string>

export type CamtEvents = {
  opened(section: CamtSection): void
  closed(section: CamtSection, fields: Fields): void
}

const LONGEST_VALUE = 64 * 1024
const NOTHING: Fields = new Map()
const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:(.*)$/
const OURS = /^camt\.053\.001\.\d\d$/

/** Walks camt.053 by its layout: what lies in no known place is passed over, whatever it is. */
export class CamtFields implements XmlHandlers {
  private readonly places: (CamtPlace | undefined)[] = []
  private readonly fields = new Map<CamtSection, Map<string, string>>()
  private root = ''
  private documents = 0
  private value = ''

  constructor(
    private readonly events: CamtEvents,
    private readonly lineNow: () => number,
  ) {}

  open(name: string, attributes: Record<string, string>): void {
    if (this.root === '') this.root = name
    const isDocument = this.places.length === 0 && name === 'Document'
    // A document may lie in an envelope of the channel it came by.
    if (this.places.length === 0 && !isDocument) return
    const parent = this.places.at(-1)
    const place = isDocument ? CAMT_LAYOUT : parent?.children.get(name)
    if (isDocument) this.begin(attributes)
    if (this.places.length === 1 && name !== 'BkToCstmrStmt') {
      throw this.wrong(`the document holds <${name.slice(0, 40)}>, and <BkToCstmrStmt> of camt.053 is read here`)
    }
    if (parent?.field && !place) throw this.wrong(`<${parent.field.name}> holds elements where a value should stand`)
    this.places.push(place)
    this.value = ''
    if (place?.field && attributes.Ccy !== undefined) this.fill(place.field.section, `${place.field.name}@Ccy`, attributes.Ccy)
    if (!place?.section) return
    this.fields.set(place.section, new Map())
    this.events.opened(place.section)
  }

  text(text: string): void {
    if (!this.places.at(-1)?.field) return
    this.value += text
    if (this.value.length > LONGEST_VALUE)
      throw new TechnicalError('file_hostile', `${this.here()} holds a value of more than 64 KiB`)
  }

  close(): void {
    if (this.places.length === 0) return
    const place = this.places.pop()
    // An element that holds others (a status and its code) has no value of its own.
    const value = this.value.trim()
    if (place?.field && (value !== '' || place.children.size === 0)) this.fill(place.field.section, place.field.name, value)
    this.value = ''
    if (place?.section) this.events.closed(place.section, this.fields.get(place.section) ?? new Map())
  }

  /** What was read of the element of a section that is open. */
  of(section: CamtSection): Fields {
    return this.fields.get(section) ?? NOTHING
  }

  end(): void {
    if (this.documents === 0) {
      throw new TechnicalError(
        'file_malformed',
        `line 1: this is no camt.053 file: its root element is <${this.root.slice(0, 80)}>`,
      )
    }
  }

  private begin(attributes: Record<string, string>): void {
    this.documents++
    const spaces = Object.entries(attributes).flatMap(([name, value]) =>
      name.startsWith('xmlns') ? (NAMESPACE.exec(value)?.[1] ?? []) : [],
    )
    if (spaces.length > 0 && !spaces.some((space) => OURS.test(space))) {
      throw this.wrong(`the document is ${quoted(spaces[0] ?? '', 40)}, and camt.053.001 is read here`)
    }
  }

  private fill(section: CamtSection, name: string, value: string): void {
    const fields = this.fields.get(section)
    if (!fields) return
    const before = fields.get(name)
    if (before === undefined) fields.set(name, value)
    else if (!MAY_REPEAT.has(name)) throw this.wrong(`<${name}> stands twice in one ${section}`)
    else if (before.length + value.length > LONGEST_VALUE)
      throw new TechnicalError('file_hostile', `${this.here()} holds a value of more than 64 KiB`)
    else fields.set(name, `${before} ${value}`.trim())
  }

  private here(): string {
    return atLine(this.lineNow())
  }

  wrong(what: string): TechnicalError {
    return new TechnicalError('file_malformed', `${this.here()}: ${what}`)
  }
}
