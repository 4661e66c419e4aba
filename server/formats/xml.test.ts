import { expect, test } from 'vitest'
import { XmlExcerpt, XmlReader } from '#server/formats/xml.ts'

test.each([1, 2, 3, 7, 1_000])('an excerpt is the element as it stands, read in pieces of %i', (size) => {
  const elements = ['<n:b x="1"><c/>tø&amp;t</n:b>', '<n:b\n/>', '<n:b><!-- <n:b> --><![CDATA[</n:b>]]>𝄞</n:b>']
  const document = `<?xml version="1.0"?>\r\n<n:a>\r\n  ${elements.join('  \r\n text ')}</n:a>`
  const found: string[] = []
  const excerpt = new XmlExcerpt()
  const xml: XmlReader = new XmlReader({
    open: (name) => (name === 'b' ? excerpt.open(xml.position) : undefined),
    close: (name) => (name === 'b' ? found.push(excerpt.close(xml.position)) : undefined),
    text: () => undefined,
  })
  for (let at = 0; at < document.length; at += size) {
    const piece = document.slice(at, at + size)
    excerpt.append(piece)
    xml.write(piece)
    excerpt.trim()
  }
  xml.end()
  expect(found).toEqual(elements)
})

test('a fault of our own is not blamed on the file', () => {
  const xml = new XmlReader({
    open() {
      throw new RangeError('ours')
    },
    close: () => undefined,
    text: () => undefined,
  })
  expect(() => xml.write('<a/>')).toThrow(RangeError)
})
