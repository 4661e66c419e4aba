import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { json, jsonSettings } from '#server/formats/json.ts'
import { failureOf, locateSample, mutated, readSample } from '#server/formats/testing.ts'

const read = (sample: string | Uint8Array, settings: unknown = {}) => readSample(json, sample, { settings })
const failure = (sample: string | Uint8Array, settings: unknown = {}) => failureOf(read(sample, settings))

const PAGE = `{ "meta": { "total": 2, "sums": { "debit": 10.50, "credit": "99999999999999999999.10", "cur": "NOK" } },
  "data": { "lines": [
    { "id": 1, "amount": 0.10, "dimension": { "costCentre": "102", "tags": [1.50, "b"] }, "posted": true, "note": null },
    { "id": 2, "amount": 12345678901234567890.12, "name": "T\\u00f8yen \\"AS\\"", "exponent": 1.5E-2 } ] } }`
const SETTINGS = {
  records: 'data.lines',
  count: 'meta.total',
  totals: { debit: 'meta.sums.debit', credit: 'meta.sums.credit', currency: 'meta.sums.cur' },
}

describe('records', () => {
  test('keep every number as it was written, and get the union of the columns', async () => {
    const { columns, rows, positions } = await read(PAGE, SETTINGS)
    expect(columns).toEqual(['id', 'amount', 'dimension.costCentre', 'dimension.tags', 'posted', 'note', 'name', 'exponent'])
    expect(rows).toEqual([
      ['1', '0.10', '102', '[1.50, "b"]', 'true', '', '', ''],
      ['2', '12345678901234567890.12', '', '', '', '', 'Tøyen "AS"', '1.5E-2'],
    ])
    expect(positions).toEqual([1, 2])
  })

  test('may be the page itself, and may be none', async () => {
    expect((await read('[{"a":1},{"b":2}]')).rows).toEqual([
      ['1', ''],
      ['', '2'],
    ])
    expect((await read(' [ ] ')).rows).toEqual([])
    expect((await read('{"value":[],"@odata.count":0}', { records: 'value', count: '@odata.count' })).claims).toHaveLength(1)
  })

  test('come in batches', async () => {
    const { rows, positions } = await read(`[${Array.from({ length: 12_001 }, (_, index) => `{"id":${index}}`).join()}]`)
    expect(rows.map(([id]) => id)).toEqual(Array.from({ length: 12_001 }, (_, index) => `${index}`))
    expect(positions.at(-1)).toBe(12_001)
  })

  test('agree with JSON.parse for whatever JSON can say', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
      fc.integer(),
      fc.boolean(),
    )
    const key = fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.replaceAll(/[\0.]/g, '_'))
    const records = fc.array(fc.dictionary(key, value), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(records, fc.constantFrom(0, 2), async (expected, indent) => {
        const { columns, rows } = await read(JSON.stringify(expected, null, indent))
        const found = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
        const all = Object.fromEntries(columns.map((column) => [column, '']))
        expect(found).toEqual(
          expected.map((record) => ({
            ...all,
            ...Object.fromEntries(Object.entries(record).map(([name, cell]) => [name, String(cell)])),
          })),
        )
      }),
      { numRuns: 500 },
    )
  })

  test('may be called __proto__ without harm', async () => {
    const { columns, rows } = await read('[{"__proto__":{"admin":true},"constructor":"x"}]')
    expect({ columns, rows }).toEqual({ columns: ['__proto__.admin', 'constructor'], rows: [['true', 'x']] })
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })
})

describe('claims', () => {
  test('are what the page states about itself', async () => {
    const claim = { kind: 'total', objectType: 'journal_line' }
    expect((await read(PAGE, SETTINGS)).claims).toEqual([
      { ...claim, measure: 'records', value: '2', currency: null, statedAs: 'meta.total' },
      { ...claim, measure: 'debit', value: '10.50', currency: 'NOK', statedAs: 'meta.sums.debit' },
      { ...claim, measure: 'credit', value: '99999999999999999999.10', currency: 'NOK', statedAs: 'meta.sums.credit' },
    ])
  })

  test.each([
    ['-3', 'file_malformed: "n" states a count of -3'],
    ['2.5', 'file_malformed: "n" states a count of 2.5'],
    ['2e3', 'file_malformed: "n" states a count of 2e3'],
    ['"many"', 'file_malformed: "n" states a count of many'],
    ['null', 'source_contract_changed: the page states no "n"'],
    ['[2]', 'source_contract_changed: the page states no "n"'],
  ])('a count of %s is refused', async (count, detail) => {
    expect(await failure(`{"n":${count},"r":[]}`, { records: 'r', count: 'n' })).toBe(detail)
  })

  test('a total must be a decimal', async () => {
    const settings = { records: 'r', totals: { net: 'n' } }
    expect(await failure('{"n":"1,5","r":[]}', settings)).toBe('file_malformed: "n" states a total of "1,5"')
    expect((await read('{"n":-1.5e2,"r":[]}', settings)).claims).toEqual([expect.objectContaining({ value: '-150' })])
  })
})

