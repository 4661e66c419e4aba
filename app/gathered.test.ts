import { expect, test } from 'vitest'
import { Gathered } from './gathered.ts'

test('all that was written comes, in order, in few pieces', async () => {
  const body = new Gathered()
  const pieces: Buffer[] = []
  const written = Array.from({ length: 100 }, (_, i) => `${i} `.repeat(500))
  for (const text of written) body.write(text)
  body.end()
  for await (const piece of body) pieces.push(piece as Buffer)
  expect(Buffer.concat(pieces).toString()).toBe(written.join(''))
  expect(pieces.length).toBeLessThan(8)
})

test('what has come does not wait for more', async () => {
  const body = new Gathered()
  body.write('the frame')
  const [first] = await Promise.all([new Promise<Buffer>((resolve) => body.once('data', resolve))])
  expect(first.toString()).toBe('the frame')
  body.destroy()
})
