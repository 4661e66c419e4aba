import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { emptyLine, type Line } from '#server/domain/line.ts'
import { contentHash } from './content-hash.ts'

const line: Line = {
  ...emptyLine(),
  sourceKey: 'K',
  entity: 'E',
  period: '2026-01',
  version: 'actual',
  currency: 'NOK',
  debitText: '12.50',
  account: '4000',
  costCentre: 'CC',
  project: 'P',
  counterparty: 'S',
  accountingStatus: 'posted',
  document: 'J1',
  effectiveOn: '2026-01-02',
  postedOn: '2026-01-03',
}
const asText = (l: Line) =>
  `${l.entity}\n${l.period}\n${l.version}\n${l.currency}\n${l.debitText}\n${l.creditText}\n${l.account}\n${l.costCentre}\n${l.project}\n${l.counterparty}\n${l.accountingStatus}\n${l.document}\n${l.effectiveOn}\n${l.postedOn}\n${l.description}`

/** The store keeps these hashes: another way to take them would find every line of it changed. */
test('is half of the SHA-256 of the fields as text', () => {
  expect(contentHash({ ...line, description: 'Invoice 1' })).toBe('72412ffd12d26ab586052a8ca5bafb4e')
})

test.each(['', 'plain', 'é', 'a\\b\tc\0d\r\n', '𝄞', 'half \ud834', 'x'.repeat(1 << 20), 'é'.repeat(1 << 20), 'short again'])(
  'whatever the text: %.12j',
  (text) => {
    const odd = { ...line, account: text.slice(0, 100), description: text }
    expect(contentHash(odd)).toBe(hash('sha256', asText(odd)).slice(0, 32))
  },
)
