import { expect, test } from 'vitest'
import { z } from 'zod'
import { readText, readUpload } from './upload.ts'

const Fields = z.object({ job: z.string({ error: 'Choose a job' }) })

function form(...parts: readonly (readonly [name: string, value: string | File])[]): Request {
  const body = new FormData()
  for (const [name, value] of parts) body.append(name, value)
  return new Request('http://here/upload', { method: 'POST', body })
}

const whole = async (bytes: AsyncIterable<Uint8Array>) => {
  const parts: Uint8Array[] = []
  for await (const piece of bytes) parts.push(piece)
  return Buffer.concat(parts)
}

test('the file arrives byte for byte, with the fields before it', async () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256))
  const seen = await readUpload(
    form(['job', 'gl'], ['file', new File([content], 'a/../evil name.csv')]),
    Fields,
    async ({ fields, name, bytes }) => ({
      fields,
      name,
      same: content.equals(await whole(bytes)),
    }),
  )
  expect(seen).toEqual({ fields: { job: 'gl' }, name: 'evil name.csv', same: true })
})

test('an empty file is a file', async () => {
  const length = await readUpload(
    form(['job', 'gl'], ['file', new File([], 'empty.csv')]),
    Fields,
    async ({ bytes }) => (await whole(bytes)).length,
  )
  expect(length).toBe(0)
})

test('no file chosen is said so', async () => {
  await expect(readUpload(form(['job', 'gl'], ['file', new File([], '')]), Fields, async () => 1)).rejects.toMatchObject({
    code: 'file_not_given',
  })
})

test('a field that is missing is said before a byte is taken', async () => {
  let isTaken = false
  const taking = readUpload(form(['file', new File(['x'], 'x.csv')]), Fields, async () => {
    isTaken = true
  })
  await expect(taking).rejects.toMatchObject({ status: 422, fields: { job: 'Choose a job' } })
  expect(isTaken).toBe(false)
})

test('who stops reading half-way is heard, and the rest is read off', async () => {
  const plain = form(['job', 'gl'], ['file', new File([Buffer.alloc(3_000_000, 'x')], 'big.csv')], ['after', 'the file'])
  const sent = new Uint8Array(await plain.arrayBuffer())
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= sent.length) return controller.close()
      controller.enqueue(sent.subarray(at, at + 65_536))
      at += 65_536
    },
  })
  const headers = { 'Content-Type': plain.headers.get('Content-Type')! }
  const request = new Request('http://here/upload', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
  const taking = readUpload(request, Fields, async ({ bytes }) => {
    for await (const _ of bytes) throw new Error('too large')
  })
  await expect(taking).rejects.toThrow('too large')
  expect(at).toBeGreaterThanOrEqual(sent.length)
})

test('only one file is taken', async () => {
  const names: string[] = []
  await readUpload(
    form(['job', 'gl'], ['file', new File(['1'], 'one')], ['file', new File(['2'], 'two')]),
    Fields,
    async ({ name }) => names.push(name),
  )
  expect(names).toEqual(['one'])
})

test('a text file is bounded and must be text', async () => {
  const bytes = async function* (...pieces: number[][]) {
    for (const piece of pieces) yield Uint8Array.from(piece)
  }
  expect(await readText(bytes([0xc3], [0xa9]), 10)).toBe('é')
  await expect(readText(bytes([65, 66], [67]), 2)).rejects.toMatchObject({ code: 'input_invalid' })
  await expect(readText(bytes([0xff]), 10)).rejects.toMatchObject({ code: 'input_invalid' })
})
