import { expect, test } from 'vitest'
import { DocumentBalance } from './document-balance.ts'
import { emptyLine } from './line.ts'

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
