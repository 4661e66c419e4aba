import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readFormWithFile, readText, readUpload } from './upload.ts'

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

const PIECE = new Uint8Array(65_536).fill(120)
const FIELDS = '--b\r\nContent-Disposition: form-data; name="job"\r\n\r\ngl\r\n'
const fileHead = (name: string) => `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
function heldNow(): number {
  // What the first lets go of is swept by the time of the second.
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}

/** A body of so many pieces, made as it is taken; `held` is the most that was in memory meanwhile. */
function large(pieces: number, { head = FIELDS + fileHead('x.csv'), tail = '\r\n--b--\r\n' } = {}) {
  const before = heldNow()
  const seen = { held: 0, made: 0 }
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from(head)),
    async pull(controller) {
      if (seen.made % 400 === 0) {
        await new Promise(setImmediate)
        seen.held = Math.max(seen.held, heldNow() - before)
      }
      if (seen.made++ < pieces) return controller.enqueue(PIECE.slice())
      controller.enqueue(Buffer.from(tail))
      controller.close()
    },
  })
  const headers = { 'Content-Type': 'multipart/form-data; boundary=b' }
  const request = new Request('http://here/upload', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
  return { request, seen }
}
const MANY = 1_200
const HELD_MAX = 10_000_000

test.each([
  {
    name: 'a file that is refused',
    read: (request: Request) => readUpload(request, Fields, () => Promise.reject(new Error('no such job'))),
    error: 'no such job',
  },
  {
    name: 'a form that is not valid',
    read: (request: Request) => readUpload(request, z.object({ key: z.string() }), async () => 1),
    error: 'Something entered',
  },
  { name: 'a small file that is large', read: (request: Request) => readFormWithFile(request, Fields, 1_000), error: null },
])('of $name nothing is held while it is read off', async ({ read, error }) => {
  const { request, seen } = large(MANY)
  if (error) await expect(read(request)).rejects.toThrow(error)
  else await read(request)
  expect(seen.made).toBeGreaterThan(MANY)
  expect(seen.held).toBeLessThan(HELD_MAX)
})

test('of a second file and of a field without an end nothing is held', async () => {
  const second = large(MANY, { head: `${FIELDS}${fileHead('one')}1\r\n${fileHead('two')}` })
  expect(await readUpload(second.request, Fields, async ({ name }) => name)).toBe('one')
  const field = large(MANY, { head: FIELDS })
  await expect(readUpload(field.request, Fields, async () => 1)).rejects.toMatchObject({ status: 422 })
  for (const { seen } of [second, field]) {
    expect(seen.made).toBeGreaterThan(MANY)
    expect(seen.held).toBeLessThan(HELD_MAX)
  }
})

test.each(['a;b.csv', 'a=b.csv', 'a"b.csv', "it's; filename=x.csv", 'a\\b "c" ä€😀.csv', 'a:b, (1).csv'])(
  'a file may be called %s',
  async (called) => {
    const request = form(['job', 'gl'], ['file', new File(['x'], called)])
    expect(await readUpload(request, Fields, async ({ name }) => name)).toBe(called.split('\\').pop())
  },
)
