import { Buffer } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csv, csvSettings } from '#server/formats/csv.ts'
import { CsvScanner } from '#server/formats/csv-scanner.ts'
import { failureOf, inChunks, locateSample, mutated, readSample } from '#server/formats/testing.ts'

const read = (sample: string | Uint8Array, settings: unknown = {}, chunkSize?: number) =>
  readSample(csv, sample, { settings, chunkSize })
const failure = (sample: string | Uint8Array, settings: unknown = {}) => failureOf(read(sample, settings))

/** Through the scanner alone, because `pieces` would join the small chunks again. */
function scan(text: string, cuts: readonly number[], settings: unknown = {}) {
  const scanner = new CsvScanner(csvSettings.parse(settings))
  const borders = [0, ...cuts.map((cut) => Math.floor(cut * text.length)).sort((a, b) => a - b), text.length]
  for (let index = 1; index < borders.length; index++) scanner.push(text.slice(borders[index - 1], borders[index]), false)
  scanner.push('', true)
  return { ...scanner.take(), line: scanner.line }
}

describe('against csv-parse', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'ø', '€', '𝄞', ' ', '"', ',', ';', '\t', '|', '\n', '\r') }),
    fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '')),
    fc.constantFrom('', '0.10', '-1234.50', '"', '""', '\r\n', 'x'.repeat(40)),
  )
  const file = fc
    .record({
      width: fc.integer({ min: 2, max: 5 }),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      endsWithLineEnd: fc.boolean(),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
    })
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        rows: fc.array(fc.array(fc.tuple(text, fc.boolean()), { minLength: shape.width, maxLength: shape.width })),
        blankAfter: fc.integer({ min: 0, max: 3 }),
      }),
    )

  test('finds the same cells wherever the chunks end', () => {
    fc.assert(
      fc.property(file, ({ shape, rows, blankAfter }) => {
        const { delimiter, lineEnd, width } = shape
        const quote = (cell: string, always: boolean) =>
          always || /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell
        const header = Array.from({ length: width }, (_, index) => `c${index}`).join(delimiter)
        const lines = [header, ...rows.map((row) => row.map(([cell, always]) => quote(cell, always)).join(delimiter))]
        lines.splice(Math.min(blankAfter, lines.length), 0, '')
        const sample = lines.join(lineEnd) + (shape.endsWithLineEnd ? lineEnd : '')
        const oracle: string[][] = parse(sample, {
          delimiter,
          record_delimiter: ['\r\n', '\n', '\r'],
          skip_empty_lines: true,
          from: 2,
        })
        expect(scan(sample, shape.cuts, { delimiter }).rows).toEqual(oracle)
        expect(oracle.length).toBe(rows.length)
        expect(scan(sample, shape.cuts, { delimiter })).toEqual(scan(sample, [], { delimiter }))
      }),
      { numRuns: 1_000 },
    )
  })

  test('reads every encoding the same whatever the chunk size', async () => {
    const sample = 'navn;beløp\nTøyen – Ærlig;1.5\nØl ‘à’ €;2\n'
    const expected = [
      ['Tøyen – Ærlig', '1.5'],
      ['Øl ‘à’ €', '2'],
    ]
    const latin = sample.replace(/[–€‘’]/g, '-')
    const byte: Record<string, string> = { '–': '\x96', '€': '\x80', '‘': '\x91', '’': '\x92' }
    const windows = Buffer.from(
      sample.replace(/[–€‘’]/g, (character) => byte[character] ?? ''),
      'latin1',
    )
    for (const chunkSize of [1, 2, 3, 5, 1_000]) {
      expect((await read(sample, {}, chunkSize)).rows).toEqual(expected)
      expect((await read(`\uFEFF${sample}`, {}, chunkSize)).columns).toEqual(['navn', 'beløp'])
      expect((await read(Buffer.from(`\uFEFF${sample}`, 'utf16le'), { encoding: 'utf-16le' }, chunkSize)).rows).toEqual(expected)
      expect((await read(windows, { encoding: 'windows-1252' }, chunkSize)).rows).toEqual(expected)
      const iso = await read(Buffer.from(latin, 'latin1'), { encoding: 'iso-8859-1' }, chunkSize)
      expect(iso.rows.map(([name]) => name)).toEqual(['Tøyen - Ærlig', 'Øl -à- -'])
    }
  })

  test('keeps a character whose bytes lie in two pieces', async () => {
    const rows = Array.from({ length: 60_000 }, (_, index) => `${index};æøå€𝄞${'ø'.repeat(index % 7)}`)
    const { rows: found } = await read(`a;b\n${rows.join('\n')}`)
    expect(found.map((row) => row.join(';'))).toEqual(rows)
  })
})

