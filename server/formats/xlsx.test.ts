import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import writeXlsxFile from 'write-excel-file/node'
import { failureOf, locateSample, mutated, readSample } from '#server/formats/testing.ts'
import { workbook, zipped } from '#server/formats/testing/workbook.ts'
import { xlsx } from '#server/formats/xlsx.ts'

const read = (sample: Uint8Array, settings: unknown = {}) => readSample(xlsx, sample, { settings })
const failure = (sample: Uint8Array, settings: unknown = {}) => failureOf(read(sample, settings))

const HEADER = ['account', 'name', 'amount', 'booked_on'].map((value) => ({ value }))
const row = (account: string, name: string, amount: number, bookedOn: Date) => [
  { type: String, value: account },
  { type: String, value: name },
  { type: Number, value: amount },
  { type: Date, value: bookedOn, format: 'dd.mm.yyyy' },
]
const written = () =>
  writeXlsxFile([
    HEADER,
    row('0100', 'Tøyen <&> "AS"', 1110.38, new Date(Date.UTC(2017, 0, 31))),
    row('0200', ' with space ', 0.1 + 0.2, new Date(Date.UTC(2024, 1, 29, 12, 30))),
    [],
    [{ type: String, value: '0300' }, null, { type: Number, value: -1e-7 }],
  ]).toBuffer()

describe('a workbook as Excel writes it', () => {
  test('gives text, exact decimals and ISO dates', async () => {
    const { columns, rows, positions } = await read(await written())
    expect(columns).toEqual(['account', 'name', 'amount', 'booked_on'])
    expect(rows).toEqual([
      ['0100', 'Tøyen <&> "AS"', '1110.38', '2017-01-31'],
      ['0200', ' with space ', '0.3', '2024-02-29T12:30:00'],
      ['0300', '', '-0.0000001', ''],
    ])
    expect(positions).toEqual([2, 3, 5])
  })

  test('has as many records as rows, in batches', async () => {
    const data = Array.from({ length: 6_001 }, (_, index) => [{ type: Number, value: index }])
    const { rows } = await read(await writeXlsxFile([[{ value: 'id' }], ...data]).toBuffer())
    expect(rows.map(([id]) => id)).toEqual(data.map((_, index) => `${index}`))
  })

  test('may have several sheets', async () => {
    const sheet = (name: string) => ({ data: [[{ value: 'a' }], [{ value: name }]], sheet: name })
    const sample = await writeXlsxFile([sheet('One'), sheet('To og tre')]).toBuffer()
    expect((await read(sample)).rows).toEqual([['One']])
    expect((await read(sample, { sheet: 'To og tre' })).rows).toEqual([['To og tre']])
    expect(await failure(sample, { sheet: 'X' })).toBe('file_malformed: there is no sheet "X"; the sheets are "One", "To og tre"')
  })

  test('shows the row of a position', async () => {
    const located = await locateSample(xlsx, await written(), { position: 3 })
    expect(located?.text).toBe('0200\t with space \t0.3\t2024-02-29T12:30:00')
    expect(located?.cells[2]).toEqual({ column: 'amount', value: '0.3' })
    for (const position of [1, 4, 6]) expect(await locateSample(xlsx, await written(), { position })).toBeNull()
  })
})

