import { Buffer } from 'node:buffer'
import { bankMutations } from '#server/formats/testing/bank-mutations.ts'
import { inserted, piece, place, replaced, splice, type Chance, type Mutation } from '#server/formats/testing/mutation-tools.ts'
import { mutatedZip, type Parts, zipped } from '#server/formats/testing/workbook.ts'

export type TextKind = 'csv' | 'json' | 'saf-t' | 'camt053' | 'mt940' | 'bai2'
/** A valid file that something happened to. `what` says what, so that it can be made again by hand. */
export type Mutant = { readonly what: string; readonly bytes: Buffer }

/** One to three things happen to a valid file of text. */
export function mutateText(kind: TextKind, valid: Buffer, chance: Chance): Mutant {
  const can = Object.entries({ ...ANYWHERE, ...OF_KIND[kind] })
  let bytes = valid
  const done: string[] = []
  for (let times = chance.pick([1, 1, 1, 2, 3]); times > 0; times--) {
    const [name, mutation] = chance.pick(can)
    bytes = mutation(bytes, chance)
    done.push(name)
  }
  return { what: `${kind}: ${done.join(', ')}`, bytes }
}

/** Half of the time the archive is damaged or lies, half of the time a part of it is another one with its right checksum. */
export function mutateWorkbook(parts: Parts, chance: Chance): Mutant & { readonly part: string | null; readonly text: string } {
  if (chance.whole(0, 2) === 0) {
    const lie = chance.whole(0, 3) === 0
    const bytes = lie ? mutatedZip(parts, chance) : Buffer.from(zipped(parts))
    const [name, mutation] = lie ? ['a lie of the archive', unchanged] : chance.pick(Object.entries(OF_BYTES))
    return { what: `xlsx: ${name}`, bytes: mutation(bytes, chance), part: null, text: '' }
  }
  const names = Object.keys(parts)
  const part = chance.pick([...names, ...Array.from(names, () => 'xl/worksheets/sheet1.xml')])
  const mutant = mutateText('saf-t', Buffer.from(parts[part] ?? ''), chance)
  const sheet = chance.pick([
    mutant.bytes,
    mutant.bytes,
    replaced(Buffer.from(parts[part] ?? ''), chance, /(?<=<\/(?:c|row)>)(?=<)/g, CELLS),
  ])
  return { what: `xlsx: ${part}: ${mutant.what}`, bytes: zipped({ ...parts, [part]: sheet }), part, text: sheet.toString() }
}

const unchanged: Mutation = (bytes) => bytes

const OF_BYTES: Readonly<Record<string, Mutation>> = {
  'flipped bits': (bytes, chance) => {
    const flipped = Buffer.from(bytes)
    for (let times = chance.whole(1, 5); times > 0 && flipped.length > 0; times--) {
      const at = chance.whole(0, flipped.length)
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << chance.whole(0, 8)), at)
    }
    return flipped
  },
  'cut short': (bytes, chance) => bytes.subarray(0, place(bytes, chance)),
  'beginning missing': (bytes, chance) => bytes.subarray(chance.whole(0, Math.min(bytes.length, 40) + 1)),
  'piece removed': (bytes, chance) => {
    const [from, to] = piece(bytes, chance)
    return splice(bytes, from, to - from)
  },
  'piece twice': (bytes, chance) => {
    const [from, to] = piece(bytes, chance)
    return splice(bytes, to, 0, bytes.subarray(from, to))
  },
  'pieces swapped': (bytes, chance) => {
    const [[a, b], [c, d]] = [piece(bytes, chance), piece(bytes, chance)].sort((x, y) => x[0] - y[0]) as [
      [number, number],
      [number, number],
    ]
    if (b > c) return bytes
    const middle = [bytes.subarray(0, a), bytes.subarray(c, d), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(d)]
    return Buffer.concat(middle)
  },
  'something behind it': (bytes, chance) => splice(bytes, bytes.length, 0, chance.pick(['\0', '\n\n', 'x', bytes])),
}

