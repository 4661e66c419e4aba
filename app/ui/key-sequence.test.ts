import { expect, test } from 'vitest'
import { isSingleKey, keyOf, makeKeySequence, SEQUENCE_MS_MAX } from './key-sequence.ts'

const SHORTCUTS = ['j', 'r', 'g r', 'g t', '?', 'Mod+k'].map((keys) => ({ keys }))
const press = (text: string, gapMs = 100) => {
  const next = makeKeySequence<{ keys: string }>()
  return text.split(' ').map((key, index) => {
    const pressed = next(key, index * gapMs, SHORTCUTS)
    return pressed === null || pressed === 'begun' ? pressed : pressed.found.keys
  })
}

test.each([
  { name: 'one key', keys: 'j', leads: ['j'] },
  { name: 'one after the other', keys: 'g r', leads: ['begun', 'g r'] },
  { name: 'the second key alone is another shortcut', keys: 'r', leads: ['r'] },
  { name: 'a sequence that leads nowhere leaves the key its own meaning', keys: 'g j', leads: ['begun', 'j'] },
  { name: 'a sequence is over after it', keys: 'g t t', leads: ['begun', 'g t', null] },
  { name: 'a sequence begins again', keys: 'g g r', leads: ['begun', 'begun', 'g r'] },
  { name: 'an unknown key ends a sequence', keys: 'g z r', leads: ['begun', null, 'r'] },
])('$name: $keys', ({ keys, leads }) => expect(press(keys)).toEqual(leads))

test('a sequence that takes too long is none', () => {
  expect(press('g r', SEQUENCE_MS_MAX)).toEqual(['begun', 'g r'])
  expect(press('g r', SEQUENCE_MS_MAX + 1)).toEqual(['begun', 'r'])
})

const plain = { ctrlKey: false, metaKey: false, altKey: false, isComposing: false, keyCode: 0 }

test.each([
  { name: 'a letter', event: { key: 'j' }, keys: 'j' },
  { name: 'Ctrl and a letter, with caps lock on', event: { key: 'K', ctrlKey: true }, keys: 'Mod+k' },
  { name: 'the command key', event: { key: 'k', metaKey: true }, keys: 'Mod+k' },
  { name: 'Alt belongs to the system', event: { key: 'j', altKey: true }, keys: null },
  { name: 'an input method at work', event: { key: 'j', isComposing: true }, keys: null },
  { name: 'an input method that does not say so', event: { key: 'Process', keyCode: 229 }, keys: null },
])('$name is $keys', ({ event, keys }) => expect(keyOf({ ...plain, ...event })).toBe(keys))

test.each([
  ['j', true],
  ['g r', true],
  ['?', true],
  ['Mod+k', false],
  ['Escape', false],
])('%s can be switched off: %s', (keys, can) => expect(isSingleKey(keys)).toBe(can))