describe('cells', () => {
  const only = async (cell: string, options = {}) => (await read(workbook(`${A1}<row r="2">${cell}</row>`, options))).rows[0]?.[0]
  const number = (value: string, style = 0) => only(`<c r="A2" s="${style}"><v>${value}</v></c>`)

  test.each([
    ['1110.3800000000001', '1110.38'],
    ['0.30000000000000004', '0.3'],
    ['1234567.8899999999', '1234567.89'],
    ['-99999999999999.984', '-100000000000000'],
    ['1.5E-2', '0.015'],
    ['1E+3', '1000'],
    ['4.9406564584124654E-3', '0.00494065645841247'],
    ['1110.50', '1110.50'],
    ['0', '0'],
    ['-0', '0'],
    ['1234567890123456', '1234567890123456'],
    ['+0001234567890123456', '1234567890123456'],
    ['1.2345678901234599E+16', '12345678901234600'],
  ])('the number %s is %s', async (value, expected) => {
    expect(await number(value)).toBe(expected)
  })

  test.each([
    ['1', 1, '1900-01-01'],
    ['59', 1, '1900-02-28'],
    ['60', 1, '1900-02-29'],
    ['61', 1, '1900-03-01'],
    ['42736', 1, '2017-01-01'],
    ['2958465', 1, '9999-12-31'],
    ['2958466', 1, '2958466'],
    ['-1', 1, '-1'],
    ['42736.520833333336', 2, '2017-01-01T12:30:00'],
    ['42736.99999999999', 2, '2017-01-02'],
    ['42736.000005787', 2, '2017-01-01T00:00:00.500'],
    ['0.5', 3, '12:00:00'],
    ['1.5', 4, '1.5'],
    ['42736', 5, '42736'],
    ['42736', 6, '2017-01-01'],
    ['42736', 7, '42736'],
  ])('the serial %s in style %i is %s', async (value, style, expected) => {
    expect(await number(value, style)).toBe(expected)
  })

  test('dates of the 1904 system count from 1904', async () => {
    expect(await only('<c r="A2" s="1"><v>0</v></c>', { properties: 'date1904="1"' })).toBe('1904-01-01')
    expect(await only('<c r="A2" s="1"><v>41274</v></c>', { properties: 'date1904="true"' })).toBe('2017-01-01')
  })

  test.each([
    ['<c r="A2" t="s"><v>1</v></c>', 'rich text'],
    ['<c r="A2" t="s"><v>2</v></c>', 'a\r\nb_x'],
    ['<c r="A2" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve">line </t></r></is></c>', 'inline '],
    ['<c r="A2" t="str"><f>A1</f><v>result</v></c>', 'result'],
    ['<c r="A2"><f>1+1</f><v>2</v></c>', '2'],
    ['<c r="A2" t="b"><v>1</v></c>', 'TRUE'],
    ['<c r="A2" t="b"><v> true </v></c>', 'TRUE'],
    ['<c r="A2" t="b"><v>false</v></c>', 'FALSE'],
    ['<c r="A2" t="d"><v>2017-01-31</v></c>', '2017-01-31'],
    ['<c><v>7</v></c>', '7'],
  ])('%s is %j', async (cell, expected) => {
    expect(await only(cell)).toBe(expected)
  })

  test.each([
    ['<c r="A2" t="e"><v>#N/A</v></c>', 'cell A2 holds the error #N/A'],
    ['<c r="A2"><f>SUM(B1)</f></c>', 'cell A2 holds a formula without its result; open the file in Excel and save it'],
    ['<c r="A2"><f>SUM(B1)</f><v/></c>', 'cell A2 holds a formula without its result; open the file in Excel and save it'],
    ['<c r="A2" t="s"><v>3</v></c>', 'cell A2 refers to the shared text "3", which is not in the file'],
    [
      '<c r="A2"><v>12345678901234567</v></c>',
      'cell A2 holds "12345678901234567", more than a number of a workbook keeps; write it as text',
    ],
    [
      '<c r="A2" s="1"><v>-9007199254740993</v></c>',
      'cell A2 holds "-9007199254740993", more than a number of a workbook keeps; write it as text',
    ],
    ['<c r="A2"><v>abc</v></c>', 'cell A2 holds "abc" where a number should stand'],
    ['<c r="A2" t="b"><v>yes</v></c>', 'cell A2 holds "yes" where TRUE or FALSE should stand'],
    ['<c r="A2" t="x"><v>1</v></c>', 'cell A2 is of the unknown kind "x"'],
    ['<c r="A3"><v>1</v></c>', 'cell "A3" is out of place on row 2 of the sheet'],
    ['<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>', 'cell "A2" is out of place on row 2 of the sheet'],
    ['<c r="ZZZ2"><v>1</v></c>', 'cell "ZZZ2" is out of place on row 2 of the sheet'],
  ])('%s is refused', async (cell, detail) => {
    expect(await failureOf(only(cell))).toBe(`file_malformed: ${detail}`)
  })
})