describe('settings', () => {
  test.each([[','], [';'], ['\t'], ['|']])('guesses %j from the header', async (delimiter) => {
    const { rows } = await read(`a${delimiter}"b,;x"${delimiter}c\n1${delimiter}2${delimiter}3`)
    expect(rows).toEqual([['1', '2', '3']])
  })

  test('reads one column, in which white space is a value', async () => {
    expect((await read('code\n100\n \n\n200')).rows).toEqual([['100'], [' '], ['200']])
  })

  test('takes the columns from the job when the file has no header', async () => {
    const { columns, rows, positions } = await read('1;2\n3;4\n', { header: ['a', 'b'] })
    expect({ columns, rows, positions }).toEqual({
      columns: ['a', 'b'],
      rows: [
        ['1', '2'],
        ['3', '4'],
      ],
      positions: [1, 2],
    })
    expect(await failure('1;2;3\n', { header: ['a', 'b'] })).toBe(
      'file_columns_wrong: line 1 has 3 columns where the job expects 2',
    )
  })

  test('skips the lines before the header, whatever quotes they hold', async () => {
    const { rows, positions } = await read('Report "2017\n\na,b\n1,2\n', { skipLines: 2 })
    expect({ rows, positions }).toEqual({ rows: [['1', '2']], positions: [4] })
    expect(await failure('Report\n', { skipLines: 2 })).toBe('file_malformed: the file ends on line 2, before the header')
  })

  test('can take the quote as text', async () => {
    expect((await read('a,b\n24" screen,"x\n', { quote: '' })).rows).toEqual([['24" screen', '"x']])
  })

  test('refuses a setting it does not know', () => {
    expect(csvSettings.safeParse({ delimeter: ';' }).success).toBe(false)
    expect(csvSettings.safeParse({ header: ['a', 'a'] }).success).toBe(false)
  })
})

describe('control trailer', () => {
  const trailer = { match: 'TRAILER', fields: { records: 2, debit: 3, credit: 4, currency: 5 } }

  test('becomes claims and is no record', async () => {
    const { rows, claims } = await read('a,b\n1,2\n3,4\nTRAILER,0002,"1,234.50",99.10-,NOK\n\n', { trailer })
    expect(rows).toHaveLength(2)
    const claim = { kind: 'total', objectType: 'journal_line', statedAs: 'control trailer' }
    expect(claims).toEqual([
      { ...claim, measure: 'records', value: '0002', currency: null },
      { ...claim, measure: 'debit', value: '1234.50', currency: 'NOK' },
      { ...claim, measure: 'credit', value: '-99.10', currency: 'NOK' },
    ])
  })

  test('reads a decimal comma where the job says so', async () => {
    const settings = { trailer: { match: 'T', fields: { net: 2 }, currency: 'NOK', decimal: ',' } }
    const { claims } = await read('a;b\nT;1.234.567,89', settings)
    expect(claims).toEqual([expect.objectContaining({ measure: 'net', value: '1234567.89', currency: 'NOK' })])
    expect(await failure('a;b\nT;1.23', settings)).toContain('states "1.23" as its net (column 2)')
  })

  test.each([
    ['a,b\n1,2\n', 'file_malformed: the control trailer "TRAILER" is missing after 1 record; was the file cut short?'],
    ['a,b\nTRAILER,1,2,3\n1,2\n', 'file_malformed: line 3 stands after the control trailer, where the file should end'],
    ['a,b\nTRAILER,-3,2,3\n', 'file_malformed: the control trailer on line 2 states "-3" as its records (column 2)'],
    ['a,b\nTRAILER,1,,3\n', 'file_malformed: the control trailer on line 2 states "" as its debit (column 3)'],
    ['a,b\nTRAILER,0,2,3,EUROS\n', 'file_malformed: the control trailer on line 2 states "EUROS" as its currency'],
    ['a,b\nTRAILER,1\n', 'file_malformed: the control trailer on line 2 states "" as its debit (column 3)'],
  ])('refuses %j', async (sample, detail) => {
    expect(await failure(sample, { trailer })).toBe(detail)
  })
})

