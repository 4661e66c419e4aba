import { expect, test } from 'vitest'
import { readParts } from './multipart.ts'

const TYPE = 'multipart/form-data; boundary=b'

/** Sent in pieces of so many bytes. */
function sent(text: string, { type = TYPE, size = text.length } = {}): Request {
  const bytes = Buffer.from(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
  const body = ReadableStream.from(pieces)
  return new Request('http://here/', { method: 'POST', body, headers: { 'Content-Type': type }, duplex: 'half' } as RequestInit)
}

async function read(request: Request) {
  const read: [string, string | undefined, string][] = []
  for await (const { name, filename, data } of readParts(request)) {
    const pieces: Uint8Array[] = []
    for await (const piece of data) pieces.push(piece)
    read.push([name, filename, Buffer.concat(pieces).toString()])
  }
  return read
}

const part = (head: string, text: string) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`
const ALMOST = '\r\n--a\r\n-\r\n--\r\n\r--b\r\n--'

test.each([1, 2, 3, 7, 1_000])('the parts come whole in pieces of %i bytes, with all that is almost a boundary', async (size) => {
  const text = `before\r\n${part('name=a', '1')}${part('name="f"; filename="\\"x\\".csv"\r\nContent-Type: text/csv', ALMOST)}${part('name="e"', '')}--b--\r\nafter`
  expect(await read(sent(text, { size }))).toEqual([
    ['a', undefined, '1'],
    ['f', '"x".csv', ALMOST],
    ['e', undefined, ''],
  ])
})

test('who takes no part, or half of one, finds the next', async () => {
  const names: string[] = []
  for await (const { name, data } of readParts(sent(`${part('name=a', '12')}${part('name=b', 'x\r\n')}--b--`, { size: 1 }))) {
    names.push(name)
    if (name === 'a') for await (const _ of data) break
  }
  expect(names).toEqual(['a', 'b'])
})

test.each([
  { name: 'cut short', text: part('name=a', '1'), status: 422 },
  { name: 'empty', text: '', status: 422 },
  { name: 'a part without a name', text: `${part('filename=a', '1')}--b--`, status: 422 },
  { name: 'a part without a head', text: '--b\r\n\r\n1\r\n--b--', status: 422 },
  { name: 'a zero byte in a name', text: `${part('name=f; filename="a\0"', '1')}--b--`, status: 422 },
  { name: 'a head without an end', text: `--b\r\n${'x'.repeat(20_000)}`, status: 422, words: /too long/ },
  { name: 'fields without an end', text: `${part('name=a', '1').repeat(1_001)}--b--`, status: 422 },
  { name: 'no boundary', text: 'x', type: 'multipart/form-data', status: 415 },
  { name: 'another type', text: 'x', type: 'text/plain; boundary=b', status: 415 },
])('$name is refused in words', async ({ text, type, status, words = /\w/ }) => {
  await expect(read(sent(text, { type: type ?? TYPE }))).rejects.toMatchObject({
    status,
    fields: { form: expect.stringMatching(words) },
  })
})