describe('rows', () => {
  const text = (ref: string, value: string) => `<c r="${ref}" t="str"><v>${value}</v></c>`

  test('are padded to the header and refused beyond it', async () => {
    const header = `<row r="1">${text('A1', 'a')}${text('B1', 'b')}</row>`
    expect((await read(workbook(`${header}<row r="4">${text('A4', 'x')}<c r="D4" s="1"/></row>`))).rows).toEqual([['x', '']])
    expect(await failure(workbook(`${header}<row r="4">${text('D4', 'x')}</row>`))).toBe(
      'file_columns_wrong: cell D4 holds a value, but the header has 2 columns',
    )
  })

  test('above the header row are not judged', async () => {
    const title = '<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>'
    const rows = `${title}<row r="3">${text('A3', 'a')}</row><row r="5">${text('A5', 'x')}</row>`
    expect(await read(workbook(rows), { headerRow: 3 })).toMatchObject({ columns: ['a'], rows: [['x']], positions: [5] })
    expect(await failure(workbook(rows), { headerRow: 2 })).toContain('row 2 of sheet "Data", the header, is empty')
    expect(await failure(workbook(rows), { headerRow: 9 })).toBe('file_empty: sheet "Data" has nothing from row 9 on')
  })

  test.each([
    [`<row r="1">${text('A1', 'a')}${text('C1', 'c')}</row>`, 'file_columns_wrong: in the header (row 1) column B has no name'],
    [`<row r="1">${text('A1', 'a')}${text('B1', 'a')}</row>`, 'columns_wrong: in the header (row 1) two columns are called "a"'],
    [`${A1}<row r="3"/><row r="2"/>`, 'file_malformed: row "2" stands after row 3 of the sheet'],
    ['', 'file_empty: sheet "Data" has nothing from row 1 on'],
  ])('refuses sample %#', async (rows, detail) => {
    expect(await failure(workbook(rows))).toContain(detail)
  })

  test('may end in a control trailer', async () => {
    const trailer = { match: 'T', fields: { records: 2, debit: 3 }, currency: 'NOK' }
    const body = `${A1}<row r="2">${text('A2', 'x')}</row>`
    const total = `<row r="3">${text('A3', 'T')}<c r="B3"><v>1</v></c><c r="C3"><v>1110.3800000000001</v></c></row>`
    const { rows, claims } = await read(workbook(body + total), { trailer })
    expect(rows).toEqual([['x']])
    expect(claims).toMatchObject([
      { measure: 'records', value: '1' },
      { measure: 'debit', value: '1110.38', currency: 'NOK' },
    ])
    expect(await failure(workbook(body), { trailer })).toContain('"T" is missing after 1 record; was the file cut short?')
    const more = `<row r="4">${text('A4', 'y')}</row>`
    expect(await failure(workbook(body + total + more), { trailer })).toContain('row 4 stands after the control trailer')
  })
})

describe('malformed and hostile files', () => {
  const sheet = (xml: string | Buffer) => ({ 'xl/worksheets/sheet1.xml': xml })
  const bomb = Buffer.concat([Buffer.from('<worksheet><sheetData>'), Buffer.alloc(12 * 2 ** 20, ' ')])

  test.each([
    [Buffer.alloc(0), 'file_empty: there is nothing in it'],
    [Buffer.from('a;b\n1;2\n'), 'file_malformed: this is no .xlsx file: it starts with "a;b\\n1;2\\n"'],
    [Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'or a workbook with a password; save as .xlsx without a password'],
    [zipped({ 'word/document.xml': '<a/>' }), 'file_malformed: there is no workbook in it that can be read; save as .xlsx'],
    [workbook(A1).subarray(0, -30), 'file_malformed: the workbook is damaged'],
    [workbook('', { parts: sheet('<!DOCTYPE a [<!ENTITY b "c">]><a/>') }), 'file_hostile: xl/worksheets/sheet1.xml declares'],
    [workbook('', { parts: sheet('<worksheet><sheetData>') }), 'sheet1.xml ends on line 1 inside <sheetData>; was it cut short?'],
    [workbook('', { parts: sheet(bomb) }), 'file_hostile: "xl/worksheets/sheet1.xml" would unpack from'],
    [workbook('', { parts: sheet(bomb), statedSize: 100 }), 'file_malformed: the workbook is damaged: too many bytes'],
    [workbook(A1, { statedCrc: 7 }), 'file_malformed: the workbook is damaged: the checksum of'],
  ])('refuses sample %#', async (sample, detail) => {
    expect(await failure(sample)).toContain(detail)
  })

  test('refuses more bytes than the job allows', async () => {
    expect(await failure(await written(), { maxBytes: 1_000 })).toBe('file_too_large: more than 1,000 bytes')
  })

  test('whatever happens to the bytes, it ends in the same records or in a technical failure', async () => {
    const valid = await written()
    const { rows } = await read(valid)
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const changes = fc.array(fc.tuple(unit, fc.nat(255)), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(changes, fc.oneof(fc.constant(1), unit), async (flips, keep) => {
        const sample = mutated(valid, flips, keep)
        const failed = await failure(sample)
        if (failed === 'no failure') expect((await read(sample)).rows).toEqual(rows)
        else expect(failed).toMatch(/^file_/)
      }),
      { numRuns: 400 },
    )
  })

  test('whatever stands in the sheet, it ends in records or in a technical failure', async () => {
    const valid = Buffer.from(`<worksheet><sheetData>${A1}<row r="2"><c r="A2" t="s"><v>1</v></c></row>
      <row r="3"><c r="A3" s="2"><f>1</f><v>42736.5</v></c></row></sheetData></worksheet>`)
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const changes = fc.array(fc.tuple(unit, fc.oneof(fc.constantFrom(34, 47, 60, 62, 48, 57), fc.nat(255))), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(changes, async (flips) => {
        const sample = workbook('', { parts: { 'xl/worksheets/sheet1.xml': mutated(valid, flips, 1) } })
        const failed = await failure(sample)
        if (failed !== 'no failure') expect(failed).toMatch(/^file_/)
      }),
      { numRuns: 400 },
    )
  })
})

