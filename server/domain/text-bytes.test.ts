import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TextBytes } from './text-bytes.ts'

const LF = 10
const asItIs = (text: string) => text
const ODD = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', '\\', '\t', '\0', 'é', '𝄞', '\ud834', '\udd1e', '~\x7f\x80', 'x'.repeat(100), 'é'.repeat(100)),
)

test('the bytes are those of the texts in UTF-8, whatever the room is', () => {
  fc.assert(
    fc.property(fc.array(ODD), fc.integer({ min: 1, max: 200 }), (texts, room) => {
      const bytes = new TextBytes(room)
      for (const text of texts) bytes.add(text, LF, asItIs)
      expect(bytes.take().toString('hex')).toBe(Buffer.from(texts.map((text) => `${text}\n`).join('')).toString('hex'))
    }),
  )
})

test('what is not plain is written as it is said', () => {
  const bytes = new TextBytes(4)
  for (const text of ['plain ~', 'a\\b', 'a\tb', 'a\x7fb', 'aéb']) bytes.add(text, LF, (odd) => `<${odd.length}>`)
  bytes.addAscii('\\N', LF)
  expect(bytes.take().toString()).toBe('plain ~\n<3>\n<3>\n<3>\n<3>\n\\N\n')
})

test('what was taken to keep stays, and the next begins anew', () => {
  const bytes = new TextBytes(8)
  bytes.add('first', LF, asItIs)
  const first = bytes.take()
  bytes.add('second', LF, asItIs)
  expect([first.toString(), bytes.takeForNow().toString(), bytes.length]).toEqual(['first\n', 'second', 0])
})
