import { deflateSync, inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { chunk, palettePng, SIGNATURE } from './palette-png.ts'

/** Two rows of three pixels: the first as it is, the second told by its difference to the one above. */
function picture(first: readonly number[], second: readonly number[]): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(3, 0)
  header.writeUInt32BE(2, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const rows = Buffer.from([0, ...first, 2, ...second.map((value, i) => value - first[i]!)])
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

test('a picture of few colours keeps each of them, in its place', () => {
  const [red, white, ink] = [
    [200, 0, 0],
    [255, 255, 255],
    [17, 20, 24],
  ] as const
  const small = palettePng(picture([...red, ...white, ...white], [...white, ...ink, ...red]))
  const part = (type: string) => {
    const at = small.indexOf(type, 0, 'latin1')
    return small.subarray(at + 4, at + 4 + small.readUInt32BE(at - 4))
  }
  const colours = [...part('PLTE')]
  const rows = inflateSync(part('IDAT'))
  const colourAt = (x: number, y: number) => colours.slice(rows[y * 4 + 1 + x]! * 3, rows[y * 4 + 1 + x]! * 3 + 3)
  expect([0, 1, 2].map((x) => colourAt(x, 0))).toEqual([red, white, white])
  expect([0, 1, 2].map((x) => colourAt(x, 1))).toEqual([white, ink, red])
})
