import { expect, test } from 'vitest'
import { z } from 'zod'
import { Id, InvalidInput, readForm, readParams, readSearch } from './forms.ts'

const Schema = z.object({ reason: z.string({ error: 'Say why' }).min(5, 'Say more'), rules: z.enum(['original', 'current']) })
const post = (body: string, type = 'application/x-www-form-urlencoded') =>
  new Request('http://here/x', { method: 'POST', body, headers: { 'Content-Type': type } })

test('a form is read, trimmed and typed', async () => {
  expect(await readForm(post('reason=+mended+now+&rules=current&more=1'), Schema)).toEqual({
    reason: 'mended now',
    rules: 'current',
  })
})

test('each field hears what is wrong with it, in words', async () => {
  const refused = await readForm(post('reason=+++&rules=nonsense'), Schema).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(InvalidInput)
  expect(refused).toMatchObject({
    status: 422,
    fields: { reason: 'Say why', rules: '“rules” is missing or is not one of the choices' },
  })
})

test('what is too long is told in words as well', async () => {
  const refused = readForm(post('note=12345678901'), z.object({ note: z.string().max(10) }))
  await expect(refused).rejects.toMatchObject({ fields: { note: '“note” is too long: at most 10 characters' } })
})

test('a zero byte is refused beside its field: the database keeps none', async () => {
  const refused = { status: 422, fields: { reason: expect.stringContaining('cannot be kept') } }
  await expect(readForm(post('reason=mended%00now&rules=current'), Schema)).rejects.toMatchObject(refused)
})

test('a body with files is not taken for a form: it would be read into memory whole', async () => {
  await expect(readForm(post('--x--', 'multipart/form-data; boundary=x'), Schema)).rejects.toMatchObject({ status: 415 })
})

test('a search that is empty is absent', () => {
  expect(
    readSearch(new URL('http://here/?job=&status=failed'), z.object({ job: z.string().optional(), status: z.string() })),
  ).toEqual({ status: 'failed' })
})

test.each(['', '0', '-1', '1.5', '1e3', 'abc', '12345678901', ' 7', "7'"])('there is nothing at the number %j', (id) => {
  expect(() => readParams({ id }, z.object({ id: Id }))).toThrow(expect.objectContaining({ status: 404 }))
})

test('a number is a number', () => {
  expect(readParams({ id: '123456789' }, z.object({ id: Id }))).toEqual({ id: 123_456_789 })
})