const NASTY: readonly (string | Uint8Array)[] = [
  '\0',
  '\uFEFF',
  '\u200F',
  '\u00A0',
  '\u2028',
  '\u0085',
  '\u202E',
  '\x0B',
  '\x1A',
  '\x7F',
  '𝄞',
  Buffer.from([0xed, 0xa0, 0x80]), // half a surrogate pair, as UTF-8
  Buffer.from([0xc0, 0x80]), // NUL, one byte too long
  Buffer.from([0xff]),
  Buffer.from([0xe2, 0x82]), // a euro without its end
  Buffer.from([0xf4, 0x90, 0x80, 0x80]), // past the last character
]

const NUMBERS = [
  ...['-0', '1e5', '1E400', '1e-9999', '-1.5e+300', 'NaN', 'Infinity', '-Infinity', '0x1F', '1_000', '1,5', '1.234.567,89'],
  ...['1\u00A0000', '1\u202F000', '\u22125', '１２', '٣', '--1', '+-1', '.5', '5.', '', ' 1 ', '00', '1/2', '9'.repeat(400)],
  `0.${'0'.repeat(60)}1`,
  '9007199254740993',
]
const DATES = ['0000-00-00', '2026-02-30', '9999-12-31', '-000001-01-01', '275761-01-01', '2026-13-01', '31.12.2026', '45000', '']

const ANYWHERE: Readonly<Record<string, Mutation>> = {
  ...OF_BYTES,
  'a nasty character': (bytes, chance) => inserted(bytes, chance, NASTY),
  'another number': (bytes, chance) => replaced(bytes, chance, /(?<=[^\w.-])-?\d+(?:\.\d+)?(?=[^\w.-])/g, NUMBERS),
  'another date': (bytes, chance) => replaced(bytes, chance, /\d{4}-\d{2}-\d{2}/g, DATES),
  'other line ends': (bytes, chance) => {
    const ends = chance.pick([['\r\n'], ['\r'], ['\n', '\r\n', '\r'], ['\u2028']])
    return Buffer.from(
      bytes.toString('latin1').replace(/\r\n|\r|\n/g, () => chance.pick(ends)),
      'latin1',
    )
  },
  'a byte-order mark': (bytes, chance) =>
    splice(
      bytes,
      0,
      0,
      Buffer.from(
        chance.pick([
          [0xef, 0xbb, 0xbf],
          [0xff, 0xfe],
          [0xfe, 0xff],
          [0xef, 0xbb],
        ]),
      ),
    ),
  'another encoding': (bytes, chance) => {
    const text = bytes.toString()
    const wide = Buffer.from(chance.pick(['', '\uFEFF']) + text, 'utf16le')
    return chance.pick([Buffer.from(text, 'latin1'), wide, Buffer.from(wide).swap16()])
  },
  'two encodings': (bytes, chance) => {
    const at = place(bytes, chance)
    const rest = Buffer.from(bytes.subarray(at).toString(), chance.pick(['latin1', 'utf16le']))
    return Buffer.concat([bytes.subarray(0, at), rest])
  },
}

