import type { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { TechnicalError } from '#server/domain/errors.ts'
import { counted, quoted } from '#server/formats/words.ts'
import { type XmlHandlers, XmlReader, xmlText } from '#server/formats/xml.ts'

const MIB = 1024 * 1024
const MOST_PARTS = 10_000
const LARGEST_UNPACKED = 1024 * MIB // all parts that are read, together
const HIGHEST_RATIO = 200 // Excel's own sheets stay below 60
const RATIO_MATTERS_FROM = 10 * MIB

/** The parts of a workbook. Nothing is unpacked before its stated size was judged. */
export class XlsxPackage {
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>
  #unpacked = 0

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip
    this.#entries = entries
  }

  static async open(bytes: Buffer): Promise<XlsxPackage> {
    refuseOtherFiles(bytes)
    const entries = new Map<string, Entry>()
    try {
      const zip = await fromBufferPromise(bytes)
      for await (const entry of zip.eachEntry()) {
        const name = entry.fileName.toLowerCase()
        if (entries.has(name)) throw damaged(`it holds ${quoted(name)} twice`)
        entries.set(name, entry)
        if (entries.size > MOST_PARTS) throw new TechnicalError('file_hostile', `more than ${counted(MOST_PARTS, 'part')}`)
      }
      return new XlsxPackage(zip, entries)
    } catch (error) {
      throw asFailure(error)
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase())
  }

  /** Reads one XML part; yields after every piece, so that the reader can hand on what it has. */
  async *read(name: string, handlers: XmlHandlers, largest = LARGEST_UNPACKED): AsyncGenerator<void> {
    const entry = this.#entries.get(name.toLowerCase())
    if (!entry) throw damaged(`${quoted(name)} is missing`)
    this.#judge(entry, largest)
    const xml = new XmlReader(handlers, name)
    for await (const text of xmlText(this.#unpack(entry), () => xml.line)) {
      xml.write(text)
      yield
    }
    xml.end()
  }

  async readWhole(name: string, handlers: XmlHandlers, largest?: number): Promise<void> {
    for await (const _ of this.read(name, handlers, largest));
  }

  #judge({ fileName, uncompressedSize, compressedSize }: Entry, largest: number): void {
    this.#unpacked += uncompressedSize
    if (uncompressedSize > RATIO_MATTERS_FROM && uncompressedSize > HIGHEST_RATIO * compressedSize) {
      const sizes = `${counted(compressedSize, 'byte')} into ${counted(uncompressedSize, 'byte')}`
      throw new TechnicalError('file_hostile', `${quoted(fileName)} would unpack from ${sizes}`)
    }
    if (uncompressedSize > largest || this.#unpacked > LARGEST_UNPACKED) {
      throw new TechnicalError('file_too_large', `${quoted(fileName)} unpacks to ${counted(uncompressedSize, 'byte')}`)
    }
  }

  /** yauzl keeps the sizes honest but checks no CRC, and a flipped bit in an amount must not pass. */
  async *#unpack(entry: Entry): AsyncGenerator<Uint8Array> {
    let sum = 0
    try {
      if (entry.isEncrypted()) throw damaged('it is encrypted; save it without a password')
      for await (const chunk of await this.#zip.openReadStreamPromise(entry)) {
        sum = crc32(chunk, sum)
        yield chunk
      }
    } catch (error) {
      throw asFailure(error)
    }
    if (sum !== entry.crc32) throw damaged(`the checksum of ${quoted(entry.fileName)} is wrong`)
  }
}

function refuseOtherFiles(bytes: Buffer): void {
  if (bytes.length === 0) throw new TechnicalError('file_empty', 'there is nothing in it')
  if (bytes.toString('hex', 0, 4) === 'd0cf11e0') {
    const what = 'this is an old .xls file or a workbook with a password'
    throw new TechnicalError('file_malformed', `${what}; save as .xlsx without a password`)
  }
  if (bytes.toString('latin1', 0, 2) !== 'PK') {
    throw new TechnicalError('file_malformed', `this is no .xlsx file: it starts with ${quoted(bytes.toString('latin1', 0, 20))}`)
  }
}

const damaged = (what: string): TechnicalError => new TechnicalError('file_malformed', `the workbook is damaged: ${what}`)

/** yauzl and zlib throw plain errors for what is wrong with the file. */
function asFailure(error: unknown): unknown {
  if (error instanceof TechnicalError || !(error instanceof Error) || error instanceof TypeError) return error
  return new TechnicalError('file_malformed', `the workbook is damaged: ${error.message.slice(0, 200)}`, { cause: error })
}
