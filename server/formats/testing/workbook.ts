import { Buffer } from 'node:buffer'
import { crc32, deflateRawSync } from 'node:zlib'

export type Parts = Record<string, string | Buffer>
type Options = { properties?: string; parts?: Parts; statedSize?: number; statedCrc?: number }

/** A workbook with one sheet of the given rows; what a part of it states about itself can be made a lie. */
export function workbook(rows: string, { properties = '', parts = {}, ...lies }: Options = {}): Buffer {
  const styles = [0, 14, 22, 20, 46, 164, 165, 166].map((id) => `<xf numFmtId="${id}"/>`).join('')
  const codes = ['#,##0.00\\ [Red]"dmy"', '[$-414]d.\\ mmmm\\ yyyy;@', '0.00E+00'].map(
    (code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${code.replaceAll('"', '&quot;')}"/>`,
  )
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/x/relationships/${type}" Target="${target}"/>`
  return zipped(
    {
      '_rels/.rels': `<Relationships>${relation('r1', 'officeDocument', '/xl/workbook.xml')}</Relationships>`,
      'xl/workbook.xml': `<workbook xmlns:x="x"><workbookPr ${properties}/>
      <sheets><sheet name="Data" x:id="s1"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships>${relation('s1', 'worksheet', 'worksheets/sheet1.xml')}${relation(
        's2',
        'sharedStrings',
        '../xl/sharedStrings.xml',
      )}${relation('s3', 'styles', 'styles.xml')}</Relationships>`,
      'xl/sharedStrings.xml': `<sst><si><t>plain</t></si><si><r><t>rich </t></r><r><t>text</t></r><rPh><t>spoken</t></rPh></si>
      <si><t>a_x000D_\nb_x005F_x</t></si></sst>`,
      'xl/styles.xml': `<styleSheet><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
      <cellXfs>${styles}</cellXfs></styleSheet>`,
      'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
      ...parts,
    },
    lies,
  )
}

/** A zip archive by hand, because the lies above are what no library writes. The lies are about the last part. */
export function zipped(parts: Parts, { statedSize, statedCrc }: { statedSize?: number; statedCrc?: number } = {}): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  const names = Object.keys(parts)
  for (const [name, content] of Object.entries(parts)) {
    const isLast = name === names.at(-1)
    const data = deflateRawSync(content)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE((isLast && statedCrc) || crc32(content), 10)
    fields.writeUInt32LE(data.length, 14)
    fields.writeUInt32LE((isLast && statedSize) || Buffer.byteLength(content), 18)
    fields.writeUInt16LE(name.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    local.push(Buffer.from('PK\x03\x04'), fields, Buffer.from(name), data)
    central.push(Buffer.from('PK\x01\x02\x14\x00'), fields, tail, Buffer.from(name))
    offset += 4 + fields.length + name.length + data.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(names.length, 8)
  end.writeUInt16LE(names.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}

/** An archive that says something untrue of itself, or holds what no workbook holds. */
export function mutatedZip(
  parts: Parts,
  chance: { pick<T>(from: readonly T[]): T; whole(low: number, high: number): number },
): Buffer {
  const [last = ''] = Object.keys(parts).slice(-1)
  const lies: readonly (() => Buffer)[] = [
    () => zipped(parts, { statedSize: 0xffff_fff0 }),
    () => zipped(parts, { statedSize: 1 }),
    () => zipped(parts, { statedCrc: 1 }),
    () => zipped({ ...parts, '../../etc/passwd': 'x' }),
    () => zipped({ ...parts, '/etc/passwd': 'x' }),
    () => zipped({ ...parts, 'xl\\styles.xml': 'x' }),
    () => zipped({ ...parts, [last.toUpperCase()]: 'x' }),
    () => zipped({ ...parts, [last]: Buffer.alloc(11 * 1024 * 1024) }), // a bomb: 11 KiB that unpack a thousandfold
    () => zipped(Object.fromEntries(Object.entries(parts).filter(([name]) => name !== last))),
    () => zipped({ ...parts, 'xl/vbaProject.bin': 'x', 'xl/externalLinks/externalLink1.xml': '<a/>' }),
  ]
  const bytes = chance.pick(lies)()
  const directory = bytes.indexOf('PK\x01\x02', 0, 'latin1')
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  return chance.pick<() => Buffer>([
    () => bytes,
    () => bytes,
    () => bytes.subarray(0, chance.whole(directory, bytes.length)), // the directory cut in the middle
    () => withUInt16(bytes, end + 10, chance.pick([0, 1, 0xffff])), // so many parts
    () => withUInt16(bytes, directory + 8, 1), // encrypted
    () => withUInt16(bytes, directory + 10, chance.pick([1, 12, 99])), // packed in another way
  ])()
}

function withUInt16(bytes: Buffer, at: number, value: number): Buffer {
  const lying = Buffer.from(bytes)
  lying.writeUInt16LE(value, at)
  return lying
}
