import { expect, test } from 'vitest'
import { DocumentBalance } from './document-balance.ts'
import { emptyLine } from './line.ts'
import { SeenKeys } from './seen-keys.ts'

type Entry = readonly [document: string, debit: bigint, credit: bigint, currency?: string, entity?: string]
function balanceOf(entries: readonly Entry[]): boolean {
  const balance = new DocumentBalance()
  // One line, filled anew for each record: as the mapper does it.
  const line = emptyLine()
  for (const [document, debit, credit, currency = 'EUR', entity = 'DE01'] of entries)
    balance.add(Object.assign(line, { document, debit, credit, currency, entity }))
  return balance.holds
}

test.each<[string, boolean, Entry[]]>([
  ['nothing', true, []],
  [
    'one that balances',
    true,
    [
      ['A', 5n, 0n],
      ['A', 0n, 5n],
    ],
  ],
  [
    'the last one open',
    false,
    [
      ['A', 5n, 0n],
      ['A', 0n, 5n],
      ['B', 1n, 0n],
    ],
  ],
  [
    'a cent too much in the middle',
    false,
    [
      ['A', 5n, 0n],
      ['A', 0n, 4n],
      ['B', 1n, 0n],
      ['B', 0n, 1n],
    ],
  ],
  [
    'apart in the file: the database decides',
    false,
    [
      ['A', 5n, 0n],
      ['B', 1n, 0n],
      ['B', 0n, 1n],
      ['A', 0n, 5n],
    ],
  ],
  [
    'debit in one currency, credit in another',
    false,
    [
      ['A', 5n, 0n, 'EUR'],
      ['A', 0n, 5n, 'USD'],
    ],
  ],
  [
    'debit in one entity, credit in another',
    false,
    [
      ['A', 5n, 0n, 'EUR', 'DE01'],
      ['A', 0n, 5n, 'EUR', 'DE02'],
    ],
  ],
  [
    'the same document twice, each time balanced',
    true,
    [
      ['A', 5n, 0n],
      ['A', 0n, 5n],
      ['B', 0n, 0n],
      ['A', 7n, 0n],
      ['A', 0n, 7n],
    ],
  ],
])('documents of a file: %s', (_what, holds, entries) => {
  expect(balanceOf(entries)).toBe(holds)
})

/** Of a line the document, and what became of it: +1 and -1 passed with that amount, x did not. */
function told(file: string): { holds: boolean; areLostWhole: boolean } {
  const balance = new DocumentBalance(new SeenKeys([1, 2]))
  const line = emptyLine()
  for (const [document, what] of file.split(' ').map((entry) => entry.split(':') as [string, string])) {
    Object.assign(line, {
      entity: 'DE01',
      currency: 'EUR',
      document,
      debit: what === '+1' ? 1n : 0n,
      credit: what === '-1' ? 1n : 0n,
    })
    if (what === 'x') balance.lose(line)
    else balance.add(line)
  }
  return { holds: balance.holds, areLostWhole: balance.areLostWhole }
}

test.each([
  ['nothing is lost', 'A:+1 A:-1 B:+1 B:-1', true, true],
  ['all of a document', 'A:+1 A:-1 B:x B:x C:+1 C:-1', true, true],
  ['one record of a document', 'A:+1 A:-1 B:+1 B:x C:+1 C:-1', true, false],
  ['the first record of a document', 'A:x A:-1 B:+1 B:-1', true, false],
  ['a record of the last document', 'A:+1 A:-1 B:+1 B:x', true, false],
  ['one of a document that goes on later', 'A:x B:+1 B:-1 A:+1 A:-1', true, false],
  ['one of a document that began earlier', 'A:+1 A:-1 B:+1 B:-1 A:x', true, false],
  ['one document, another does not balance', 'A:x A:x B:+1 B:+1 C:+1 C:-1', false, true],
  ['the half of a document that would balance it', 'A:+1 B:+1 B:-1 A:x', false, false],
  ['one without a document: the others without are still to balance', ':x :+1 B:+1 B:-1', false, true],
])('records that are lost: %s', (_what, file, holds, areLostWhole) => {
  expect(told(file)).toEqual({ holds, areLostWhole })
})

test('what is left of documents nobody asked about is not told', () => {
  expect(new DocumentBalance().areLostWhole).toBe(false)
})