describe('pages of another form', () => {
  test.each([
    ['', {}, 'file_empty: there is no text in it'],
    ['<!doctype html><p>502', {}, 'source_contract_changed: it sent a web page or XML instead of JSON: "<!doctype html><p>502"'],
    ['{"items":[]}', { records: 'data' }, 'source_contract_changed: there is no "data"'],
    ['{"data":{"a":1}}', { records: 'data' }, 'source_contract_changed: "data" is an object, not a list'],
    ['{"data":[]}', {}, 'source_contract_changed: the page is an object, not a list'],
    ['[1]', {}, 'source_contract_changed: record 1 is a number, not an object'],
    [PAGE.slice(0, -4), SETTINGS, 'the text ends in the middle; was it cut short?'],
    ['[{"a":01}]', {}, 'file_malformed: line 1, character 8: "1}]" is not expected here'],
    ['[{"a":1}\n,]', {}, 'file_malformed: line 2, character 2: "]" is not expected here'],
    ['[{"a":1}] x', {}, '"x" is not expected here'],
    ['[{"a":1,"a":2}]', {}, 'the key "a" stands twice in one object'],
    ['[{"a.b":1,"a":{"b":2}}]', {}, 'two values of one record are called "a.b"'],
    ['[{"a":"\\u0000"}]', {}, 'holds a character that is not text'],
    ['[{"a":"\\ud800"}]', {}, 'holds a character that is not text'],
    ['[{"a":"\\x"}]', {}, 'holds an escape that does not exist'],
    ['[{"a":"\n"}]', {}, '"\\n\\"}]" is not expected here'],
    [`[{"a":${'['.repeat(5_000)}`, {}, 'file_hostile: the page nests deeper than 100 values'],
    [`[${Array.from({ length: 1_001 }, (_, index) => `{"k${index}":1}`).join()}]`, {}, 'more than 1,000 different keys'],
    ['[{"a":1}]', { maxBytes: 5 }, 'file_too_large: more than 5 bytes'],
    [Buffer.from('[\n{"a":"\xf8"}]', 'latin1'), {}, 'file_encoding_wrong: line 2 is not utf-8: byte 0xF8'],
  ])('refuses sample %#', async (sample, settings, detail) => {
    expect(await failure(sample, settings)).toContain(detail)
  })

  test('whatever happens to the bytes, it ends in records or in a technical failure', async () => {
    const valid = Buffer.from(PAGE)
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const byte = fc.oneof(fc.constantFrom(0, 34, 44, 91, 92, 123, 125), fc.nat(255))
    const changes = fc.array(fc.tuple(unit, byte), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(changes, fc.oneof(fc.constant(1), unit), async (flips, keep) => {
        const sample = mutated(valid, flips, keep)
        const failed = await failure(sample, SETTINGS)
        if (failed === 'no failure') expect(() => JSON.parse(sample.toString())).not.toThrow()
        else expect(failed).toMatch(/^(file_|source_contract_changed)/)
      }),
      { numRuns: 1_000 },
    )
  })
})

test('a record is shown as it stands in the page', async () => {
  const located = await locateSample(json, PAGE, { position: 2, settings: SETTINGS })
  expect(located?.text).toMatch(/^\{ "id": 2, .*1\.5E-2 \}$/)
  expect(located?.cells).toContainEqual({ column: 'amount', value: '12345678901234567890.12' })
  for (const position of [0, 3]) expect(await locateSample(json, PAGE, { position, settings: SETTINGS })).toBeNull()
  expect(jsonSettings.parse({})).toMatchObject({ records: '', maxBytes: 67_108_864 })
})
