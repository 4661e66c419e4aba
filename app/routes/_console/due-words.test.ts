import { expect, test } from 'vitest'
import { dueWords } from './due-words.ts'

test.each([
  [{ dueIn: 2, isLate: false }, 'Due in 2 business days'],
  [{ dueIn: 1, isLate: false }, 'Due in 1 business day'],
  [{ dueIn: 0, isLate: false }, 'Due today'],
  [{ dueIn: 0, isLate: true }, 'Late since today'],
  [{ dueIn: -3, isLate: true }, 'Late 3 business days'],
])('%o is said as %s', (due, words) => expect(dueWords(due)).toBe(words))