describe('what would keep the reader busy or fill its memory', () => {
  const numbers = (value: string, style: number) => `${A1}<row r="2"><c r="A2" s="${style}"><v>${value}</v></c></row>`
  const named = (part: string, text: string) => workbook(A1, { parts: { [part]: text } })
  const many = (what: string, count: number) => Array.from({ length: count }, () => what).join('')

  test.each([
    ['1e999', 0, 'cell A2 holds "1e999" where a number should stand'],
    ['1.2345678901234567e-9999', 0, 'cell A2 holds "1.2345678901234567e-9999" where a number should stand'],
  ])('no spreadsheet holds the number %s', async (value, style, detail) => {
    expect(await failure(workbook(numbers(value, style)))).toBe(`file_malformed: ${detail}`)
  })

  test.each(['1e300', '1e309', '-1e17', '2958467'])(
    '%s days are no date: the number is shown, and refused where a date is due',
    async (value) => {
      const [[text]] = (await read(workbook(numbers(value, 1)))).rows as [[string]]
      expect(Number(text)).toBe(Number(value))
    },
  )

  test('a lone cell far to the right is refused when it holds something, and costs nothing when it does not', async () => {
    const far = (inner: string) => workbook(`${A1}<row r="2"><c r="A2"><v>1</v></c><c r="XFD2">${inner}</c></row>`)
    expect((await read(far(''))).rows).toEqual([['1']])
    expect(await failure(far('<v>1</v>'))).toBe('file_malformed: cell XFD2 holds a value; 1,000 columns are read at most')
  })

  test('more columns, sheets, relations or styles than any workbook has are refused', async () => {
    const header = Array.from({ length: 1_001 }, (_, index) => `<c t="str"><v>c${index}</v></c>`).join('')
    expect(await failure(workbook(`<row>${header}</row>`))).toContain('1,000 columns are read at most')
    const styles = `<styleSheet><cellXfs>${many('<xf/>', 100_001)}</cellXfs></styleSheet>`
    expect(await failure(named('xl/styles.xml', styles))).toContain('names more than 100,000 styles')
    const sheets = `<workbook><sheets>${many('<sheet/>', 1_001)}</sheets></workbook>`
    expect(await failure(named('xl/workbook.xml', sheets))).toContain('names more than 1,000 sheets')
    const relations = `<Relationships>${many('<Relationship/>', 10_001)}</Relationships>`
    expect(await failure(named('xl/_rels/workbook.xml.rels', relations))).toContain('names more than 10,000 relations')
  })

  test('a text in many pieces is bounded like one in one piece', async () => {
    const pieces = many(`<r><t>${'x'.repeat(1024)}</t></r>`, 1_100)
    const inline = workbook(`<row r="1"><c r="A1" t="inlineStr"><is>${pieces}</is></c></row>`)
    expect(await failure(inline)).toBe('file_hostile: cell A1 is longer than 1 MiB')
    expect(await failure(named('xl/sharedStrings.xml', `<sst><si>${pieces}</si></sst>`))).toContain('shared text 1 is longer')
  })

  // Looked at again from each of its brackets, this takes minutes.
  test('a format code built to keep us busy does not', async () => {
    const styles = `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="${'['.repeat(900_000)}"/></numFmts>
      <cellXfs><xf numFmtId="170"/></cellXfs></styleSheet>`
    expect((await read(workbook(numbers('1', 0), { parts: { 'xl/styles.xml': styles } }))).rows).toEqual([['1']])
  })
})

const A1 = '<row r="1"><c r="A1" t="str"><v>a</v></c></row>'
