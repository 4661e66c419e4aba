import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Mark } from '#server/domain/record.ts'
import { csv, csvSettings } from '#server/formats/csv.ts'
import { inChunks } from '#server/formats/testing.ts'

/** Larger than a few of the pieces in which a file is read, so that there are marks. */
const ROWS = 4_000
const BYTES_MIN = 900_000

const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'ø', '€', '𝄞', ' ', '"', ',', ';', '\t', '|', '\n', '\r', '\uFEFF'), maxLength: 12 }),
  fc.constantFrom('', '\uFEFFmark', '"', 'two\nlines', 'three\r\nlines\r', 'x'.repeat(200), 'ø'.repeat(150), '𝄞'.repeat(70)),
)
const file = fc.record({
  encoding: fc.constantFrom('utf-8' as const, 'utf-16le' as const, 'iso-8859-1' as const, 'windows-1252' as const),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  guesses: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  hasHeader: fc.boolean(),
  hasMark: fc.boolean(),
  skipLines: fc.integer({ min: 0, max: 3 }),
  trailer: fc.boolean(),
  blanks: fc.integer({ min: 0, max: 40 }),
  cells: fc.array(fc.tuple(cell, cell, cell), { minLength: 20, maxLength: 60 }),
})

test('a record is the same found from a mark as from the beginning, and so is what is none', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(
      file,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
      async (of, spots) => {
        const { sample, settings } = made(of)
        const { marks, positions } = await marksOf(sample, settings)
        expect(marks.length).toBeGreaterThan(0)
        const last = positions.at(-1)!
        const wanted = [...spots.map((spot) => 1 + Math.floor(spot * (last + 3))), last, last + 1, last + 2]
        for (const mark of marks.slice(0, 2)) wanted.push(mark.position - 1, mark.position, mark.position + 1)
        for (const position of wanted.filter((line) => line > 0)) {
          const whole = await outcome(sample, settings, position)
          for (const mark of nearest(marks, position)) {
            expect(await outcome(sample, settings, position, mark), `line ${position} from ${JSON.stringify(mark)}`).toEqual(
              whole,
            )
            compared++
          }
        }
      },
    ),
    { numRuns: 30, endOnFailure: true },
  )
  expect(compared).toBeGreaterThan(100)
}, 120_000)

test('a mark is where a record begins, in the bytes of the file', async () => {
  const rows = Array.from({ length: 60_000 }, (_, n) => `${n};æøå€𝄞${'ø'.repeat(n % 7)}`)
  const sample = Buffer.from(`\uFEFFa;b\n${rows.join('\n')}\n`)
  const { marks } = await marksOf(sample, csvSettings.parse({}))
  expect(marks.length).toBeGreaterThan(3)
  for (const { position, byteOffset } of marks) {
    expect(
      sample
        .subarray(byteOffset)
        .toString()
        .startsWith(rows[position - 2] ?? ''),
      `line ${position}`,
    ).toBe(true)
  }
})

test('a record that begins like a byte-order mark keeps its first character', async () => {
  const sample = Buffer.from(`a;b\n${Array.from({ length: 60_000 }, (_, n) => `\uFEFF${n};x`).join('\n')}\n`)
  const settings = csvSettings.parse({})
  const mark = (await marksOf(sample, settings)).marks[0]!
  const found = await outcome(sample, settings, mark.position, mark)
  expect(found).toEqual(await outcome(sample, settings, mark.position))
  expect(found).toMatchObject({ cells: [{ value: `\uFEFF${mark.position - 2}` }, { value: 'x' }] })
})

test('of what comes before a mark only the head is read', async () => {
  const sample = Buffer.from(`a;b\n${'1;2\n'.repeat(400_000)}`)
  const settings = csvSettings.parse({})
  const { marks } = await marksOf(sample, settings)
  const mark = marks.at(-2)!
  let [headBytes, nearBytes] = [0, 0]
  const counting = async function* (bytes: Uint8Array, count: (n: number) => void) {
    for await (const piece of inChunks(bytes)) {
      count(piece.length)
      yield piece
    }
  }
  const found = await csv.locate({
    bytes: counting(sample, (n) => {
      headBytes += n
    }),
    settings,
    objectType: 'journal_line',
    position: mark.position + 10,
    near: {
      mark,
      bytes: counting(sample.subarray(mark.byteOffset), (n) => {
        nearBytes += n
      }),
    },
  })
  expect(found?.text).toBe('1;2')
  expect(headBytes).toBeLessThan(300_000)
  expect(nearBytes).toBeLessThan(300_000)
})

type Made = { sample: Buffer; settings: ReturnType<typeof csvSettings.parse> }

function made(of: typeof file extends fc.Arbitrary<infer T> ? T : never): Made {
  const { encoding, delimiter, lineEnd, cells } = of
  const plain = (text: string) =>
    encoding === 'utf-8' || encoding === 'utf-16le' ? text : text.replace(/[^\x20-\x7e\xa0-\xff\r\n\t]/gu, 'é')
  const quoted = (text: string) => (/["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text)
  const rowOf = (n: number) => [`${n}`, ...cells[n % cells.length]!].map((text) => quoted(plain(text))).join(delimiter)
  const lines = Array.from({ length: of.skipLines }, (_, n) => `Report "${n}`)
  if (of.hasHeader) lines.push(['id', 'one', 'two', 'three'].join(delimiter))
  let bytes = 0
  for (let n = 0; n < ROWS || bytes < BYTES_MIN; n++) {
    const row = rowOf(n)
    bytes += row.length
    lines.push(row)
    if (of.blanks > 0 && n % of.blanks === 0) lines.push('')
  }
  if (of.trailer) lines.push(['END', `${ROWS}`, '', ''].join(delimiter))
  const text = lines.join(lineEnd) + lineEnd
  const isUnicode = encoding === 'utf-8' || encoding === 'utf-16le'
  return {
    sample: Buffer.from(
      of.hasMark && isUnicode ? `\uFEFF${text}` : text,
      encoding === 'utf-16le' ? 'utf16le' : isUnicode ? 'utf8' : 'latin1',
    ),
    settings: csvSettings.parse({
      encoding,
      delimiter: of.guesses && of.hasHeader ? 'auto' : delimiter,
      header: of.hasHeader || ['id', 'one', 'two', 'three'],
      skipLines: of.skipLines,
      ...(of.trailer && { trailer: { match: 'END', fields: { records: 2 } } }),
    }),
  }
}

async function marksOf(sample: Buffer, settings: Made['settings']): Promise<{ marks: Mark[]; positions: number[] }> {
  const marks: Mark[] = []
  const positions: number[] = []
  for await (const parsed of csv.read({ bytes: inChunks(sample), settings, objectType: 'journal_line' })) {
    if (parsed.kind !== 'records') continue
    positions.push(...parsed.positions)
    if (parsed.next) marks.push(parsed.next)
  }
  return { marks, positions }
}

/** The mark that is used, and the one before it. */
const nearest = (marks: readonly Mark[], position: number) => marks.filter((mark) => mark.position <= position).slice(-2)

const outcome = (sample: Buffer, settings: Made['settings'], position: number, mark?: Mark) =>
  csv
    .locate({
      bytes: inChunks(sample),
      settings,
      objectType: 'journal_line',
      position,
      near: mark && { mark, bytes: inChunks(sample.subarray(mark.byteOffset)) },
    })
    .catch((error: Error) => error.message)
