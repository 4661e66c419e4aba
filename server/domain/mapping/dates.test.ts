import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateReader, type DateStyle } from './dates.ts'

const WRITTEN: Record<DateStyle, (y: string, m: string, d: string) => string> = {
  'yyyy-mm-dd': (y, m, d) => `${y}-${m}-${d}`,
  'dd.mm.yyyy': (y, m, d) => `${d}.${m}.${y}`,
  'dd/mm/yyyy': (y, m, d) => `${d}/${m}/${y}`,
  'mm/dd/yyyy': (y, m, d) => `${m}/${d}/${y}`,
  yyyymmdd: (y, m, d) => `${y}${m}${d}`,
}
const styles = Object.keys(WRITTEN) as DateStyle[]
const anyDate = fc
  .integer({ min: 0, max: 130 * 365 })
  .map((days) => new Date(Date.UTC(1970, 0, 1 + days)).toISOString().slice(0, 10))

test('every date of every style is read, and an ISO date in any style', () => {
  fc.assert(
    fc.property(fc.constantFrom(...styles), anyDate, (style, iso) => {
      const [y, m, d] = iso.split('-') as [string, string, string]
      const read = dateReader(style)
      expect([read(WRITTEN[style](y, m, d)), read(` ${WRITTEN[style](y, m, d)} `), read(iso)]).toEqual([iso, iso, iso])
    }),
  )
})

test.each([
  ['dd.mm.yyyy', '1.2.2026', '2026-02-01'],
  ['dd/mm/yyyy', '01/02/2026', '2026-02-01'],
  ['mm/dd/yyyy', '01/02/2026', '2026-01-02'],
  ['yyyy-mm-dd', '2026-2-1', '2026-02-01'],
  ['yyyy-mm-dd', '2026-02-01T00:00:00.000', '2026-02-01'],
  ['yyyy-mm-dd', '2028-02-29', '2028-02-29'],
] as const)('%s: %s is %s', (style, text, iso) => {
  expect(dateReader(style)(text)).toBe(iso)
})

test.each([
  ['yyyy-mm-dd', '2026-02-30'],
  ['yyyy-mm-dd', '2027-02-29'],
  ['yyyy-mm-dd', '2100-02-29'],
  ['yyyy-mm-dd', '2026-13-01'],
  ['yyyy-mm-dd', '2026-00-10'],
  ['yyyy-mm-dd', '01.02.2026'],
  ['yyyy-mm-dd', '2026-02-01T10:00:00'], // an hour without a zone is no instant
  ['yyyy-mm-dd', '26-02-01'],
  ['dd/mm/yyyy', '02/13/2026'],
  ['mm/dd/yyyy', '13/02/2026'],
  ['yyyymmdd', '2026021'],
  ['yyyymmdd', '46054'], // the serial number of a spreadsheet
  ['yyyy-mm-dd', 'yesterday'],
] as const)('%s: %s is no date', (style, text) => {
  const read = dateReader(style)
  // Asked twice, because it remembers.
  expect([read(text), read(text)]).toEqual([null, null])
})

test.each(['2026-03-31T23:30:00Z', '2026-03-31T23:30Z', '2026-03-31T23:30:00.123+02:00'])(
  'the instant %s is kept whole',
  (text) => {
    expect(dateReader('dd.mm.yyyy')(text)).toBe(text)
  },
)

test.each(['2026-02-30T10:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T25:00:00Z', '2026-01-01T10:00:00+25:00'])(
  '%s is no instant',
  (text) => {
    expect(dateReader('yyyy-mm-dd')(text)).toBeNull()
  },
)
