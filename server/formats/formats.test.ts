import { expect, test } from 'vitest'
import { FORMAT_NAMES, findFormat, formats } from '#server/formats/formats.ts'
import { locateSample, readSample } from '#server/formats/testing.ts'

test('every format is found by its own name, and nothing else is', () => {
  for (const name of FORMAT_NAMES) expect(findFormat(name)?.name).toBe(name)
  for (const name of ['CSV', '', 'toString', '__proto__']) expect(findFormat(name)).toBeNull()
})

test('a format checks the settings of the job itself', async () => {
  const { rows } = await readSample(formats.csv, 'a;b\n1;2', { settings: { delimiter: ';' } })
  expect(rows).toEqual([['1', '2']])
  expect((await locateSample(formats.csv, 'a,b\n1,2', { position: 2 }))?.text).toBe('1,2')
  expect(formats.json.settings.safeParse({ record: 'x' }).success).toBe(false)
})
