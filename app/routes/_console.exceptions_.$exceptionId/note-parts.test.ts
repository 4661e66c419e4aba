import { expect, test } from 'vitest'
import { mentionsIn } from '#server/domain/triage.ts'
import { namedAt, noteParts, withName } from './note-parts.ts'

test.each(['ask @fiona, then @cara.lee or @x', 'mail a@b.example', '@Fiona: (@ivan) @@ada --@adam', 'nobody', ''])(
  'of %j exactly the names are apart that the domain finds',
  (text) => {
    const mentions = mentionsIn(text)
    const parts = noteParts(text, mentions)
    expect(parts.map((part) => part.text).join('')).toBe(text)
    expect(parts.filter(({ isMention }) => isMention).map((part) => part.text.slice(1).toLowerCase())).toEqual(mentions)
  },
)

test('a name that nobody had stays text', () => {
  expect(noteParts('ask @nobody', [])).toEqual([
    { text: 'ask ', isMention: false },
    { text: '@nobody', isMention: false },
  ])
})

test.each([
  ['ask @fi', 7, 'fi'],
  ['@', 1, ''],
  ['ask @fiona now', 14, null],
  ['a@b', 3, null],
  ['(@C', 3, 'c'],
])('in %j at %i somebody is about to name %j', (text, caret, named) => expect(namedAt(text, caret)).toBe(named))

test('the name is written out where the caret stands', () => {
  expect(withName('ask @fi, please', 7, 'fiona')).toEqual({ text: 'ask @fiona , please', caret: 11 })
})
