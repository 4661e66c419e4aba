import { expect, test } from 'vitest'
import { ecbRates } from '#server/formats/ecb-rates.ts'
import { failureOf, locateSample, readSample } from '#server/formats/testing.ts'

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<Cube><Cube time='2026-10-30'><Cube currency='USD' rate='1.0871'/><Cube currency='JPY' rate='163.40'/></Cube>
<Cube time='2026-10-29'><Cube currency='USD' rate='1.08'/></Cube></Cube></gesmes:Envelope>`
const HISTORY = 'Date,USD,JPY,CYP,\n2026-10-30,1.0871,163.40,N/A,\n2026-10-29,1.08,,N/A,\n'
const DAILY = 'Date, USD, JPY, \n30 October 2026, 1.0871, 163.40, \n'

const told = async (text: string) =>
  (await readSample(ecbRates, text, { objectType: 'fx_rate' })).rows.map((row) => row.join(' '))

test('XML and CSV, a day or a history, say the same: rates as they are written, what is not there left out', async () => {
  const all = [
    'EUR USD 2026-10-30 closing 1.0871 ECB',
    'EUR JPY 2026-10-30 closing 163.40 ECB',
    'EUR USD 2026-10-29 closing 1.08 ECB',
  ]
  expect(await told(XML)).toEqual(all)
  expect(await told(HISTORY)).toEqual(all)
  expect(await told(DAILY)).toEqual(all.slice(0, 2))
  expect(await told(`\uFEFF${HISTORY}`)).toEqual(all)
  const average = await readSample(ecbRates, DAILY, { objectType: 'fx_rate', settings: { kind: 'average' } })
  expect(average.rows[0]?.[3]).toBe('average')
  expect((await locateSample(ecbRates, XML, { position: 2, objectType: 'fx_rate' }))?.text).toBe(
    'EUR JPY 2026-10-30 closing 163.40 ECB',
  )
})

test.each([
  ['another file', 'a,b\n1,2\n', 'line 1: this is no file of reference rates: it begins with "a,b"'],
  ['another document', '<a/>', 'its root element is <a>'],
  ['no day', '<Envelope><Cube/></Envelope>', 'no day stands in the file'],
  ['a rate without a day', "<Envelope><Cube><Cube currency='USD' rate='1'/></Cube></Envelope>", 'a rate stands outside its day'],
  ['a rate that is none', HISTORY.replace('1.0871', '1,0871'), 'line 2: it has 5 columns where the header has 4'],
  ['a negative rate', XML.replace('1.0871', '-1.0871'), 'the rate of USD is "-1.0871"'],
  ['a rate of nothing', XML.replace('1.0871', '0.00'), 'the rate of USD is "0.00"'],
  ['a day that is not', HISTORY.replace('2026-10-29', '2026-02-30'), 'line 3: the day of the rates is "2026-02-30"'],
  ['a currency that is none', XML.replace("'USD'", "'DOLLAR'"), 'the currency is "DOLLAR"'],
  ['a cut file', XML.slice(0, -40), 'was it cut short?'],
  ['nothing', '', 'file_empty: there is no text in it'],
])('%s is refused with its place', async (_, text, refusal) => {
  expect(await failureOf(told(text))).toContain(refusal)
})