describe('malformed files', () => {
  const header = Array.from({ length: 12 }, (_, index) => `c${index}`).join(',')
  const row = Array.from({ length: 12 }, () => '1').join(',')

  test.each([
    ['', 'file_empty: there is no text in it'],
    ['\uFEFF \r\n\t\n', 'file_empty: there is no text in it'],
    [`${header}\n${row}\n1,2,3\n`, 'file_malformed: line 3 has 3 columns where the header has 12'],
    [`${header}\n${'x,'.repeat(299)}x\n`, 'file_malformed: line 2 has 300 columns where the header has 12'],
    [`${header}\n${row}\n1,"2\n\n`, 'file_malformed: line 3 opens a quote that is never closed'],
    ['a,b\n1,"2"x\n', 'file_malformed: line 2 has "x\\n" after a closing quote'],
    ['a,b\n1,2"\n', 'file_malformed: line 2 has a quote inside the unquoted cell 2'],
    ['a,b\n1,\0\n', 'file_malformed: line 2 holds a NUL byte; this is not a text file, or it is UTF-16'],
    ['a,b,a\n', 'file_columns_wrong: in the header (line 1) two columns are called "a"'],
    ['\n\na,,c\n', 'file_columns_wrong: in the header (line 3) column 2 has no name'],
    [`a,b\n1,${'x'.repeat(1024 * 1024)}\n`, 'file_malformed: line 2 starts a row of more than 1 MiB; is a quote left open?'],
    [`a,b\n1,"${'x\n'.repeat(600_000)}`, 'file_malformed: line 2 starts a row of more than 1 MiB; is a quote left open?'],
    [
      Array.from({ length: 100_000 }, (_, index) => `c${index}`).join(';'),
      'file_columns_wrong: in the header (line 1) there are 100,000 columns, more than the 1,000 columns a file may have',
    ],
  ])('refuses sample %#', async (sample, detail) => {
    expect(await failure(sample)).toBe(detail)
  })

  test('a header without rows is an empty delivery, not a fault', async () => {
    // Its columns are handed on, so that one cut short in its header is no empty delivery.
    expect(await read('a,b\n')).toMatchObject({ columns: ['a', 'b'], rows: [] })
  })

  test.each([
    [Buffer.from('a;b\n1;2\n1;T\xf8yen\n', 'latin1'), {}, 'line 3 is not utf-8: byte 0xF8'],
    [Buffer.from('a;b\n1;2\xc3', 'latin1'), {}, 'line 2 is not utf-8: it ends in the middle of a character'],
    [Buffer.from('a;b\n1;\x81\n', 'latin1'), { encoding: 'windows-1252' }, 'line 2 is not windows-1252: byte 0x81'],
    [Buffer.from('\uFEFFa;b\n', 'utf16le'), {}, 'the file says it is utf-16le, it is to be read as utf-8'],
    [Buffer.from('\uFEFFa;b\n'), { encoding: 'iso-8859-1' }, 'the file says it is utf-8, it is to be read as iso-8859-1'],
    [Buffer.from('a;b\n1').subarray(0, 5), { encoding: 'utf-16le' }, 'line 1 is not utf-16le: half a character'],
  ])('refuses a wrong encoding %#', async (sample, settings, detail) => {
    expect(await failure(sample, settings)).toBe(`file_encoding_wrong: ${detail}`)
  })

  test('refuses a gigabyte of zeros at once', async () => {
    let sent = 0
    async function* zeros() {
      for (; sent < 16_384; sent++) yield Buffer.alloc(64 * 1024)
    }
    const reading = csv.read({ bytes: zeros(), settings: csvSettings.parse({}), objectType: 'journal_line' })
    await expect(reading[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'file_malformed' })
    expect(sent).toBeLessThan(16)
  })

  test('whatever happens to the bytes, it ends in records or in a technical failure', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => `${index},"Tøyen, ""${index}""",${index}.10`)
    const valid = Buffer.from(`id,name,amount\r\n${lines.join('\r\n')}\r\nT,50\r\n`)
    const settings = { trailer: { match: 'T', fields: { records: 2 } } }
    expect((await read(valid, settings)).rows).toHaveLength(50)
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const changes = fc.array(fc.tuple(unit, fc.oneof(fc.constantFrom(0, 10, 13, 34, 44), fc.nat(255))), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(changes, fc.oneof(fc.constant(1), unit), async (flips, keep) => {
        const sample = mutated(valid, flips, keep)
        const failed = await failure(sample, settings)
        if (failed === 'no failure') expect((await read(sample, settings)).columns).toHaveLength(3)
        else expect(failed).toMatch(/^file_/)
      }),
      { numRuns: 500 },
    )
  })
})

describe('positions', () => {
  const sample = 'a,b\r\n"1\r\n1",2\r\n\r\n3,"4"\r\n5,6'

  test('are the physical lines on which records start', async () => {
    expect((await read(sample)).positions).toEqual([2, 5, 6])
  })

  test('lead back to the text as received', async () => {
    const located = await locateSample(csv, sample, { position: 2 })
    expect(located).toEqual({
      position: 2,
      text: '"1\r\n1",2',
      cells: [
        { column: 'a', value: '1\r\n1' },
        { column: 'b', value: '2' },
      ],
    })
    expect((await locateSample(csv, sample, { position: 6 }))?.text).toBe('5,6')
    for (const position of [0, 1, 3, 4, 7]) expect(await locateSample(csv, sample, { position })).toBeNull()
  })

  test('also show a row that cannot be read', async () => {
    const located = await locateSample(csv, 'a,b\n1,2,3\n', { position: 2 })
    expect(located?.cells).toContainEqual({ column: 'column 3', value: '3' })
  })

  test('come in batches that share one list of columns', async () => {
    const bytes = inChunks(`a,b\n${'1,2\n'.repeat(200_000)}`)
    const columns = new Set<unknown>()
    let rows = 0
    for await (const parsed of csv.read({ bytes, settings: csvSettings.parse({}), objectType: 'budget_line' })) {
      if (parsed.kind !== 'records') continue
      columns.add(parsed.columns)
      rows += parsed.rows.length
      expect(parsed.objectType).toBe('budget_line')
    }
    expect({ rows, columns: columns.size }).toEqual({ rows: 200_000, columns: 1 })
  })
})