const OF_FORMAT: Readonly<Record<'csv' | 'json' | 'saf-t', Readonly<Record<string, Mutation>>>> = {
  csv: {
    'a sign of the format': (bytes, chance) =>
      inserted(bytes, chance, ['"', '""', ',', '\n', '\r', '\r\n', '"\n', "'", '";"', '\t']),
    'a sign missing': (bytes, chance) => replaced(bytes, chance, /[",\n]/g, ['']),
    'a row of another width': (bytes, chance) =>
      replaced(bytes, chance, /(?<=\n)[^\n]*/g, ['', ',', 'a,b', ','.repeat(3_000), '"a\nb"', ' ', '""', '\t\t']),
    'a giant cell': (bytes, chance) =>
      inserted(bytes, chance, ['x'.repeat(chance.pick([4_000, 4_000, 4_000, 70_000, 1_100_000]))]),
    'a formula': (bytes, chance) => inserted(bytes, chance, ['=1+1', '+1', '@SUM(A1)', '-2', '=cmd|x', '\t=1']),
    'thousands of columns': (bytes) =>
      Buffer.from(
        bytes.toString('latin1').replace(/^[^\n]*/, (head) => head + ',z'.repeat(3_000)),
        'latin1',
      ),
  },
  json: {
    'a sign of the format': (bytes, chance) =>
      inserted(bytes, chance, ['[', ']', '{', '}', ',', ':', '"', '\\', '//', '/**/', 'null', 'NaN', '-', "'", '\\u']),
    'a sign missing': (bytes, chance) => replaced(bytes, chance, /["{}[\],:]/g, ['']),
    'another value': (bytes, chance) =>
      replaced(bytes, chance, /"[^"\n]*"(?=[,}\n])/g, [
        ...['null', 'true', '{}', '[]', '[1.50,{"a":"b"}]', '{"a":1}', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\x"'],
        ...['01', '1e99999', '-0', '0.10', '"\\u00e5"', `${'['.repeat(150)}1${']'.repeat(150)}`, `"${'x'.repeat(1_100_000)}"`],
      ]),
    'a key twice': (bytes, chance) =>
      replaced(bytes, chance, /(?<=\{)(?=")/g, ['"id":"again",', '"a.b":1,"a":{"b":2},', '"":0,', '"__proto__":1,']),
    'nests deep': (bytes, chance) => inserted(bytes, chance, ['['.repeat(50_000), '{"a":'.repeat(200)]),
    'many keys': (bytes, chance) =>
      replaced(bytes, chance, /(?<=\{)(?="id")/g, [Array.from({ length: 1_200 }, (_, i) => `"k${i}":0,`).join('')]),
  },
  'saf-t': {
    'a sign of the format': (bytes, chance) =>
      inserted(bytes, chance, [
        ...[
          '<',
          '>',
          '&',
          '/',
          '"',
          '=',
          '<a>',
          '</a>',
          '<a/>',
          '<!--',
          '-->',
          '<!-- x -->',
          '<![CDATA[',
          ']]>',
          '<![CDATA[x]]>',
        ],
        ...['&#0;', '&#xD800;', '&#x110000;', '&#65;', '&lt;', '&xxe;', '<?x y?>', '<?xml version="1.0"?>', '<a b="1" b="2"/>'],
      ]),
    'a sign missing': (bytes, chance) => replaced(bytes, chance, /[<>/"=]/g, ['']),
    'another tag': (bytes, chance) =>
      replaced(bytes, chance, /<\/?\w+/g, ['<Line', '</Line', '<x:Amount', '<Journal', '<a b="c" ', '</']),
    'another value': (bytes, chance) =>
      replaced(bytes, chance, /(?<=>)[^<>\n]+(?=<)/g, ['', ' ', '<b/>', '&amp;', 'x'.repeat(1_100_000), 'å']),
    'a document type': (bytes, chance) =>
      splice(
        bytes,
        chance.pick([0, bytes.indexOf('<', 1)]),
        0,
        chance.pick([
          '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;">]>',
          '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
          '<!DOCTYPE a [<!ENTITY xxe SYSTEM "http://127.0.0.1:9/">]>',
        ]),
      ),
    'nests deep': (bytes, chance) => inserted(bytes, chance, ['<a>'.repeat(150), '<a>'.repeat(150) + '</a>'.repeat(150)]),
    'another declaration': (bytes, chance) =>
      splice(bytes, 0, 0, `<?xml version="1.0" encoding="${chance.pick(['utf-16', 'latin1', 'x', 'utf-8', 'ebcdic', ''])}"?>`),
  },
}

const OF_KIND: Readonly<Record<TextKind, Readonly<Record<string, Mutation>>>> = {
  ...OF_FORMAT,
  ...bankMutations(OF_FORMAT['saf-t']),
}

const CELLS = [
  ...[
    '<c t="s"><v>999999</v></c>',
    '<c t="s"><v>-1</v></c>',
    '<c t="e"><v>#REF!</v></c>',
    '<c><f>1+1</f></c>',
    '<c t="zz"><v>1</v></c>',
  ],
  ...[
    '<c s="999999"><v>1</v></c>',
    '<c s="1"><v>1e309</v></c>',
    '<c s="1"><v>-1</v></c>',
    '<c r="XFD9"><v>1</v></c>',
    '<c r="ZZZ1"/>',
  ],
  ...[
    '<row r="0"/>',
    '<row r="99999999"/>',
    '<c t="inlineStr"><is><t>x</t></is></c>',
    '<c t="b"><v>2</v></c>',
    '<c t="d"><v>x</v></c>',
  ],
]
